import { describe, expect, test } from 'vitest'
import { createApp } from '#domain/apps/manage-apps.ts'
import { type AuthorizationResponse, receiveAuthorizationResponse } from '#domain/connect/callback.ts'
import { STATE_LIFETIME_SECONDS } from '#domain/connect/connect-session.ts'
import { Secret } from '#domain/secret.ts'
import { updateTenant } from '#domain/tenants/manage-tenants.ts'
import { type Journey, openScene, type Scene } from '../../fakes/scene.ts'

const ISSUER = 'https://accounts.myclickfunnels.com'

/** Receives what the provider sends back, with changes. */
async function respond(scene: Scene, journey: Journey, change: Partial<AuthorizationResponse> = {}) {
  const { code, state } = scene.services.clickfunnels.approve(journey.location)
  const { cookies } = journey
  const response = { appId: scene.app.id, state, code, cookies, ...change }
  return scene.saw(journey, await receiveAuthorizationResponse(scene.services, response))
}

/** A denial and the like come without a code. */
function respondError(scene: Scene, journey: Journey, change: Partial<AuthorizationResponse>) {
  const { state } = scene.services.clickfunnels.approve(journey.location)
  const { cookies } = journey
  return receiveAuthorizationResponse(scene.services, { appId: scene.app.id, state, cookies, ...change })
}

function queryOf(response: Awaited<ReturnType<typeof respond>>): Record<string, string> {
  if (response.outcome !== 'return') throw new Error(`The callback ended in "${response.outcome}"`)
  const url = new URL(response.location)
  expect(url.origin + url.pathname).toBe('https://saas.example.com/settings')
  return Object.fromEntries(url.searchParams)
}

describe('a response that is refused outright', () => {
  test('has a state that this service did not make', async () => {
    const scene = await openScene()
    const journey = await scene.leave()
    expect(await respond(scene, journey, { state: 'invented' })).toEqual({ outcome: 'unknown' })
    expect(await respond(scene, journey, { state: '' })).toEqual({ outcome: 'unknown' })
  })

  test('comes later than ten minutes, to the second', async () => {
    const scene = await openScene()
    const [early, late] = [await scene.leave(), await scene.leave()]
    scene.services.clock.advance(STATE_LIFETIME_SECONDS - 1)
    expect((await respond(scene, early)).outcome).toBe('return')
    scene.services.clock.advance(1)
    // The browser that began is redirected to the product. Another one gets a page.
    expect(await respond(scene, late, { cookies: new Map() })).toMatchObject({ outcome: 'expired' })
    const returned = await respond(scene, late)
    // The word of the audit trail.
    expect(returned).toMatchObject({ error: 'expired' })
    expect(queryOf(returned)).toEqual({
      connect_session: late.session.id,
      status: 'expired',
      error: 'session_expired',
    })
  })

  test('comes from another browser, which leaves the state for the right one', async () => {
    const scene = await openScene()
    const journey = await scene.leave()
    const other = await scene.leave()
    expect(await respond(scene, journey, { cookies: new Map() })).toMatchObject({ outcome: 'other_browser' })
    const [name = ''] = journey.cookies.keys()
    const [foreign = ''] = other.cookies.values()
    const forged = new Map([...other.cookies, [name, foreign]])
    expect(await respond(scene, journey, { cookies: forged })).toMatchObject({ outcome: 'other_browser' })
    expect((await respond(scene, journey)).outcome).toBe('return')
  })

  test('leads back to the product, if its return URL is still registered', async () => {
    const scene = await openScene()
    const journey = await scene.leave()
    const strange = { cookies: new Map() }
    expect(await respond(scene, journey, strange)).toEqual({
      outcome: 'other_browser',
      session: expect.objectContaining({ id: journey.session.id }),
      product: {
        name: 'Saas',
        returnTo: 'https://saas.example.com/settings?error=started_in_other_browser',
      },
    })
    await updateTenant(scene.services, scene.caller.tenant.id, { returnUrls: [] })
    expect(await respond(scene, journey, strange)).toEqual({
      outcome: 'other_browser',
      session: expect.objectContaining({ id: journey.session.id }),
      product: { name: 'Saas' },
    })
  })

  test("comes to another app's redirect URI", async () => {
    const scene = await openScene()
    const journey = await scene.leave({ appId: scene.app.id })
    const input = { name: 'Second', clientId: 'client-2', clientSecret: new Secret('x') }
    const second = await createApp(scene.services, scene.caller.tenant.id, input)
    expect(await respond(scene, journey, { appId: second.id })).toMatchObject({ outcome: 'other_app' })
    expect((await scene.session(journey)).state.status).toBe('authorizing')
  })

  test('uses a state a second time', async () => {
    const scene = await openScene()
    const journey = await scene.leave()
    expect((await respond(scene, journey)).outcome).toBe('return')
    // Its own browser is told what became of it, see below.
    expect(await respond(scene, journey, { cookies: new Map() })).toEqual({ outcome: 'unknown' })
  })

  test('comes while the tenant is suspended: nothing is exchanged', async () => {
    const scene = await openScene()
    const journey = await scene.leave({ completion: 'confirmed' })
    await updateTenant(scene.services, scene.caller.tenant.id, { status: 'suspended' })
    expect(await respond(scene, journey)).toEqual({
      outcome: 'suspended',
      session: expect.objectContaining({ id: journey.session.id }),
      product: { name: 'Saas' },
    })
    expect(scene.services.clickfunnels.counts.exchangeCode).toBe(0)
    await updateTenant(scene.services, scene.caller.tenant.id, { status: 'active' })
    expect(queryOf(await respond(scene, journey))).toMatchObject({ status: 'connected' })
  })

  test('is one of two that come at the same moment', async () => {
    const scene = await openScene()
    const journey = await scene.leave({ completion: 'confirmed' })
    const both = await Promise.all([respond(scene, journey), respond(scene, journey)])
    expect(both.map(({ outcome }) => outcome).sort()).toEqual(['repeated', 'return'])
    expect(scene.services.clickfunnels.counts.exchangeCode).toBe(1)
  })

  test('is one of two with different codes: one code is kept, and only its browser can complete', async () => {
    const scene = await openScene()
    const journey = await scene.leave()
    const both = await Promise.all([respond(scene, journey), respond(scene, journey)])
    expect(both.map(({ outcome }) => outcome).sort()).toEqual(['repeated', 'return'])
    expect((await scene.complete(journey)).state.status).toBe('active')
    expect(scene.services.clickfunnels.counts.exchangeCode).toBe(1)
  })
})

describe('a response during a fault of the store or of KMS', () => {
  /** Makes the next call of the method fail; later calls work again. */
  function failOnce(port: object, method: string): void {
    const failing = async () => {
      Reflect.deleteProperty(port, method)
      throw new Error('the port fails')
    }
    Object.assign(port, { [method]: failing })
  }

  test.each([
    ['confirmed', 'authorizations', 'find'],
    ['confirmed', 'tenants', 'get'],
    ['confirmed', 'sessions', 'get'],
    ['confirmed', 'apps', 'get'],
    ['confirmed', 'vault', 'open'],
    ['confirmed', 'authorizations', 'take'],
    ['verified', 'vault', 'seal'],
    ['verified', 'authorizations', 'take'],
  ] as const)(
    'of a "%s" session, in %s.%s, loses nothing and can be repeated',
    async (completion, port, method) => {
      const scene = await openScene()
      const { clickfunnels } = scene.services
      const journey = await scene.leave({ completion })
      const approved = clickfunnels.approve(journey.location)
      failOnce(scene.services[port], method)
      await expect(respond(scene, journey, approved)).rejects.toThrow('the port fails')
      expect((await scene.session(journey)).state.status).toBe('authorizing')
      expect(clickfunnels.counts.exchangeCode).toBe(0)
      const repeated = await Promise.all([1, 2].map(() => respond(scene, journey, approved)))
      expect(repeated.map(({ outcome }) => outcome).sort()).toEqual(['repeated', 'return'])
      if (completion === 'verified') await scene.complete(journey)
      expect((await scene.session(journey)).state.status).toBe('connected')
      expect(clickfunnels.counts.exchangeCode).toBe(1)
    },
  )
})

describe('a response that ends the session', () => {
  test('a denial reaches the product as access_denied', async () => {
    const scene = await openScene()
    const journey = await scene.leave()
    const query = queryOf(await respondError(scene, journey, { error: 'access_denied' }))
    expect(query).toEqual({ connect_session: journey.session.id, status: 'denied', error: 'access_denied' })
    expect((await scene.session(journey)).state).toEqual({ status: 'denied', error: 'access_denied' })
  })

  test.each([
    ['server_error', 'server_error'],
    ['temporarily_unavailable', 'temporarily_unavailable'],
    ['unauthorized_client', 'unauthorized_client'],
    ['invalid_code_challenge_method', 'server_error'],
    ['<script>alert(1)</script>', 'server_error'],
    ['', 'server_error'],
    [`x${'y'.repeat(64)}`, 'server_error'],
  ])('the error "%s" reaches the product as "%s"', async (error, expected) => {
    const scene = await openScene()
    const query = queryOf(await respondError(scene, await scene.leave(), { error }))
    expect(query).toMatchObject({ status: 'failed', error: expected })
  })

  test.each([
    ['invalid_code_challenge_method', 'invalid_code_challenge_method'],
    ['<script>alert(1)</script>', 'malformed'],
  ])('the error "%s" is in the log as "%s"', async (error, logged) => {
    const scene = await openScene()
    await respondError(scene, await scene.leave(), { error })
    const refused = scene.services.log.entries.find(
      ({ message }) => message === 'The authorization request was refused',
    )
    expect(JSON.stringify(refused)).toContain(`"${logged}"`)
  })

  test.each([{}, { code: '' }])('neither code nor error (%j) is an invalid response', async (response) => {
    const scene = await openScene()
    const query = queryOf(await respondError(scene, await scene.leave(), response))
    expect(query).toMatchObject({ status: 'failed', error: 'invalid_response' })
  })

  test.each(['https://evil.example', '', `${ISSUER}/`])(
    'the issuer "%s" is not ours: the code is not exchanged',
    async (iss) => {
      const scene = await openScene()
      const journey = await scene.leave({ completion: 'confirmed' })
      expect(queryOf(await respond(scene, journey, { iss }))).toMatchObject({
        status: 'failed',
        error: 'issuer_mismatch',
      })
      expect(scene.services.clickfunnels.counts.exchangeCode).toBe(0)
    },
  )

  test.each<[string, 'confirmed' | 'verified']>([
    ['exchanged', 'confirmed'],
    ['kept', 'verified'],
  ])('no issuer where the server promises one: the code is not %s', async (_, completion) => {
    const scene = await openScene()
    scene.services.clickfunnels.metadata = 'promising'
    const journey = await scene.leave({ completion })
    expect(queryOf(await respond(scene, journey))).toEqual({
      connect_session: journey.session.id,
      status: 'failed',
      error: 'issuer_mismatch',
    })
    const { state } = await scene.session(journey)
    expect(state).toEqual({ status: 'failed', error: 'issuer_mismatch' })
    expect(scene.services.clickfunnels.counts.exchangeCode).toBe(0)
  })

  test('no issuer is checked before an error is believed, too', async () => {
    const scene = await openScene()
    scene.services.clickfunnels.metadata = 'promising'
    const query = queryOf(await respondError(scene, await scene.leave(), { error: 'access_denied' }))
    expect(query).toMatchObject({ status: 'failed', error: 'issuer_mismatch' })
  })

  test('an issuer is checked before an error is believed', async () => {
    const scene = await openScene()
    const response = { error: 'access_denied', iss: 'https://evil.example' }
    const query = queryOf(await respondError(scene, await scene.leave(), response))
    expect(query).toMatchObject({ status: 'failed', error: 'issuer_mismatch' })
  })
})

describe('a response with a code', () => {
  test('of a "confirmed" session is exchanged at once', async () => {
    const scene = await openScene()
    const journey = await scene.leave({ completion: 'confirmed' })
    const query = queryOf(await respond(scene, journey, { iss: ISSUER }))
    const { state } = await scene.session(journey)
    if (state.status !== 'connected') throw new Error(state.status)
    expect(query).toEqual({
      connect_session: journey.session.id,
      status: 'connected',
      connection_id: state.connectionId,
    })
  })

  test.each(['silent', 'absent', 'unreadable'] as const)(
    'and no issuer goes on where the metadata of the server is %s',
    async (metadata) => {
      const scene = await openScene()
      scene.services.clickfunnels.metadata = metadata
      const query = queryOf(await respond(scene, await scene.leave({ completion: 'confirmed' })))
      expect(query).toMatchObject({ status: 'connected' })
    },
  )

  test('with an issuer needs no metadata, and neither does a state that this service did not make', async () => {
    const scene = await openScene()
    scene.services.clickfunnels.metadata = 'promising'
    const journey = await scene.leave({ completion: 'confirmed' })
    await respond(scene, journey, { state: 'invented' })
    expect(queryOf(await respond(scene, journey, { iss: ISSUER }))).toMatchObject({ status: 'connected' })
    expect(scene.services.clickfunnels.counts.issuerPromise).toBe(0)
  })

  test('of a "verified" session is kept sealed and not exchanged', async () => {
    const scene = await openScene()
    const journey = await scene.leave({ completion: 'verified' })
    const { code, state } = scene.services.clickfunnels.approve(journey.location)
    const response = await respond(scene, journey, { code, state })
    const { completion_code, ...query } = queryOf(response)
    expect(query).toEqual({ connect_session: journey.session.id, status: 'awaiting_completion' })
    expect(completion_code).toMatch(/^[\w-]{43}$/)
    expect(scene.services.sessions.text()).not.toContain(completion_code)
    expect(scene.services.clickfunnels.counts.exchangeCode).toBe(0)
    const session = await scene.session(journey)
    if (session.state.status !== 'awaiting_completion') throw new Error(session.state.status)
    const binding = { tenantId: session.tenantId, record: session.id, generation: 0, field: 'code' } as const
    expect((await scene.services.vault.open(binding, session.state.code)).reveal()).toBe(code)
    expect(scene.services.sessions.text()).not.toContain(code)
  })

  test.each(['verified', 'confirmed'] as const)(
    'of a "%s" session whose return URL was unregistered meanwhile is not sent there, and its code is not spent',
    async (completion) => {
      const scene = await openScene()
      const journey = await scene.leave({ completion })
      await updateTenant(scene.services, scene.caller.tenant.id, { returnUrls: ['https://new.example.com/'] })
      expect(await respond(scene, journey)).toEqual({
        outcome: 'return_url_not_registered',
        session: expect.objectContaining({ id: journey.session.id }),
        product: { name: 'Saas' },
      })
      const { state } = await scene.session(journey)
      expect(state).toEqual({ status: 'failed', error: 'return_url_not_registered' })
      expect(scene.services.clickfunnels.counts.exchangeCode).toBe(0)
      await updateTenant(scene.services, scene.caller.tenant.id, {
        returnUrls: ['https://saas.example.com/'],
      })
      expect(scene.completionCode(journey)).toBe('')
    },
  )

  test("carries none of our parameters that the tenant's own query has", async () => {
    const scene = await openScene()
    const own = 'completion_code=mine&connection_id=mine&error=mine&error=yours&connect_session=mine'
    const like =
      'Completion_Code=mine&connect_session[]=mine&completion.code=mine&%20ERROR=mine&connection-id=mine'
    const returnUrl = `https://saas.example.com/settings?tab=2&${own}&${like}&errors=0`
    const journey = await scene.leave({ returnUrl, completion: 'confirmed' })
    const query = queryOf(await respond(scene, journey))
    expect(query).toEqual({
      tab: '2',
      errors: '0',
      connect_session: journey.session.id,
      status: 'connected',
      connection_id: expect.stringMatching(/^conn_/),
    })
  })

  test("keeps the tenant's own query of the return URL", async () => {
    const scene = await openScene()
    const journey = await scene.leave({ returnUrl: 'https://saas.example.com/settings?tab=2&status=mine' })
    expect(queryOf(await respond(scene, journey))).toEqual({
      tab: '2',
      status: 'awaiting_completion',
      connect_session: journey.session.id,
      completion_code: expect.any(String),
    })
  })
})

describe('a response that the browser repeats', () => {
  const again = (scene: Scene, journey: Journey, change: Partial<AuthorizationResponse> = {}) => {
    const state = new URL(journey.location).searchParams.get('state') ?? ''
    const { cookies } = journey
    const response = { appId: scene.app.id, state, code: 'again', cookies, ...change }
    return receiveAuthorizationResponse(scene.services, response)
  }
  const locationOf = (outcome: Awaited<ReturnType<typeof again>>) => {
    if (!('location' in outcome)) throw new Error(outcome.outcome)
    return outcome.location
  }

  test('after it connected leads back to the product, connected, and exchanges nothing', async () => {
    const scene = await openScene()
    const journey = await scene.leave({ completion: 'confirmed' })
    const first = locationOf(await respond(scene, journey))
    expect(new URL(first).searchParams.get('status')).toBe('connected')
    for (const change of [{}, { error: 'access_denied' }])
      expect(await again(scene, journey, change)).toEqual({ outcome: 'repeated', location: first })
    expect(scene.services.clickfunnels.counts.exchangeCode).toBe(1)
  })

  test('after it was denied says so', async () => {
    const scene = await openScene()
    const journey = await scene.leave()
    const first = locationOf(await respondError(scene, journey, { error: 'access_denied' }))
    expect(await again(scene, journey)).toEqual({ outcome: 'repeated', location: first })
  })

  test('brings back the same completion code, as long as the session waits for it', async () => {
    const scene = await openScene()
    const journey = await scene.leave()
    const first = locationOf(await respond(scene, journey))
    expect(await again(scene, journey)).toEqual({ outcome: 'repeated', location: first })
    await scene.complete(journey)
    const query = new URL(locationOf(await again(scene, journey))).searchParams
    expect([query.get('status'), query.get('completion_code')]).toEqual(['connected', null])
  })

  test('in another browser, for another app, or later, is unknown', async () => {
    const scene = await openScene()
    const journey = await scene.leave()
    const other = await scene.leave()
    await respond(scene, journey)
    const [name = ''] = journey.cookies.keys()
    const [foreign = ''] = other.cookies.values()
    const unknown = { outcome: 'unknown' }
    expect(await again(scene, journey, { cookies: new Map() })).toEqual(unknown)
    expect(await again(scene, journey, { cookies: new Map([[name, foreign]]) })).toEqual(unknown)
    expect(await again(scene, journey, { appId: scene.services.newId('app') })).toEqual(unknown)
    scene.services.clock.advance(STATE_LIFETIME_SECONDS)
    expect(await again(scene, journey)).toEqual(unknown)
  })

  test('leads nowhere when the return URL is no longer registered', async () => {
    const scene = await openScene()
    const journey = await scene.leave()
    await respond(scene, journey)
    await updateTenant(scene.services, scene.caller.tenant.id, { returnUrls: [] })
    expect(await again(scene, journey)).toEqual({ outcome: 'unknown' })
  })
})
