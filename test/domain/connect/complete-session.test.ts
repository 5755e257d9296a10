import { describe, expect, test } from 'vitest'
import { completeSession } from '#domain/connect/complete-session.ts'
import { CODE_LIFETIME_SECONDS } from '#domain/connect/connect-session.ts'
import { ServiceError } from '#domain/errors.ts'
import type { EndUserId } from '#domain/ids.ts'
import type { TokenOutcome } from '#domain/provider/authorization-server.ts'
import { createTenant } from '#domain/tenants/manage-tenants.ts'
import { disconnect } from '#domain/tokens/disconnect.ts'
import { ALICE, BOB, type Journey, keyCaller, openScene, type Scene } from '../../fakes/scene.ts'
import { ACME } from '../../fakes/tokens.ts'

function complete(scene: Scene, journey: Pick<Journey, 'session'>, endUserId: EndUserId = ALICE) {
  return completeSession(scene.services, scene.caller, {
    sessionId: journey.session.id,
    endUserId,
    completionCode: scene.completionCode(journey),
  })
}

async function approved(request: Parameters<Scene['leave']>[0] = {}) {
  const scene = await openScene()
  const journey = await scene.leave(request)
  await scene.comeBack(journey)
  return { scene, journey }
}

describe('completing', () => {
  test('with the right end user gives the connection', async () => {
    const { scene, journey } = await approved()
    const connection = await complete(scene, journey)
    expect(connection).toMatchObject({
      tenantId: scene.caller.tenant.id,
      appId: scene.app.id,
      endUser: { id: 'alice' },
      state: { status: 'active' },
      workspace: ACME,
      generation: 1,
    })
    expect((await scene.session(journey)).state).toEqual({ status: 'connected', connectionId: connection.id })
  })

  test('twice gives the same connection, and exchanges once', async () => {
    const { scene, journey } = await approved()
    const first = await complete(scene, journey)
    expect(await complete(scene, journey)).toEqual(first)
    expect(scene.services.clickfunnels.counts.exchangeCode).toBe(1)
  })

  test('by many at the same moment exchanges once, and refuses the other requests', async () => {
    const { scene, journey } = await approved()
    const all = await Promise.allSettled(Array.from({ length: 5 }, () => complete(scene, journey)))
    expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    const refused = all.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []))
    for (const reason of refused) expect(reason).toMatchObject({ code: 'session_not_completable' })
    expect(scene.services.clickfunnels.counts.exchangeCode).toBe(1)
    expect(scene.services.connections.items.size).toBe(1)
  })

  test('does nothing for another tenant', async () => {
    const { scene, journey } = await approved()
    const tenant = await createTenant(scene.services, { name: 'Other', returnUrls: [], origins: [] })
    const input = {
      sessionId: journey.session.id,
      endUserId: ALICE,
      completionCode: scene.completionCode(journey),
    }
    const stranger = keyCaller(scene.services, tenant)
    await expect(completeSession(scene.services, stranger, input)).rejects.toMatchObject({
      code: 'not_found',
    })
    expect((await complete(scene, journey)).state.status).toBe('active')
  })
})

describe('completing with a JWT', () => {
  const asEndUser = (
    { services, caller: { tenant } }: Scene,
    id: EndUserId,
    journey: Journey,
    code?: string,
  ) =>
    completeSession(
      services,
      { tenant, actor: { kind: 'end_user', id, identityProviderId: services.newId('identityProvider') } },
      { sessionId: journey.session.id, ...(code !== undefined && { completionCode: code }) },
    )
  const returned = async () => {
    const scene = await openScene()
    const journey = await scene.leave()
    const response = await scene.comeBack(journey)
    if (response.outcome !== 'return') throw new Error(response.outcome)
    const code = new URL(response.location).searchParams.get('completion_code') ?? ''
    return { scene, journey, code }
  }

  test('takes the code that the browser brought back', async () => {
    const { scene, journey, code } = await returned()
    expect(await asEndUser(scene, ALICE, journey, code)).toMatchObject({ endUser: { id: 'alice' } })
  })

  test.each([undefined, '', 'wrong'])('is refused with %j, and the right code still works', async (given) => {
    const { scene, journey, code } = await returned()
    await expect(asEndUser(scene, ALICE, journey, given)).rejects.toMatchObject({
      code: 'completion_code_mismatch',
    })
    expect(scene.services.clickfunnels.counts.exchangeCode).toBe(0)
    await asEndUser(scene, ALICE, journey, code)
  })

  test('as another end user throws the code away only from the browser that approved', async () => {
    const { scene, journey, code } = await returned()
    await expect(asEndUser(scene, BOB, journey)).rejects.toMatchObject({ code: 'not_found' })
    expect((await scene.session(journey)).state.status).toBe('awaiting_completion')
    await expect(asEndUser(scene, BOB, journey, code)).rejects.toMatchObject({ code: 'end_user_mismatch' })
    expect((await scene.session(journey)).state).toEqual({ status: 'failed', error: 'end_user_mismatch' })
  })

  test('again gives the same connection, without the code', async () => {
    const { scene, journey, code } = await returned()
    const first = await asEndUser(scene, ALICE, journey, code)
    expect(await asEndUser(scene, ALICE, journey)).toEqual(first)
  })
})

describe('completing with an API key', () => {
  const withKey = (scene: Scene, { session }: Journey, endUserId: EndUserId, completionCode?: string) =>
    completeSession(scene.services, scene.caller, {
      sessionId: session.id,
      endUserId,
      ...(completionCode !== undefined && { completionCode }),
    })

  test.each([undefined, '', 'wrong'])(
    'is refused with %j for each end user, spends nothing, and the session stays',
    async (given) => {
      const { scene, journey } = await approved()
      for (const endUserId of [ALICE, BOB]) {
        await expect(withKey(scene, journey, endUserId, given)).rejects.toMatchObject({
          code: 'completion_code_mismatch',
        })
      }
      expect((await scene.session(journey)).state.status).toBe('awaiting_completion')
      expect(scene.services.clickfunnels.counts.exchangeCode).toBe(0)
      await withKey(scene, journey, ALICE, scene.completionCode(journey))
    },
  )

  test('is refused with the code of another session', async () => {
    const { scene, journey } = await approved()
    const other = await scene.leave()
    await scene.comeBack(other)
    await expect(withKey(scene, journey, ALICE, scene.completionCode(other))).rejects.toMatchObject({
      code: 'completion_code_mismatch',
    })
  })

  test('again gives the same connection, without the code', async () => {
    const { scene, journey } = await approved()
    const first = await complete(scene, journey)
    expect(await withKey(scene, journey, ALICE)).toEqual(first)
  })
})

describe('completing as another end user', () => {
  test('is refused, and the code is thrown away unspent', async () => {
    const { scene, journey } = await approved()
    await expect(complete(scene, journey, BOB)).rejects.toMatchObject({ code: 'end_user_mismatch' })
    expect((await scene.session(journey)).state).toEqual({ status: 'failed', error: 'end_user_mismatch' })
    await expect(complete(scene, journey)).rejects.toMatchObject({
      code: 'session_not_completable',
      extensions: { session_status: 'failed' },
    })
    expect(scene.services.clickfunnels.counts.exchangeCode).toBe(0)
  })

  test('does not undo a connection that was completed by the right one', async () => {
    const { scene, journey } = await approved()
    await complete(scene, journey)
    await expect(complete(scene, journey, BOB)).rejects.toMatchObject({ code: 'end_user_mismatch' })
    expect((await scene.session(journey)).state.status).toBe('connected')
  })
})

describe('a session that cannot be completed', () => {
  test.each([
    ['created', async (scene: Scene) => scene.start()],
    ['authorizing', async (scene: Scene) => scene.leave()],
  ] as const)('because it is "%s" says so', async (status, begin) => {
    const scene = await openScene()
    const journey = await begin(scene)
    await expect(complete(scene, journey)).rejects.toMatchObject({
      code: 'session_not_completable',
      extensions: { session_status: status },
    })
  })

  test('because the code is too old says so, and does not try it', async () => {
    const { scene, journey } = await approved()
    scene.services.clock.advance(CODE_LIFETIME_SECONDS)
    await expect(complete(scene, journey)).rejects.toMatchObject({
      code: 'session_not_completable',
      extensions: { session_status: 'expired' },
    })
    expect(scene.services.clickfunnels.counts.exchangeCode).toBe(0)
  })

  test('because its connection was deleted in the meantime is not found', async () => {
    const { scene, journey } = await approved()
    const { id } = await complete(scene, journey)
    await disconnect(scene.services, scene.caller, id)
    await expect(complete(scene, journey)).rejects.toMatchObject({ code: 'not_found' })
  })
})

describe('an exchange that fails', () => {
  test.each<[TokenOutcome, code: string, error: string]>([
    [{ outcome: 'grant_refused', error: 'invalid_grant' }, 'grant_refused', 'invalid_grant'],
    [{ outcome: 'client_refused', error: 'invalid_client' }, 'app_credentials_refused', 'invalid_client'],
    [{ outcome: 'rate_limited' }, 'upstream_unreachable', 'temporarily_unavailable'],
    [{ outcome: 'provider_down', detail: 'x' }, 'upstream_unreachable', 'temporarily_unavailable'],
    [{ outcome: 'answer_lost', detail: 'x' }, 'upstream_unreachable', 'temporarily_unavailable'],
    [{ outcome: 'malformed', detail: 'x' }, 'upstream_malformed', 'invalid_response'],
  ])('with %j is answered with %s, and ends the session', async (outcome, code, error) => {
    const { scene, journey } = await approved()
    scene.services.clickfunnels.script('exchangeCode', outcome)
    await expect(complete(scene, journey)).rejects.toMatchObject({ code })
    expect((await scene.session(journey)).state).toEqual({ status: 'failed', error })
    expect(scene.services.connections.items.size).toBe(0)
  })
  test('inside this service is answered as internal_error, ends the session and leaves no live token', async () => {
    const { scene, journey } = await approved()
    scene.services.connections.create = async () => Promise.reject(new Error('unforeseen'))
    await expect(complete(scene, journey)).rejects.toMatchObject({ code: 'internal_error' })
    expect((await scene.session(journey)).state).toEqual({ status: 'failed', error: 'server_error' })
    expect(scene.services.clickfunnels.tokens.live()).toEqual([])
  })

  test('because keys cannot be read leaves the session to be completed later', async () => {
    const { scene, journey } = await approved()
    const fault = new ServiceError('storage_unavailable', 'The keys cannot be had.')
    const open = async () => Promise.reject(fault)
    const vault = Object.assign(Object.create(scene.services.vault), { open })
    const services = { ...scene.services, vault }
    const completionCode = scene.completionCode(journey)
    const input = { sessionId: journey.session.id, endUserId: ALICE, completionCode }
    await expect(completeSession(services, scene.caller, input)).rejects.toBe(fault)
    expect(await complete(scene, journey)).toMatchObject({ state: { status: 'active' } })
  })

  test('because the store fails is answered as such, and leaves no live token', async () => {
    const { scene, journey } = await approved()
    const fault = new ServiceError('storage_unavailable', 'The store did not answer in time.')
    scene.services.connections.create = async () => Promise.reject(fault)
    await expect(complete(scene, journey)).rejects.toMatchObject({ code: 'storage_unavailable' })
    expect((await scene.session(journey)).state).toEqual({ status: 'failed', error: 'storage_unavailable' })
    expect(scene.services.clickfunnels.tokens.live()).toEqual([])
  })
})
