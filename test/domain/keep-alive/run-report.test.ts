// The log line of a run, from the real function: how late it was, what it left and why.
import { describe, expect, test } from 'vitest'
import { keepAliveSchedule } from '../../../functions/keep-alive.ts'
import type { FakeServices } from '../../fakes.ts'
import { sceneOf } from './keep-alive-runs.ts'

const DAY = 24 * 3600

async function lineOf(services: FakeServices, left = () => 90_000) {
  await keepAliveSchedule(services)({ shard: 0, of: 1 }, { getRemainingTimeInMillis: left })
  return services.log.entries.findLast(({ message }) => message === 'Keep-alive run')?.fields
}

describe('the line of a run', () => {
  test('without work says so', async () => {
    const { services } = await sceneOf('rotating', 3)
    expect(await lineOf(services)).toEqual({
      shard: 0,
      of: 1,
      work: 0,
      errors: 0,
      clickfunnels_failed: 0,
      late: 0,
      left: { trouble: 0, crowded: 0, time: 0 },
      due_lag_s: 0,
      ms: 0,
    })
  })

  test('counts what was refreshed, and what had expired before', async () => {
    const { services, connections } = await sceneOf('rotating', 3)
    const dueAt = Math.min(...connections.map(({ dueAt }) => dueAt ?? Number.POSITIVE_INFINITY))
    services.clock.advance(7200 + 60)
    const lag = Math.round(services.now() - dueAt)
    expect(await lineOf(services)).toMatchObject({ refreshed: 3, work: 3, late: 3, due_lag_s: lag })
  })

  test('has the lag of what no time was left for', async () => {
    const { services, connections } = await sceneOf('non_expiring', 40)
    services.clock.advance(2 * DAY)
    let calls = 0
    const line = await lineOf(services, () => (++calls > 12 ? 20_000 : 90_000))
    const { alive, left } = line as { alive: number; left: { time: number } }
    expect(alive).toBeGreaterThan(0)
    expect(alive + left.time).toBeLessThanOrEqual(connections.length)
    expect(left.time).toBeGreaterThan(0)
    expect(line?.due_lag_s).toBeGreaterThan(DAY / 2)
  })

  test('leaves out how long work waited that trouble with its app kept from being done', async () => {
    const { services } = await sceneOf('rotating', 5)
    services.clickfunnels.always('refresh', { outcome: 'client_refused', error: 'invalid_client' })
    services.clock.advance(10 * DAY)
    const line = await lineOf(services)
    expect(line).toMatchObject({
      failed: 1,
      clickfunnels_failed: 1,
      waiting: 4,
      left: { trouble: 4 },
      due_lag_s: 0,
      late: 0,
    })
  })
})
