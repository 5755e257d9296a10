import { describe, expect, test } from 'vitest'
import type { Connection } from '#domain/connections/connection.ts'
import { keepAlive } from '#domain/keep-alive/keep-alive.ts'
import { later } from '#domain/time.ts'
import { disconnect } from '#domain/tokens/disconnect.ts'
import { sceneOn } from '../../fakes/scene.ts'
import { always, inOnePartition, run, sceneOf } from './keep-alive-runs.ts'

describe('failures', () => {
  test('of one connection do not stop the others', async () => {
    const { services, scene, connections } = await sceneOf('rotating', 6)
    services.clock.advance(7000)
    services.clickfunnels.script('refresh', async () => Promise.reject(new Error('unforeseen')))
    expect(await run(services)).toEqual({ error: 1, refreshed: 5 })
    const generations = await Promise.all(
      connections.map(async (one) => (await scene.stored(one)).generation),
    )
    expect(generations.filter((generation) => generation === 2)).toHaveLength(5)
    expect(services.log.entries.filter(({ level }) => level === 'error')).toHaveLength(1)
  })

  test('move the due time of the connection, farther each time and within an hour', async () => {
    const { services, scene, connections } = await sceneOf('rotating', 1)
    const [connection] = connections
    if (connection === undefined) throw new Error('no connection')
    services.clickfunnels.always('refresh', { outcome: 'grant_refused', error: 'invalid_grant' })
    services.clickfunnels.always('probe', { outcome: 'unclear', detail: 'status 403' })
    services.clock.advance(7200 - 60)
    const waits: number[] = []
    // The due time is put back while the clock stands still, so that the token stays valid.
    for (let i = 0; i < 9; i++) {
      expect(await run(services)).toEqual({ failed: 1 })
      expect(await run(services)).toEqual({})
      const { dueAt = 0, generation } = await scene.stored(connection)
      waits.push(dueAt - services.now())
      const ref = { tenantId: connection.tenantId, connectionId: connection.id }
      const change = { dueAt: services.now(), updatedAt: services.now() }
      await services.connections.update(ref, { generation }, change)
    }
    expect(Math.max(...waits.slice(0, 3))).toBeLessThanOrEqual(120)
    expect(Math.max(...waits)).toBeGreaterThan(600)
    expect(Math.max(...waits)).toBeLessThanOrEqual(3600)
    services.clickfunnels.always('refresh')
    expect(await run(services)).toEqual({ refreshed: 1 })
  })

  test('of the network in a refresh are repeated in the same run, with the same refresh token', async () => {
    const { services } = await sceneOf('rotating', 1)
    services.clickfunnels.script('refresh', async (work) => {
      await work()
      return { outcome: 'answer_lost', detail: 'ECONNRESET' }
    })
    services.clock.advance(7000)
    expect(await run(services)).toEqual({ refreshed: 1 })
  })
})

describe('work that fails for ever', () => {
  test('does not delay the work behind it', async () => {
    const { services, scene, connections } = await sceneOf('non_expiring', 1)
    const [mine] = connections as [Connection]
    const poisoned = await (await sceneOn(services)).connectMany(100)
    services.vault.shred(poisoned[0]?.tenantId as Connection['tenantId'])
    // Behind all the others in the queue.
    const dueAt = later(services.now(), 2 * 24 * 3600)
    const ref = { tenantId: mine.tenantId, connectionId: mine.id }
    await services.connections.update(ref, { generation: 1 }, { dueAt, updatedAt: services.now() })
    inOnePartition(services)
    services.clock.advance(2 * 24 * 3600)
    expect(await keepAlive(services, { shard: 0, of: 4 }, always)).toEqual({ error: 100, alive: 1 })
    expect((await scene.stored(mine)).dueAt).toBeGreaterThan(services.now())
  })

  test('among revocations is tried once a run', async () => {
    const { services, scene, connections } = await sceneOf('rotating', 120)
    services.clickfunnels.always('revoke', 'failed')
    for (const { id } of connections) await disconnect(services, scene.caller, id)
    services.vault.shred(scene.caller.tenant.id)
    services.clock.advance(3600)
    inOnePartition(services)
    expect(await keepAlive(services, { shard: 0, of: 4 }, always)).toEqual({ revocation_postponed: 120 })
  })
})
