import { describe, expect, test } from 'vitest'
import { duePartitionOf } from '#adapters/dynamodb/schema.ts'
import type { Connection } from '#domain/connections/connection.ts'
import { keepAlive } from '#domain/keep-alive/keep-alive.ts'
import { updateTenant } from '#domain/tenants/manage-tenants.ts'
import { disconnect } from '#domain/tokens/disconnect.ts'
import { LOOKS_SECONDS } from '#domain/tokens/verdict.ts'
import { always, run, sceneOf } from './keep-alive-runs.ts'

describe('a run', () => {
  test('does nothing while nothing is due', async () => {
    const { services } = await sceneOf('rotating', 5)
    services.clock.advance(5800)
    expect(await run(services)).toEqual({})
    expect(services.clickfunnels.counts).toMatchObject({ refresh: 0, probe: 0 })
  })

  test('refreshes what is due before it expires, once', async () => {
    const { services, scene, connections } = await sceneOf('strict', 5)
    services.clock.advance(7200 - 15 * 60)
    expect(await run(services)).toEqual({ refreshed: 5 })
    expect(await run(services)).toEqual({})
    for (const connection of connections) expect((await scene.stored(connection)).generation).toBe(2)
  })

  test('probes what never expires daily, and does not refresh it', async () => {
    const { services } = await sceneOf('non_expiring', 5)
    services.clock.advance(1.1 * 24 * 3600)
    expect(await run(services)).toEqual({ alive: 5 })
    expect(await run(services)).toEqual({})
    expect(services.clickfunnels.counts).toMatchObject({ refresh: 0, probe: 5 })
  })

  test('works on its own shard only', async () => {
    const { services, connections } = await sceneOf('non_expiring', 12)
    services.clock.advance(2 * 24 * 3600)
    const own = connections.filter(({ id }) => duePartitionOf(id) % 4 === 1).length
    expect(await keepAlive(services, { shard: 1, of: 4 }, always)).toEqual({ alive: own })
    expect(own).toBeGreaterThan(0)
  })

  test('works through more than one page', async () => {
    const { services } = await sceneOf('non_expiring', 60)
    services.clock.advance(2 * 24 * 3600)
    const due = services.connections.due.bind(services.connections)
    services.dueIndex.due = (shard, now, _, after) => due(shard, now, 4, after)
    expect(await run(services)).toEqual({ alive: 60 })
  })

  test('does no more work on a connection that needs its end user, after a second look and five more', async () => {
    const { services } = await sceneOf('rotating', 1)
    for (const row of services.clickfunnels.tokens.rows) row.revoked = true
    services.clock.advance(7200)
    for (const seconds of [0, 70, ...LOOKS_SECONDS]) {
      services.clock.advance(seconds)
      expect(await run(services)).toEqual({ reauthorization_required: 1 })
    }
    services.clock.advance(30 * 24 * 3600)
    expect(await run(services)).toEqual({})
  })

  test('skips work that the index still names though it was done or deleted a moment ago', async () => {
    const { services, scene, connections } = await sceneOf('non_expiring', 2)
    services.clock.advance(2 * 24 * 3600)
    const dueAt = services.now()
    const items = connections.map(({ tenantId, appId, id }) => {
      return { kind: 'connection', tenantId, appId, connectionId: id, dueAt } as const
    })
    await run(services)
    if (connections[1]) await disconnect(services, scene.caller, connections[1].id)
    services.dueIndex.due = async (partition) => ({ items: partition === 0 ? items : [] })
    expect(await keepAlive(services, { shard: 0, of: 4 }, always)).toEqual({ not_due: 2 })
  })
})

test("looks at a suspended tenant's connections twice a day at the most, and refreshes them after its resume", async () => {
  const { services, scene } = await sceneOf('rotating', 3)
  await updateTenant(services, scene.caller.tenant.id, { status: 'suspended' })
  services.clock.advance(7200)
  expect(await run(services)).toEqual({ suspended: 3 })
  services.clock.advance(12 * 3600 - 1)
  expect(await run(services)).toEqual({})
  await updateTenant(services, scene.caller.tenant.id, { status: 'active' })
  services.clock.advance(12 * 3600 + 1)
  expect(await run(services)).toEqual({ refreshed: 3 })
})

describe('the deadline', () => {
  test('lets no new work begin; the rest stays due', async () => {
    const { services } = await sceneOf('non_expiring', 40)
    services.clock.advance(2 * 24 * 3600)
    let left = 10
    const first = await run(services, () => left-- > 0)
    expect(first.alive).toBeGreaterThan(0)
    expect(first.alive).toBeLessThan(10)
    const second = await run(services)
    expect((first.alive ?? 0) + (second.alive ?? 0)).toBe(40)
  })

  test('that has passed already prevents even the query of the index', async () => {
    const { services } = await sceneOf('non_expiring', 1)
    services.dueIndex.due = async () => Promise.reject(new Error('asked'))
    expect(await keepAlive(services, { shard: 0, of: 4 }, () => false)).toEqual({})
  })
})

describe('revocations', () => {
  test('are attempted when they are due, and not before', async () => {
    const { services, scene, connections } = await sceneOf('rotating', 1)
    services.clickfunnels.script('revoke', 'failed')
    await disconnect(services, scene.caller, connections[0]?.id as Connection['id'])
    expect(services.clickfunnels.tokens.live()).toHaveLength(1)
    services.clock.advance(60)
    expect(await run(services)).toEqual({ revocation_settled: 1 })
    expect(services.clickfunnels.tokens.live()).toEqual([])
    expect(services.revocations.items.size).toBe(0)
    expect(await run(services)).toEqual({})
  })
})
