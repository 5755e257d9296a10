// Lazy refresh: what is not used is refreshed weekly, or by the call that comes first. Off by default.
import { beforeEach, describe, expect, test, vi } from 'vitest'
import type { Connection } from '#domain/connections/connection.ts'
import { LEAST_WEEKLY_SECONDS, UNUSED_SECONDS, WEEKLY_SECONDS } from '#domain/connections/lazy-refresh.ts'
import { KEEP_ALIVE_RUN } from '#domain/keep-alive/keep-alive.ts'
import { DAY_SECONDS, later } from '#domain/time.ts'
import { usableToken } from '#domain/tokens/fresh-token.ts'
import { openScene, type Scene } from '../../fakes/scene.ts'
import type { FakeServices } from '../../fakes.ts'
import { run } from './keep-alive-runs.ts'

const LIFETIME = 7200

let scene: Scene
let services: FakeServices
let connection: Connection
async function open(lazyRefresh: boolean, mode: 'rotating' | 'non_expiring' = 'rotating') {
  scene = await openScene({ lazyRefresh })
  services = scene.services
  services.clickfunnels.tokens.mode = mode
  connection = await scene.connect()
}
beforeEach(() => open(true))

async function use(): Promise<string> {
  const { tenantId, id: connectionId } = connection
  const { source } = await usableToken(services, { tenantId, connectionId })
  await services.background.settled()
  return source
}

/** Lets the schedule run every ten minutes, and gives how often what happened. */
async function pass(seconds: number): Promise<Record<string, number>> {
  const sums: Record<string, number> = {}
  for (const end = later(services.now(), seconds); services.now() < end; ) {
    services.clock.advance(600)
    for (const [outcome, count] of Object.entries(await run(services)))
      sums[outcome] = (sums[outcome] ?? 0) + count
  }
  return sums
}

const lateRefreshes = () =>
  services.log.entries
    .filter(({ message }) => message === KEEP_ALIVE_RUN)
    .reduce((sum, entry) => sum + Number(entry.fields.late ?? 0), 0)

describe('a connection that is not used', () => {
  test('is refreshed ahead for two days, and then once a week', async () => {
    const days = await pass(UNUSED_SECONDS)
    expect(days.refreshed).toBeGreaterThan(20)
    const weeks = await pass(4 * WEEKLY_SECONDS)
    expect(weeks.refreshed).toBeGreaterThanOrEqual(4)
    expect(weeks.refreshed).toBeLessThanOrEqual(5)
    expect(weeks.unused).toBe(weeks.refreshed)
    expect(lateRefreshes()).toBe(0)
  })

  test('is never older than a week', async () => {
    await pass(UNUSED_SECONDS)
    for (let day = 0; day < 21; day++) {
      await pass(DAY_SECONDS)
      const { credential } = await scene.stored(connection)
      if (credential.kind !== 'refreshable') throw new Error('not refreshable')
      expect(services.now() - credential.issuedAt).toBeLessThanOrEqual(WEEKLY_SECONDS + 600)
    }
  })

  test('is refreshed by the call that comes first, and from then on ahead', async () => {
    await pass(UNUSED_SECONDS + DAY_SECONDS)
    expect(await use()).toBe('refreshed')
    const day = await pass(DAY_SECONDS)
    expect(day.unused).toBeUndefined()
    expect(day.refreshed).toBeGreaterThan(12)
    expect(await use()).toBe('stored')
  })

  test('is refreshed as ever while it is in trouble', async () => {
    await pass(UNUSED_SECONDS - 3 * 3600)
    services.clickfunnels.always('refresh', { outcome: 'provider_down', detail: 'status 503' })
    await pass(5 * 3600)
    expect((await scene.stored(connection)).consecutiveFailures).toBeGreaterThan(0)
    services.clickfunnels.always('refresh')
    const { refreshed } = await pass(2 * 3600)
    expect(refreshed).toBeGreaterThanOrEqual(1)
  })
})

test('a connection that is used every day is always refreshed ahead, and each day costs one write', async () => {
  const writes = vi.spyOn(services.connections, 'noteUse')
  for (let day = 0; day < 10; day++) {
    const { unused } = await pass(DAY_SECONDS - 7200 + (day % 3) * 7200)
    expect(unused).toBeUndefined()
    for (let call = 0; call < 3; call++) {
      expect(await use()).toMatch(/stored|memory/)
      services.clock.advance(6)
    }
  }
  expect(writes.mock.calls.length).toBeGreaterThanOrEqual(7)
  expect(writes.mock.calls.length).toBeLessThanOrEqual(10)
  expect(lateRefreshes()).toBe(0)
})

test('a warm call notes nothing', async () => {
  await use()
  const writes = vi.spyOn(services.connections, 'noteUse')
  expect(await use()).toBe('memory')
  expect(writes).not.toHaveBeenCalled()
})

test('a call is answered although its use could not be noted', async () => {
  services.clock.advance(2 * DAY_SECONDS)
  services.connections.noteUse = async () => Promise.reject(new Error('store down'))
  expect(await use()).toBe('refreshed')
})

test('what does not expire is probed daily', async () => {
  await open(true, 'non_expiring')
  const { alive, unused } = await pass(8 * DAY_SECONDS)
  expect(alive).toBeGreaterThanOrEqual(7)
  expect(unused).toBeUndefined()
})

test('off, it writes nothing and refreshes all ahead', async () => {
  await open(false)
  const writes = vi.spyOn(services.connections, 'noteUse')
  await use()
  const { refreshed, unused } = await pass(LEAST_WEEKLY_SECONDS)
  expect(writes).not.toHaveBeenCalled()
  expect(unused).toBeUndefined()
  expect(refreshed).toBeGreaterThan(LEAST_WEEKLY_SECONDS / LIFETIME)
})
