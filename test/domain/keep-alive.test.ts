import { describe, expect, test } from 'vitest'
import { DUE_SHARDS, dueShardOf } from '#adapters/table.ts'
import type { Connection } from '#domain/connection.ts'
import type { EndUserId } from '#domain/ids.ts'
import { keepAlive } from '#domain/keep-alive.ts'
import { disconnect } from '#domain/revocation.ts'
import { openScene, type Scene } from '../fakes/scene.ts'
import type { FakeServices } from '../fakes.ts'

const always = () => true

/** A run of every shard; what happened, summed up. */
async function run(services: FakeServices, mayGoOn: () => boolean = always): Promise<Record<string, number>> {
  const sum: Record<string, number> = {}
  for (let shard = 0; shard < DUE_SHARDS; shard++) {
    const report = await keepAlive(services, shard, mayGoOn)
    for (const [outcome, count] of Object.entries(report)) sum[outcome] = (sum[outcome] ?? 0) + count
  }
  return sum
}

async function connectMany(scene: Scene, count: number): Promise<Connection[]> {
  const connections: Connection[] = []
  for (let i = 0; i < count; i++) {
    connections.push(await scene.connect({ endUser: { id: `user-${i}` as EndUserId } }))
  }
  return connections
}

async function sceneOf(mode: FakeServices['clickfunnels']['tokens']['mode'], count: number) {
  const scene = await openScene()
  const { services } = scene
  services.clickfunnels.tokens.mode = mode
  return { scene, services, connections: await connectMany(scene, count) }
}

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

  test('takes its own shard alone', async () => {
    const { services, connections } = await sceneOf('non_expiring', 12)
    services.clock.advance(2 * 24 * 3600)
    const own = connections.filter(({ id }) => dueShardOf(id) === 1).length
    expect(await keepAlive(services, 1, always)).toEqual({ alive: own })
    expect(own).toBeGreaterThan(0)
  })

  test('goes through more than one batch', async () => {
    const { services } = await sceneOf('non_expiring', 130)
    services.clock.advance(2 * 24 * 3600)
    const due = services.connections.due.bind(services.connections)
    // One shard for all of them: 130 connections are more than a batch.
    services.dueIndex.due = async (_, now, limit) => {
      const works = await Promise.all([0, 1, 2, 3].map((shard) => due(shard, now, limit)))
      return works.flat().slice(0, limit)
    }
    expect(await keepAlive(services, 0, always)).toEqual({ alive: 130 })
  })

  test('leaves a connection that needs its end user alone from then on', async () => {
    const { services } = await sceneOf('rotating', 1)
    for (const row of services.clickfunnels.tokens.rows) row.revoked = true
    services.clock.advance(7200)
    expect(await run(services)).toEqual({ reauthorization_required: 1 })
    services.clock.advance(30 * 24 * 3600)
    expect(await run(services)).toEqual({})
  })

  test('skips what the index names though it was done or deleted a moment ago', async () => {
    const { services, scene, connections } = await sceneOf('non_expiring', 2)
    services.clock.advance(2 * 24 * 3600)
    const works = connections.map(({ tenantId, id }) => {
      return { kind: 'connection', tenantId, connectionId: id } as const
    })
    await run(services)
    if (connections[1]) await disconnect(services, scene.caller, connections[1].id)
    services.dueIndex.due = async () => works
    expect(await keepAlive(services, 0, always)).toEqual({ not_due: 2 })
  })
})

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
    services.clickfunnels.always('refresh', { outcome: 'provider_down', detail: 'status 503' })
    services.clock.advance(7200)
    const waits: number[] = []
    for (let i = 0; i < 12; i++) {
      expect(await run(services)).toEqual({ failed: 1 })
      expect(await run(services)).toEqual({})
      waits.push(((await scene.stored(connection)).dueAt ?? 0) - services.now())
      services.clock.advance(waits.at(-1) ?? 0)
    }
    expect(Math.max(...waits.slice(0, 3))).toBeLessThanOrEqual(120)
    expect(Math.max(...waits)).toBeGreaterThan(600)
    expect(Math.max(...waits)).toBeLessThanOrEqual(3600)
    services.clickfunnels.always('refresh')
    expect(await run(services)).toEqual({ refreshed: 1 })
  })

  test('of the network in a refresh are made good by the next run, with the same refresh token', async () => {
    const { services } = await sceneOf('rotating', 1)
    services.clickfunnels.script('refresh', async (work) => {
      await work()
      return { outcome: 'answer_lost', detail: 'ECONNRESET' }
    })
    services.clock.advance(7000)
    expect(await run(services)).toEqual({ failed: 1 })
    services.clock.advance(30)
    expect(await run(services)).toEqual({ refreshed: 1 })
  })
})

describe('the deadline', () => {
  test('lets nothing new begin; the rest stays due', async () => {
    const { services } = await sceneOf('non_expiring', 40)
    services.clock.advance(2 * 24 * 3600)
    let left = 10
    const first = await run(services, () => left-- > 0)
    expect(first.alive).toBeGreaterThan(0)
    expect(first.alive).toBeLessThan(10)
    const second = await run(services)
    expect((first.alive ?? 0) + (second.alive ?? 0)).toBe(40)
  })

  test('that has passed already lets not even the index be asked', async () => {
    const { services } = await sceneOf('non_expiring', 1)
    services.dueIndex.due = async () => Promise.reject(new Error('asked'))
    expect(await keepAlive(services, 0, () => false)).toEqual({})
  })
})

describe('owed revocations', () => {
  test('are paid when they are due, and not before', async () => {
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
