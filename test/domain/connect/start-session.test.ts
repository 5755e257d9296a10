import { describe, expect, test } from 'vitest'
import { createApp } from '#domain/apps/manage-apps.ts'
import { findSession, type SessionRequest, startSession } from '#domain/connect/start-session.ts'
import type { ConnectionId } from '#domain/ids.ts'
import { Secret } from '#domain/secret.ts'
import { createTenant, updateTenant } from '#domain/tenants/manage-tenants.ts'
import { ALICE, BOB, keyCaller, openScene, RETURN_URL, type Scene } from '../../fakes/scene.ts'

const secondApp = (scene: Scene) =>
  createApp(scene.services, scene.caller.tenant.id, {
    name: 'Second',
    clientId: 'client-2',
    clientSecret: new Secret('x'),
  })

async function stranger(scene: Scene) {
  const tenant = await createTenant(scene.services, { name: 'Other', returnUrls: [RETURN_URL], origins: [] })
  return keyCaller(scene.services, tenant)
}

describe('startSession', () => {
  test('starts a session that lives half an hour and keeps its link as a hash', async () => {
    const scene = await openScene()
    const { session, linkSecret } = await scene.start({ endUser: { id: ALICE, displayName: 'Alice' } })
    expect(session).toMatchObject({
      appId: scene.app.id,
      endUser: { id: 'alice', displayName: 'Alice' },
      state: { status: 'created' },
      expiresAt: session.createdAt + 1800,
    })
    expect(linkSecret.reveal()).toMatch(/^[\w-]{43}$/)
    expect(scene.services.sessions.text()).not.toContain(linkSecret.reveal())
  })

  test('is "verified" by default', async () => {
    const scene = await openScene()
    const input = { endUser: { id: ALICE }, returnUrl: RETURN_URL }
    const { session } = await startSession(scene.services, scene.caller, input)
    expect(session.completion).toBe('verified')
  })

  describe('with a JWT', () => {
    const asEndUser = ({ services, caller: { tenant } }: Scene, more: Partial<SessionRequest> = {}) => {
      const identityProviderId = services.newId('identityProvider')
      const caller = { tenant, actor: { kind: 'end_user', id: ALICE, identityProviderId } } as const
      return startSession(services, caller, { returnUrl: RETURN_URL, ...more })
    }

    test('is "verified", and "confirmed" only where the operator allows it for the tenant', async () => {
      const scene = await openScene()
      const confirmed = { completion: 'confirmed' } as const
      expect((await asEndUser(scene)).session.completion).toBe('verified')
      const refused = {
        code: 'validation_failed',
        extensions: { errors: [{ pointer: '#/completion' }] },
      }
      await expect(asEndUser(scene, confirmed)).rejects.toMatchObject(refused)
      const { id } = scene.caller.tenant
      // It takes effect at once, for callers that are remembered, too.
      await updateTenant(scene.services, id, { endUsersMayConfirm: true })
      expect((await asEndUser(scene, confirmed)).session.completion).toBe('confirmed')
      await updateTenant(scene.services, id, { endUsersMayConfirm: false })
      await expect(asEndUser(scene, confirmed)).rejects.toMatchObject(refused)
    })

    test('needs the path of a registered return URL, not one below it', async () => {
      const scene = await openScene()
      const below = { returnUrl: `${RETURN_URL}/deeper` }
      await expect(asEndUser(scene, below)).rejects.toMatchObject({ code: 'return_url_not_registered' })
      expect((await scene.start(below)).session.returnUrl).toBe(below.returnUrl)
      const query = { returnUrl: `${RETURN_URL}?tab=2` }
      expect((await asEndUser(scene, query)).session.returnUrl).toBe(query.returnUrl)
    })
  })

  test('refuses a return URL that is not registered, naming the member', async () => {
    const scene = await openScene()
    await expect(scene.start({ returnUrl: 'https://evil.example/settings' })).rejects.toMatchObject({
      code: 'return_url_not_registered',
      extensions: { errors: [{ pointer: '#/return_url' }] },
    })
  })

  test('takes the first app by itself, also once the tenant has a second one', async () => {
    const scene = await openScene()
    expect((await scene.start()).session.appId).toBe(scene.app.id)
    scene.services.clock.advance(1)
    const second = await secondApp(scene)
    expect((await scene.start()).session.appId).toBe(scene.app.id)
    expect((await scene.start({ appId: second.id })).session.appId).toBe(second.id)
    const input = { endUser: { id: ALICE }, returnUrl: RETURN_URL }
    await expect(startSession(scene.services, await stranger(scene), input)).rejects.toThrow('no app yet')
  })

  test("does not know another tenant's app", async () => {
    const scene = await openScene()
    const input = { endUser: { id: ALICE }, returnUrl: RETURN_URL, appId: scene.app.id }
    await expect(startSession(scene.services, await stranger(scene), input)).rejects.toMatchObject({
      code: 'validation_failed',
      extensions: { errors: [{ pointer: '#/app_id' }] },
    })
  })
})

describe('reconnecting', () => {
  test('takes the app of the connection, though the tenant has several', async () => {
    const scene = await openScene()
    const connection = await scene.connect()
    await secondApp(scene)
    const { session } = await scene.start({ connectionId: connection.id })
    expect(session).toMatchObject({ appId: scene.app.id, reconnects: connection.id })
  })

  test('refuses another app than that of the connection', async () => {
    const scene = await openScene()
    const connection = await scene.connect()
    const second = await secondApp(scene)
    await expect(scene.start({ connectionId: connection.id, appId: second.id })).rejects.toMatchObject({
      code: 'validation_failed',
      extensions: { errors: [{ pointer: '#/app_id' }] },
    })
  })

  test("gives the same answer for a missing connection, another end user's and another tenant's", async () => {
    const scene = await openScene()
    const connection = await scene.connect()
    const missing = `conn_${'0'.repeat(26)}` as ConnectionId
    const problems = await Promise.all([
      scene.start({ connectionId: missing }).catch((error: unknown) => error),
      scene.start({ connectionId: connection.id, endUser: { id: BOB } }).catch((error: unknown) => error),
      startSession(scene.services, await stranger(scene), {
        endUser: { id: ALICE },
        returnUrl: RETURN_URL,
        connectionId: connection.id,
      }).catch((error: unknown) => error),
    ])
    const answers = problems.map((problem) => JSON.stringify([problem, String(problem)]))
    expect(answers[0]).toContain('is not a connection of this end user')
    expect(new Set(answers).size).toBe(1)
  })
})

test("a session is found by its tenant's caller alone", async () => {
  const scene = await openScene()
  const { session } = await scene.start()
  expect(await findSession(scene.services, scene.caller, session.id)).toEqual(session)
  await expect(findSession(scene.services, await stranger(scene), session.id)).rejects.toMatchObject({
    code: 'not_found',
  })
})
