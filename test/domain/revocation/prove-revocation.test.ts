// Doorkeeper before 5.8.1 answers 200 to the revocation of a pair whose access token has expired, and does nothing. So the
// refresh token is presented afterwards: only a refusal of it proves the revocation.
import { describe, expect, test, vi } from 'vitest'
import { attemptRevocation } from '#domain/revocation/revocation.ts'
import { later } from '#domain/time.ts'
import { disconnect } from '#domain/tokens/disconnect.ts'
import { connectedScene, dieIn, type Scene } from '../../fakes/scene.ts'
import type { FakeServices } from '../../fakes.ts'
import { run } from '../keep-alive/keep-alive-runs.ts'

const EXPIRED = 7200 + 60

/** Revokes as Doorkeeper before 5.8.1. */
function revokesOnlyLiveTokens({ clickfunnels }: FakeServices): void {
  clickfunnels.always('revoke', async (work) => (clickfunnels.tokens.live().length > 0 ? work() : 'done'))
}

/** Lets the schedule run until nothing is left to revoke. */
async function settle(services: FakeServices): Promise<void> {
  for (let minute = 0; services.revocations.items.size > 0 && minute < 400; minute++) {
    services.clock.advance(60)
    await run(services)
  }
}

const refreshable = ({ clickfunnels }: FakeServices) =>
  clickfunnels.tokens.rows.filter(({ refreshToken, revoked }) => refreshToken !== undefined && !revoked)

function onlyRevocation(services: FakeServices) {
  const [revocation] = services.revocations.items.values()
  if (revocation === undefined) throw new Error('no revocation')
  return revocation
}

async function notes({ services, caller }: Scene) {
  const { items } = await services.auditEvents.list(caller.tenant.id, {}, 100, services.now())
  return items.filter(({ action }) => action === 'connection.revoke_tokens').toReversed()
}

describe.each(['rotating', 'strict'] as const)('an expired pair (%s)', (mode) => {
  test('leaves no usable refresh token, though the provider only says that it revoked it', async () => {
    const { services, scene, connection } = await connectedScene(mode)
    revokesOnlyLiveTokens(services)
    services.clock.advance(EXPIRED)
    await disconnect(services, scene.caller, connection.id)
    await settle(services)
    expect(refreshable(services)).toEqual([])
    expect(services.revocations.items.size).toBe(0)
    expect(await notes(scene)).toContainEqual(
      expect.objectContaining({ resource: { type: 'connection', id: connection.id }, result: 'ok' }),
    )
  })

  test('of a provider that revokes it costs one token request, and no tokens are issued', async () => {
    const { services, scene, connection } = await connectedScene(mode)
    services.clock.advance(EXPIRED)
    await disconnect(services, scene.caller, connection.id)
    expect(services.clickfunnels.counts.refresh).toBe(0)
    await settle(services)
    expect(services.clickfunnels.counts.refresh).toBe(1)
    expect(services.clickfunnels.tokens.rows).toHaveLength(1)
    expect(await notes(scene)).toHaveLength(1)
  })

  test('is dead in the end if the table does not take the new tokens of a proof', async () => {
    const { services, scene, connection } = await connectedScene(mode)
    revokesOnlyLiveTokens(services)
    services.clock.advance(EXPIRED)
    await disconnect(services, scene.caller, connection.id)
    const enqueue = vi.spyOn(services.revocations, 'enqueue').mockRejectedValueOnce(new Error('no table'))
    await settle(services)
    expect(enqueue).toHaveBeenCalled()
    expect(refreshable(services)).toEqual([])
  })

  test('is dead in the end if the process dies when it has new tokens in hand', async () => {
    const { services, scene, connection } = await connectedScene(mode)
    revokesOnlyLiveTokens(services)
    services.clock.advance(EXPIRED)
    await disconnect(services, scene.caller, connection.id)
    // Another process goes on with the same store.
    await dieIn(services, 'probe', () => attemptRevocation(services, onlyRevocation(services)))
    await settle(services)
    expect(refreshable(services)).toEqual([])
  })
})

test('a pair that has not expired is revoked at once, and nothing is asked', async () => {
  const { services, scene, connection } = await connectedScene('rotating')
  revokesOnlyLiveTokens(services)
  services.clock.advance(3600)
  await disconnect(services, scene.caller, connection.id)
  expect(refreshable(services)).toEqual([])
  expect(services.revocations.items.size).toBe(0)
  expect(services.clickfunnels.counts.refresh).toBe(0)
})

test('a provider that cannot be asked is asked again later', async () => {
  const { services, scene, connection } = await connectedScene('rotating')
  revokesOnlyLiveTokens(services)
  services.clock.advance(EXPIRED)
  await disconnect(services, scene.caller, connection.id)
  services.clickfunnels.always('refresh', { outcome: 'provider_down', detail: 'status 503' })
  services.clock.advance(60)
  await run(services)
  expect(services.revocations.items.size).toBe(1)
  services.clickfunnels.always('refresh')
  await settle(services)
  expect(refreshable(services)).toEqual([])
})

test('a provider that accepts the refresh token for ever is given up soon, and the audit trail says so', async () => {
  const { services, scene, connection } = await connectedScene('rotating')
  services.clickfunnels.always('revoke', 'done')
  services.clickfunnels.always('probe', { outcome: 'unclear', detail: 'status 404' })
  services.clock.advance(EXPIRED)
  await disconnect(services, scene.caller, connection.id)
  await settle(services)
  expect(services.revocations.items.size).toBe(0)
  expect(services.clickfunnels.counts.refresh).toBe(4)
  expect(await notes(scene)).toContainEqual(
    expect.objectContaining({
      resource: { type: 'connection', id: connection.id },
      result: 'upstream_malformed',
    }),
  )
})

test('no proof is begun when the process may be cut off before new tokens are stored', async () => {
  const { services, scene, connection } = await connectedScene('strict')
  revokesOnlyLiveTokens(services)
  services.clock.advance(EXPIRED)
  await disconnect(services, scene.caller, connection.id)
  const end = later(services.now(), 9)
  expect(await attemptRevocation(services, onlyRevocation(services), { end })).toBe('postponed')
  expect(services.clickfunnels.counts.refresh).toBe(0)
  await settle(services)
  expect(refreshable(services)).toEqual([])
})
