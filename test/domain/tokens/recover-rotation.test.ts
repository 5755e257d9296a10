import { describe, expect, test } from 'vitest'
import type { Connection } from '#domain/connections/connection.ts'
import { rotateKeys, SETTLING_SECONDS } from '#domain/keys/key-rotation.ts'
import { disconnect } from '#domain/tokens/disconnect.ts'
import { usableToken } from '#domain/tokens/fresh-token.ts'
import { LEASE_SECONDS } from '#domain/tokens/lease.ts'
import { recoverTokenRotation } from '#domain/tokens/recover-rotation.ts'
import type { TokenRotation } from '#domain/tokens/recovery-queue.ts'
import { refreshConnection } from '#domain/tokens/refresh.ts'
import { connectedScene } from '../../fakes/scene.ts'
import { versionOf } from '../../fakes/vault.ts'
import type { FakeServices } from '../../fakes.ts'

/** A connection whose tokens the provider has rotated, while the store refused the commit. */
async function rotated(mode: FakeServices['clickfunnels']['tokens']['mode'] = 'strict') {
  const { services, scene, connection } = await connectedScene(mode)
  const { update } = services.connections
  services.connections.update = async () => Promise.reject(new Error('the store is down'))
  await refreshConnection(services, connection)
  services.connections.update = update
  const [rotation] = services.recoveryQueue.sent as [TokenRotation]
  return { services, scene, connection, rotation }
}

const use = (services: FakeServices, { tenantId, id }: Connection) =>
  usableToken(services, { tenantId, connectionId: id })
const liveTokens = ({ clickfunnels }: FakeServices) =>
  clickfunnels.tokens.live().map(({ accessToken }) => accessToken)

describe('recovering a token rotation', () => {
  test('commits its tokens, which then work', async () => {
    const { services, scene, connection, rotation } = await rotated()
    expect(await recoverTokenRotation(services, rotation)).toBe('recovered')
    const stored = await scene.stored(connection)
    expect(stored).toMatchObject({
      generation: 2,
      state: { status: 'active' },
      lastRefreshedAt: rotation.rotatedAt,
      consecutiveFailures: 0,
      dueAt: expect.any(Number),
    })
    expect(stored).not.toHaveProperty('lease')
    expect((await use(services, connection)).accessToken.reveal()).toBe(
      services.clickfunnels.tokens.rows[1]?.accessToken,
    )
    expect(await refreshConnection(services, stored)).toMatchObject({ outcome: 'refreshed' })
  })

  test('twice changes nothing more', async () => {
    const { services, scene, connection, rotation } = await rotated()
    await recoverTokenRotation(services, rotation)
    const stored = await scene.stored(connection)
    expect(await recoverTokenRotation(services, rotation)).toBe('recovered')
    expect(await scene.stored(connection)).toEqual(stored)
    expect(services.clickfunnels.counts.revoke).toBe(0)
  })

  test('twice changes nothing more, though the tokens were sealed anew in between', async () => {
    const { services, scene, connection, rotation } = await rotated()
    await recoverTokenRotation(services, rotation)
    await services.vault.rotate(connection.tenantId)
    services.clock.advance(SETTLING_SECONDS)
    expect(await rotateKeys(services, () => true)).toMatchObject({ resealed: 2 })
    const stored = await scene.stored(connection)
    expect(await recoverTokenRotation(services, rotation)).toBe('recovered')
    expect(await scene.stored(connection)).toEqual(stored)
    expect(services.clickfunnels.counts.revoke).toBe(0)
    expect(liveTokens(services)).toEqual([await scene.accessToken(stored)])
  })

  test('commits tokens under the newest key, however long the message waited', async () => {
    const { services, scene, connection, rotation } = await rotated()
    await services.vault.rotate(connection.tenantId)
    expect(await recoverTokenRotation(services, rotation)).toBe('recovered')
    const { credential } = await scene.stored(connection)
    expect(versionOf(credential.accessToken)).toBe(2)
  })

  test('brings back a connection that was ended meanwhile', async () => {
    const { services, scene, connection, rotation } = await rotated()
    services.clock.advance(7200)
    expect(await refreshConnection(services, connection)).toEqual({ outcome: 'reauthorization_required' })
    expect(await recoverTokenRotation(services, rotation)).toBe('recovered')
    expect((await scene.stored(connection)).state).toEqual({ status: 'active' })
  })

  test('wins over a refresh that is under way with the replaced refresh token', async () => {
    const { services, scene, connection, rotation } = await rotated()
    services.clock.advance(LEASE_SECONDS)
    services.clickfunnels.script('refresh', async (work) => {
      await recoverTokenRotation(services, rotation)
      return work()
    })
    expect(await refreshConnection(services, connection)).toEqual({ outcome: 'overtaken' })
    const stored = await scene.stored(connection)
    expect(stored).toMatchObject({ generation: 2, state: { status: 'active' } })
    expect(liveTokens(services)).toEqual([await scene.accessToken(stored)])
  })

  test('after a newer refresh revokes the tokens that came too late', async () => {
    const { services, scene, connection, rotation } = await rotated('rotating')
    services.clock.advance(LEASE_SECONDS)
    await refreshConnection(services, connection)
    const stored = await scene.stored(connection)
    expect(await recoverTokenRotation(services, rotation)).toBe('overtaken')
    expect(await scene.stored(connection)).toEqual(stored)
    expect(services.clickfunnels.tokens.rows[1]?.revoked).toBe(true)
    expect(liveTokens(services)).toContain(await scene.accessToken(stored))
  })

  test('after the connection was deleted revokes the tokens', async () => {
    const { services, scene, connection, rotation } = await rotated()
    await disconnect(services, scene.caller, connection.id)
    expect(await recoverTokenRotation(services, rotation)).toBe('overtaken')
    expect(liveTokens(services)).toEqual([])
    expect(services.revocations.items.size).toBe(0)
  })

  test('after the end user connected again keeps the new tokens', async () => {
    const { services, scene, connection, rotation } = await rotated()
    const again = await scene.connect({ connectionId: connection.id })
    expect(await recoverTokenRotation(services, rotation)).toBe('overtaken')
    expect(await scene.stored(connection)).toEqual(again)
    expect(liveTokens(services)).toEqual([await scene.accessToken(again)])
  })

  test('of a tenant whose keys were deleted gives up, and revokes nothing', async () => {
    const { services, scene, connection, rotation } = await rotated()
    await services.vault.shred(connection.tenantId)
    expect(await recoverTokenRotation(services, rotation)).toBe('given_up')
    expect(await scene.stored(connection)).toMatchObject({ generation: 1 })
    expect(services.clickfunnels.counts.revoke).toBe(0)
    expect(services.revocations.items.size).toBe(0)
  })

  test('whose tokens do not open for another reason throws', async () => {
    const { services, rotation } = await rotated()
    await services.vault.rotate(rotation.ref.tenantId)
    await services.vault.retire(rotation.ref.tenantId, 1)
    await services.vault.remove(rotation.ref.tenantId, 1)
    await expect(recoverTokenRotation(services, rotation)).rejects.toMatchObject({
      code: 'secret_unreadable',
    })
  })

  test('while the store is still down throws, and revokes nothing', async () => {
    const { services, rotation } = await rotated()
    const { update } = services.connections
    services.connections.update = async () => Promise.reject(new Error('still down'))
    await expect(recoverTokenRotation(services, rotation)).rejects.toThrow('still down')
    expect(services.clickfunnels.counts.revoke).toBe(0)
    services.connections.update = update
    expect(await recoverTokenRotation(services, rotation)).toBe('recovered')
  })
})
