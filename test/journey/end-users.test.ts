// End users with JWTs of a real OpenID provider, over HTTP: each sees and does what is its own, pages of registered origins
// may read the answers, and the provider rotates its keys meanwhile.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ROUTES } from '#http/routes.ts'
import { Browser } from '../support/browser.ts'
import { AUDIENCE, type OpenIdProvider, startOpenIdProvider } from '../support/openid-provider.ts'
import {
  type ApiCall,
  startTestStack,
  type TestStack,
  type TestTenant,
  WORKSPACE_ID,
} from '../support/stack.ts'

/** A thousand in CI: npm run rotation. */
const CALLS = Number(process.env.ROTATION_CALLS ?? 150)
const ORIGIN = 'https://app.saas.example'
const MISSING = { connection: `conn_${'0'.repeat(26)}`, session: `cs_${'0'.repeat(26)}` }

let stack: TestStack
let provider: OpenIdProvider
let tenant: TestTenant
let alice: string
let bob: string
let connectionId: string
let sessionId: string

const register = (id: string, body: object) =>
  stack.api(`/v1/tenants/${id}/identity-providers`, { method: 'POST', body })
const call = (path: string, key: string, more: ApiCall = {}) => stack.api(path, { key, ...more })

/** The whole way in a page: start, approve at ClickFunnels, come back. */
async function approve(jwt: string) {
  const body = { return_url: tenant.returnUrl }
  const session = (await call('/v1/connect-sessions', jwt, { method: 'POST', body })).json
  const browser = new Browser()
  const consent = await browser.visit(session.connect_url)
  const decision = { decision: 'authorize', workspace_id: String(WORKSPACE_ID) }
  const back = await browser.submit(consent, decision, { stopBefore: tenant.returnUrl })
  const returned = new URL(back.headers.get('location') ?? 'none:').searchParams
  return { ...session, completion_code: returned.get('completion_code') ?? '' }
}
const complete = (id: string, jwt: string, body?: object) =>
  call(`/v1/connect-sessions/${id}/complete`, jwt, { method: 'POST', ...(body && { body }) })

beforeAll(async () => {
  ;[stack, provider] = await Promise.all([startTestStack(), startOpenIdProvider()])
  tenant = await stack.createTenant({ origins: [ORIGIN] })
  const registered = await register(tenant.id, {
    issuer: provider.issuer,
    audience: AUDIENCE,
    jwks_uri: provider.jwksUri,
  })
  expect(registered.status).toBe(201)
  ;[alice, bob] = await Promise.all([provider.signIn('alice'), provider.signIn('bob')])
  const session = await approve(alice)
  sessionId = session.id
  expect(session).toMatchObject({ completion: 'verified', end_user: { id: 'alice' } })
  const { completion_code } = session
  connectionId = (await complete(session.id, alice, { completion_code })).json.id
})
const closers: (() => Promise<void>)[] = []
afterAll(async () => {
  await stack?.close()
  await provider?.close()
  for (const close of closers) await close()
})

test('an end user connects and calls ClickFunnels with a JWT alone', async () => {
  expect((await call(`/v1/connections/${connectionId}`, alice)).json).toMatchObject({
    status: 'active',
    end_user: { id: 'alice' },
  })
  expect((await call(`/v1/connections/${connectionId}/funnels`, alice)).status).toBe(200)
  expect((await call(`/v1/connections/${connectionId}/proxy/me`, alice)).status).toBe(200)
  const refreshed = await call(`/v1/connections/${connectionId}/refresh`, alice, { method: 'POST' })
  expect(refreshed.status).toBe(200)
})

describe('another end user', () => {
  const paths = Object.entries(ROUTES).filter(
    ([key, { access }]) => access === 'tenant' && key.includes('{id}'),
  )

  test.each(paths.map(([key]) => key))(
    'cannot tell what is there from what is missing by %s',
    async (key) => {
      const [method = '', path = ''] = key.replace('ANY', 'GET').replace('{path+}', 'me').split(' ')
      const send = async (id: string) => {
        const { status, text, headers } = await call(path.replace('{id}', id), bob, { method })
        return { status, text, type: headers.get('content-type'), challenge: headers.get('www-authenticate') }
      }
      const [theirs, missing] = key.includes('connect-sessions')
        ? [await send(sessionId), await send(MISSING.session)]
        : [await send(connectionId), await send(MISSING.connection)]
      expect(theirs.status).toBe(404)
      expect(theirs).toEqual(missing)
    },
  )

  test('cannot fill the trail with what it does not find', async () => {
    for (const id of [connectionId, MISSING.connection])
      expect((await call(`/v1/connections/${id}`, bob, { method: 'DELETE' })).status).toBe(404)
    const { data } = (await stack.api('/v1/audit-events?limit=100', { key: tenant.apiKey })).json
    expect(data.filter(({ result }: { result: string }) => result === 'not_found')).toEqual([])
    const missing = `/v1/connections/${MISSING.connection}`
    expect((await call(missing, tenant.apiKey, { method: 'DELETE' })).status).toBe(404)
    const trail = (await stack.api('/v1/audit-events?limit=1', { key: tenant.apiKey })).json.data
    expect(trail).toMatchObject([{ action: 'connection.delete', result: 'not_found' }])
  })

  test('finds nothing in lists, whomever it asks for', async () => {
    for (const query of ['', '?end_user_id=alice', '?end_user_id=bob', '?status=active']) {
      expect((await call(`/v1/connections${query}`, bob)).json).toEqual({ data: [] })
    }
    expect((await call('/v1/connections', alice)).json.data).toHaveLength(1)
    expect((await call('/v1/connections', tenant.apiKey)).json.data).toHaveLength(1)
  })

  test('cannot start a session for somebody else, nor reconnect what is theirs', async () => {
    const start = (body: object) =>
      call('/v1/connect-sessions', bob, { method: 'POST', body: { return_url: tenant.returnUrl, ...body } })
    const named = await start({ end_user: { id: 'alice' } })
    expect(named).toMatchObject({ status: 403, json: { code: 'end_user_mismatch' } })
    expect((await start({ connection_id: connectionId })).status).toBe(422)
    const own = await start({ end_user: { id: 'bob', display_name: 'Alice' } })
    expect(own.json.end_user).toEqual({ id: 'bob' })
  })

  test('who was made to approve a session spoils it by completing it, and gets nothing', async () => {
    const { id, completion_code } = await approve(alice)
    const before = (await stack.control('GET', 'tokens')).json.grants
    expect((await complete(id, bob, { completion_code })).status).toBe(403)
    expect(await complete(id, alice, { completion_code })).toMatchObject({
      status: 409,
      json: { session_status: 'failed' },
    })
    expect((await stack.control('GET', 'tokens')).json.grants).toEqual(before)
  })

  test('who made somebody else approve cannot complete before their browser is back', async () => {
    const { id, completion_code } = await approve(alice)
    for (const body of [undefined, {}, { completion_code: 'guessed' }, { end_user: { id: 'alice' } }]) {
      expect(await complete(id, alice, body)).toMatchObject({
        status: 403,
        json: { code: 'completion_code_mismatch' },
      })
    }
    // Without the code nobody learns of the session, and nobody ends it.
    expect((await complete(id, bob)).status).toBe(404)
    expect(await complete(id, alice, { completion_code })).toMatchObject({ status: 200 })
  })
})

describe('a page', () => {
  const from = (origin: string, jwt: string, path = '/v1/connections') =>
    call(path, jwt, { headers: { origin } })
  const tampered = () => `${alice.slice(0, -8)}AAAAAAAA`

  test('of a registered origin may read answers and refusals; others may read and do nothing', async () => {
    const missing = `/v1/connections/${MISSING.connection}`
    for (const [jwt, path, status] of [
      [alice, '/v1/connections', 200],
      [alice, missing, 404],
      [alice, '/v1/connections?limit=x', 422],
      [tampered(), '/v1/connections', 401],
    ] as const) {
      const own = await from(ORIGIN, jwt, path)
      expect([own.status, own.headers.get('access-control-allow-origin')]).toEqual([status, ORIGIN])
      expect(own.headers.get('vary')).toContain('origin')
      const other = await from('https://evil.example', jwt, path)
      const refused = status === 401 ? 401 : 403
      expect([other.status, other.headers.get('access-control-allow-origin')]).toEqual([refused, null])
    }
    const headers = { origin: 'https://evil.example' }
    const blind = await call(`/v1/connections/${connectionId}`, alice, { method: 'DELETE', headers })
    expect(blind).toMatchObject({ status: 403, json: { code: 'origin_not_registered' } })
    expect((await from(ORIGIN, alice, `/v1/connections/${connectionId}`)).json.status).toBe('active')
  })

  test('is told about a refused token in the words of RFC 6750', async () => {
    const answer = await from(ORIGIN, tampered())
    expect(answer.json.code).toBe('invalid_credential')
    expect(answer.headers.get('www-authenticate')).toContain('error="invalid_token"')
  })
})

describe('an identity provider', () => {
  test('belongs to one tenant for an audience', async () => {
    const other = await stack.createTenant({ name: 'Other' })
    const pair = { issuer: provider.issuer, audience: AUDIENCE }
    expect(await register(other.id, pair)).toMatchObject({
      status: 409,
      json: { code: 'identity_provider_taken' },
    })
    const body = { name: 'Third', identity_provider: pair }
    expect((await stack.api('/v1/tenants', { method: 'POST', body })).status).toBe(409)
    const own = { ...pair, audience: 'https://other.example', audience_claim: 'azp' }
    const registered = (await register(other.id, own)).json
    expect(registered).toMatchObject({
      ...own,
      algorithms: ['RS256', 'ES256', 'EdDSA'],
      end_user_claim: 'sub',
    })
    expect(registered.jwks_uri).toBe(`${provider.issuer}/.well-known/jwks.json`)
    const path = `/v1/tenants/${other.id}/identity-providers/${registered.id}`
    const change = { algorithms: ['ES256'], end_user_claim: 'user_id' }
    expect((await stack.api(path, { method: 'PATCH', body: change })).json).toMatchObject(change)
    expect((await stack.api(path)).json).toMatchObject(change)
    expect((await stack.api(path, { method: 'DELETE' })).status).toBe(204)
    expect((await stack.api(path)).status).toBe(404)
  })

  test.each([
    { issuer: 'http://id.example' },
    { issuer: 'https://10.0.0.1' },
    { jwks_uri: 'https://169.254.169.254/latest/meta-data' },
    { jwks_uri: 'https://metadata.google.internal/keys' },
    { jwks_uri: 'https://intranet/keys' },
    { jwks_uri: 'https://user:secret@id.example/keys' },
    { jwks_uri: 'file:///etc/passwd' },
    { algorithms: ['HS256'] },
    { algorithms: ['none'] },
    { algorithms: [] },
    { audience_claim: 'scope' },
  ])('is not registered with %j', async (change) => {
    const body = { issuer: 'https://id.example', audience: 'x', ...change }
    expect((await register(tenant.id, body)).status).toBe(422)
  })
})

describe('an end user who asks for too much', () => {
  test('is refused at its share of the sessions, while others and the back end go on', async () => {
    // A tenant of its own: a change of limits takes a minute for callers that are known already.
    const own = await startOpenIdProvider()
    closers.push(own.close)
    const limited = await stack.createTenant({ limits: { sessions_per_minute: 60 } })
    await register(limited.id, { issuer: own.issuer, audience: AUDIENCE, jwks_uri: own.jwksUri })
    const [mallory, carol] = await Promise.all([own.signIn('mallory'), own.signIn('carol')])
    const start = (key: string, more: object = {}) =>
      call('/v1/connect-sessions', key, { method: 'POST', body: { return_url: limited.returnUrl, ...more } })
    const answers = await Promise.all(Array.from({ length: 25 }, () => start(mallory)))
    const refused = answers.filter(({ status }) => status !== 201)
    // A tenth of 60, in two minutes at the most.
    expect(refused.length).toBeGreaterThanOrEqual(25 - 2 * 6)
    for (const { status, json } of refused)
      expect([status, json.code, json.limit]).toEqual([429, 'end_user_limit_exceeded', 'sessions_per_minute'])
    expect((await start(carol)).status).toBe(201)
    for (let i = 0; i < 10; i++) {
      expect((await start(limited.apiKey, { end_user: { id: 'mallory' } })).status).toBe(201)
    }
  })

  test('makes one token request of sixty forced refreshes', async () => {
    await stack.control('DELETE', 'requests')
    const refresh = () => call(`/v1/connections/${connectionId}/refresh`, alice, { method: 'POST' })
    for (let i = 0; i < 60; i++) expect((await refresh()).status).toBe(200)
    const { requests } = (await stack.control('GET', 'requests')).json
    const paths: readonly string[] = requests.map(({ path }: { path: string }) => path)
    expect(paths.filter((path) => path === '/oauth/token').length).toBeLessThanOrEqual(1)
  })
})

test('the same "sub" of a second provider is another end user, who sees nothing of the first', async () => {
  const second = await startOpenIdProvider()
  try {
    const body = { issuer: second.issuer, audience: AUDIENCE, jwks_uri: second.jwksUri }
    const { status, json } = await register(tenant.id, body)
    expect([status, json.end_user_namespace]).toEqual([201, 'identity_provider'])
    const other = await second.signIn('alice')
    expect((await call('/v1/connections', other)).json.data).toEqual([])
    expect((await call(`/v1/connections/${connectionId}`, other)).status).toBe(404)
    expect((await call('/v1/connections', alice)).json.data).toHaveLength(1)
  } finally {
    await second.close()
  }
})

test(`its keys are rotated during ${CALLS} calls: only what a withdrawn key signed fails`, async () => {
  const refused: number[] = []
  const failed: number[] = []
  const status = async (jwt: string) => (await call('/v1/connections', jwt)).status
  let current = alice
  for (let i = 1; i <= CALLS; i++) {
    const rotation = i / Math.floor(CALLS / 4)
    if (Number.isInteger(rotation)) {
      const former = rotation % 2 === 0 ? 'withdrawn' : 'published'
      const unseen = await provider.signIn('alice')
      provider.rotate(former)
      current = await provider.signIn('alice')
      if ((await status(current)) !== 200) failed.push(i)
      // What was verified before is remembered for a minute; what comes only now is judged by the keys of now.
      if (former === 'withdrawn') refused.push(await status(unseen))
      else if ((await status(unseen)) !== 200) failed.push(i)
    }
    if ((await status(current)) !== 200) failed.push(i)
  }
  expect(failed).toEqual([])
  expect(refused).toEqual([401, 401])
  // Those few looks are all that the calls cost the provider.
  expect(provider.looks()).toBeLessThan(20)
}, 60_000)
