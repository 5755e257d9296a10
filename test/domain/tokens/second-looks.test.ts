// An episode of refusals from its first one to its end: what callers get, what is asked, and what the audit trail says.
import { describe, expect, test } from 'vitest'
import type { Connection } from '#domain/connections/connection.ts'
import { refOf } from '#domain/connections/connection.ts'
import type { ProbeOutcome } from '#domain/provider/resource-server.ts'
import { refreshNow } from '#domain/proxy/refresh-now.ts'
import { replaceRejected } from '#domain/tokens/await-refresh.ts'
import { usableToken } from '#domain/tokens/fresh-token.ts'
import { refreshConnection } from '#domain/tokens/refresh.ts'
import { connectedScene, type Scene } from '../../fakes/scene.ts'
import type { FakeServices } from '../../fakes.ts'
import { run } from '../keep-alive/keep-alive-runs.ts'

const GONE = { code: 'reauthorization_required' }
const REFUSED = { outcome: 'grant_refused', error: 'invalid_grant' } as const

/** A call that ClickFunnels answers with 401, while the connection is as it is. */
async function refusedCall(services: FakeServices, connection: Connection) {
  const { connection: used } = await usableToken(services, refOf(connection))
  return replaceRejected(services, used)
}

async function events({ services, caller }: Scene): Promise<string[]> {
  const { items } = await services.auditEvents.list(caller.tenant.id, {}, 100, services.now())
  return items
    .map(({ action }) => action)
    .filter((action) => action === 'connection.require_reauthorization' || action === 'connection.recover')
    .toReversed()
}

const PROBES: readonly ProbeOutcome[] = [
  { outcome: 'rejected' },
  ...[403, 404, 429, 500, 503].map((status) => ({ outcome: 'unclear', detail: `status ${status}` }) as const),
  { outcome: 'unclear', detail: 'no answer in time' },
]

describe('a grant that was revoked at ClickFunnels', () => {
  test('is known from the first call on, though the schedule looks at the same moment and learns nothing', async () => {
    const { services, connection } = await connectedScene()
    for (const row of services.clickfunnels.tokens.rows) row.revoked = true
    services.clickfunnels.always('probe', { outcome: 'unclear', detail: 'status 503' })
    let looked = () => {}
    const looking = new Promise<void>((resolve) => (looked = resolve))
    services.clickfunnels.script('refresh', async (work) => {
      await looking
      return work()
    })
    const scheduled = refreshConnection(services, connection)
    const sleep = services.sleep
    Object.assign(services, {
      sleep: async (milliseconds: number) => {
        // The caller waits for the schedule's look, which ends meanwhile.
        looked()
        await scheduled
        await sleep(milliseconds)
      },
    })
    await expect(refusedCall(services, connection)).rejects.toMatchObject(GONE)
    expect(await scheduled).toEqual({ outcome: 'failed', error: 'grant_refused' })
  })

  test.each(PROBES)('gives 409 from the first call on, though the probe is %o', async (probe) => {
    const { services, scene, connection } = await connectedScene()
    for (const row of services.clickfunnels.tokens.rows) row.revoked = true
    services.clickfunnels.always('probe', probe)
    const began = services.now()
    let ended: number | undefined
    while (services.now() < began + 120) {
      await expect(refusedCall(services, connection)).rejects.toMatchObject(GONE)
      if (ended === undefined && (await events(scene)).length > 0) ended = services.now() - began
      services.clock.advance(2)
    }
    expect(ended).toBeLessThanOrEqual(90)
    expect(ended).toBeGreaterThanOrEqual(60)
    expect(await events(scene)).toEqual(['connection.require_reauthorization'])
    expect(services.clickfunnels.counts.refresh).toBe(2)
  })

  test('was refused by the schedule a moment before: the call completes the evidence, and nothing is asked', async () => {
    const { services, connection } = await connectedScene()
    services.clickfunnels.always('refresh', REFUSED)
    expect(await refreshConnection(services, connection)).toMatchObject({ error: 'grant_refused' })
    await expect(refusedCall(services, connection)).rejects.toMatchObject(GONE)
    expect(services.clickfunnels.counts.refresh).toBe(1)
  })

  test('before an answer was lost is not said to be lost', async () => {
    const { services, scene, connection } = await connectedScene()
    services.clickfunnels.script('refresh', { outcome: 'answer_lost', detail: 'ECONNRESET' }, REFUSED)
    await expect(refusedCall(services, connection)).rejects.toMatchObject(GONE)
    expect((await scene.stored(connection)).state).toMatchObject({ reason: 'grant_refused' })
  })
})

describe('a refusal that was wrong', () => {
  test.each(['rotating', 'strict'] as const)(
    'is over at the second look, and no audit event was written (%s)',
    async (mode) => {
      const { services, scene, connection } = await connectedScene(mode)
      services.clickfunnels.script('refresh', REFUSED)
      await expect(refusedCall(services, connection)).rejects.toMatchObject(GONE)
      services.clock.advance(75)
      expect(await run(services)).toEqual({ refreshed: 1 })
      expect(await scene.stored(connection)).toMatchObject({ generation: 2, state: { status: 'active' } })
      expect(await events(scene)).toEqual([])
    },
  )

  test.each(['rotating', 'non_expiring'] as const)(
    'that seemed final is taken back at the next look (%s)',
    async (mode) => {
      const { services, scene, connection } = await connectedScene(mode)
      services.clickfunnels.always('refresh', REFUSED)
      services.clickfunnels.always('probe', { outcome: 'rejected' })
      await expect(refusedCall(services, connection)).rejects.toMatchObject(GONE)
      services.clock.advance(75)
      await run(services)
      expect(await events(scene)).toEqual(['connection.require_reauthorization'])
      services.clickfunnels.always('refresh')
      services.clickfunnels.always('probe')
      services.clock.advance(300)
      await run(services)
      expect((await scene.stored(connection)).state).toEqual({ status: 'active' })
      expect(await events(scene)).toEqual(['connection.require_reauthorization', 'connection.recover'])
    },
  )

  test('stays refused while the second look proves nothing', async () => {
    const { services, scene, connection } = await connectedScene('non_expiring')
    services.clickfunnels.script('probe', { outcome: 'rejected' })
    await expect(refusedCall(services, connection)).rejects.toMatchObject(GONE)
    services.clickfunnels.always('probe', { outcome: 'unclear', detail: 'status 404' })
    services.clock.advance(75)
    await run(services)
    await expect(usableToken(services, refOf(connection))).rejects.toMatchObject(GONE)
    expect(await events(scene)).toEqual([])
  })
})

describe('POST …/refresh', () => {
  test.each(['rotating', 'non_expiring'] as const)(
    'looks again at a connection that ended before there were second looks (%s)',
    async (mode) => {
      const { services, scene, connection } = await connectedScene(mode)
      const reason = 'grant_refused'
      await services.connections.update(refOf(connection), connection, {
        state: { status: 'reauthorization_required', reason },
        dueAt: null,
        updatedAt: services.now(),
      })
      services.clock.advance(30 * 24 * 3600)
      expect(await run(services)).toEqual({})
      const revived = await refreshNow(services, scene.caller, connection.id)
      expect(revived.state).toEqual({ status: 'active' })
      expect(await events(scene)).toEqual(['connection.recover'])
    },
  )

  test('leaves a connection without further looks that ended before and is refused again', async () => {
    const { services, scene, connection } = await connectedScene('non_expiring')
    const state = { status: 'reauthorization_required', reason: 'grant_refused' } as const
    const change = { state, dueAt: null, updatedAt: services.now() }
    await services.connections.update(refOf(connection), connection, change)
    services.clickfunnels.always('probe', { outcome: 'rejected' })
    await expect(refreshNow(services, scene.caller, connection.id)).rejects.toMatchObject(GONE)
    const stored = await scene.stored(connection)
    expect(stored.state).toEqual(state)
    expect(stored).not.toHaveProperty('dueAt')
    expect(await events(scene)).toEqual([])
  })

  test('asks for a refused connection at most once a minute', async () => {
    const { services, scene, connection } = await connectedScene()
    services.clickfunnels.always('refresh', REFUSED)
    await expect(refusedCall(services, connection)).rejects.toMatchObject(GONE)
    for (let second = 0; second < 59; second++) {
      await expect(refreshNow(services, scene.caller, connection.id)).rejects.toMatchObject(GONE)
      services.clock.advance(1)
    }
    expect(services.clickfunnels.counts.refresh).toBe(1)
  })
})
