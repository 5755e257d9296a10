import { describe, expect, test } from 'vitest'
import { attemptRevocation, revokeOrphan } from '#domain/revocation/revocation.ts'
import { Secret } from '#domain/secret.ts'
import { createTenant } from '#domain/tenants/manage-tenants.ts'
import { disconnect } from '#domain/tokens/disconnect.ts'
import { refreshConnection } from '#domain/tokens/refresh.ts'
import { connectedScene, dieIn, keyCaller } from '../../fakes/scene.ts'
import type { FakeServices } from '../../fakes.ts'

function onlyRevocation(services: FakeServices) {
  const [revocation, ...more] = services.revocations.items.values()
  if (revocation === undefined || more.length > 0) throw new Error('not one revocation')
  return revocation
}

describe('disconnecting', () => {
  test('deletes the connection and revokes its tokens at the provider', async () => {
    const { services, scene, connection } = await connectedScene('rotating')
    await disconnect(services, scene.caller, connection.id)
    expect(services.connections.items.size).toBe(0)
    expect(services.clickfunnels.tokens.live()).toEqual([])
    expect(services.revocations.items.size).toBe(0)
  })

  test('lets the workspace be connected again, as another connection', async () => {
    const { services, scene, connection } = await connectedScene()
    await disconnect(services, scene.caller, connection.id)
    const again = await scene.connect()
    expect(again.id).not.toBe(connection.id)
    expect(again.generation).toBe(1)
  })

  test('while ClickFunnels cannot be reached deletes at once, and the revocation waits', async () => {
    const { services, scene, connection } = await connectedScene('rotating')
    services.clickfunnels.script('revoke', 'failed')
    await disconnect(services, scene.caller, connection.id)
    expect(services.connections.items.size).toBe(0)
    expect(onlyRevocation(services)).toMatchObject({ attempts: 1, record: connection.id, generation: 1 })
    await attemptRevocation(services, onlyRevocation(services))
    expect(services.clickfunnels.tokens.live()).toEqual([])
    expect(services.revocations.items.size).toBe(0)
  })

  test('stores the revocation before the first attempt, in case the process dies in it', async () => {
    const { services, scene, connection } = await connectedScene()
    await dieIn(services, 'revoke', () => disconnect(services, scene.caller, connection.id))
    expect(onlyRevocation(services)).toMatchObject({ attempts: 0, dueAt: services.now() + 60 })
  })

  test('revokes the tokens that are stored in the end, though a refresh replaces them at the same moment', async () => {
    const { services, scene, connection } = await connectedScene('rotating')
    const { get } = services.connections
    services.connections.get = async (ref) => {
      services.connections.get = get
      const read = await get.call(services.connections, ref)
      if (read) await refreshConnection(services, read)
      return read
    }
    await disconnect(services, scene.caller, connection.id)
    expect(services.connections.items.size).toBe(0)
    expect(services.clickfunnels.tokens.rows[1]?.revoked).toBe(true)
  })

  test("finds neither a missing connection nor another tenant's", async () => {
    const { services, scene, connection } = await connectedScene()
    const tenant = await createTenant(services, { name: 'Other', returnUrls: [], origins: [] })
    const stranger = disconnect(services, keyCaller(services, tenant), connection.id)
    await expect(stranger).rejects.toMatchObject({ code: 'not_found' })
    expect(services.clickfunnels.tokens.live()).toHaveLength(1)
    await disconnect(services, scene.caller, connection.id)
    await expect(disconnect(services, scene.caller, connection.id)).rejects.toMatchObject({
      code: 'not_found',
    })
  })
})

describe('a revocation', () => {
  test('that fails is due later, after a longer time for each failure', async () => {
    const { services, scene, connection } = await connectedScene()
    services.clickfunnels.always('revoke', 'failed')
    await disconnect(services, scene.caller, connection.id)
    for (let attempts = 1; attempts < 5; attempts++) {
      const revocation = onlyRevocation(services)
      expect(revocation.attempts).toBe(attempts)
      expect(revocation.dueAt).toBeGreaterThan(services.now())
      expect(revocation.dueAt).toBeLessThanOrEqual(services.now() + 30 * 2 ** (attempts - 1))
      expect(await attemptRevocation(services, revocation)).toBe('postponed')
    }
  })

  test('whose tokens cannot be opened is due later, too', async () => {
    const { services, scene, connection } = await connectedScene()
    services.clickfunnels.script('revoke', 'failed')
    await disconnect(services, scene.caller, connection.id)
    services.vault.shred(connection.tenantId)
    expect(await attemptRevocation(services, onlyRevocation(services))).toBe('postponed')
    expect(onlyRevocation(services).attempts).toBe(2)
  })

  test('that ClickFunnels refuses for a week is given up, and that is logged', async () => {
    const { services, scene, connection } = await connectedScene()
    services.clickfunnels.always('revoke', 'client_refused')
    await disconnect(services, scene.caller, connection.id)
    for (let attempt = 0; attempt < 170; attempt++) {
      expect(services.revocations.items.size).toBe(1)
      await attemptRevocation(services, onlyRevocation(services))
    }
    expect(services.revocations.items.size).toBe(0)
    const [entry] = services.log.entries.filter(({ level }) => level === 'error')
    expect(entry?.fields).toMatchObject({ attempts: 170 })
  })

  test('whose app is gone is given up at once, and the audit trail does not say that it was done', async () => {
    const { services, scene, connection } = await connectedScene()
    services.clickfunnels.script('revoke', 'failed')
    await disconnect(services, scene.caller, connection.id)
    Object.assign(services.apps, { get: async () => undefined })
    expect(await attemptRevocation(services, onlyRevocation(services))).toBe('settled')
    expect(services.revocations.items.size).toBe(0)
    expect([...services.auditEvents.items.values()].at(-1)).toMatchObject({
      action: 'connection.revoke_tokens',
      resource: { type: 'connection', id: connection.id },
      result: 'not_found',
      reason: 'given up',
    })
  })

  test('covers refresh token and access token, and stays whole when one of them fails', async () => {
    const { services, scene, connection } = await connectedScene('rotating')
    services.clickfunnels.script('revoke', 'done', 'failed')
    await disconnect(services, scene.caller, connection.id)
    expect(services.clickfunnels.counts.revoke).toBe(2)
    expect(services.revocations.items.size).toBe(1)
  })

  test('of tokens without a connection is sealed, stored and attempted at once', async () => {
    const { services, scene, connection } = await connectedScene('rotating')
    services.clickfunnels.script('revoke', 'failed')
    const tokens = { scopes: [], workspace: {}, accessToken: new Secret('a'), refreshToken: new Secret('r') }
    await revokeOrphan(services, scene.app, tokens)
    const revocation = onlyRevocation(services)
    expect(revocation).toMatchObject({
      record: revocation.id,
      generation: 0,
      attempts: 1,
      appId: connection.appId,
    })
    await attemptRevocation(services, revocation)
    expect(services.revocations.items.size).toBe(0)
    expect(services.clickfunnels.counts.revoke).toBe(3)
  })

  test('of tokens without a connection works without the store, because tokens and app are in memory', async () => {
    const { services, scene } = await connectedScene('rotating')
    const down = new Error('the store is down')
    Object.assign(services.revocations, { enqueue: async () => Promise.reject(down) })
    Object.assign(services.apps, { get: async () => Promise.reject(down) })
    const tokens = { scopes: [], workspace: {}, accessToken: new Secret('a'), refreshToken: new Secret('r') }
    await revokeOrphan(services, scene.app, tokens)
    expect(services.clickfunnels.counts.revoke).toBe(2)
    services.clickfunnels.script('revoke', 'failed')
    await expect(revokeOrphan(services, scene.app, tokens)).rejects.toBe(down)
  })
})
