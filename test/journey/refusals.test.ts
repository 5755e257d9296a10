// What a caller is told when something is wrong: status, code, headers, and nothing about other tenants.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestStack, type TestStack, type TestTenant } from '../support/stack.ts'

let stack: TestStack
let tenant: TestTenant
let stranger: TestTenant
let connection: string

beforeAll(async () => {
  stack = await startTestStack()
  tenant = await stack.createTenant()
  stranger = await stack.createTenant({ name: 'Stranger' })
  connection = (await stack.connect(tenant)).json.id
})
afterAll(() => stack?.close())

const MISSING = 'conn_01hzzzzzzzzzzzzzzzzzzzzzzz'

describe('credentials', () => {
  test('none gives a challenge without an error, a bad one names it', async () => {
    const none = await stack.api('/v1/connections')
    expect(none).toMatchObject({ status: 401, json: { code: 'missing_credential' } })
    expect(none.headers.get('www-authenticate')).toBe('Bearer realm="funnel-connect"')
    const mistyped = tenant.apiKey.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'))
    for (const key of ['nonsense', mistyped, `${tenant.apiKey}x`]) {
      const bad = await stack.api('/v1/connections', { key })
      expect(bad).toMatchObject({ status: 401, json: { code: 'invalid_credential' } })
      expect(bad.headers.get('www-authenticate')).toContain('error="invalid_token"')
    }
    const basic = await stack.api('/v1/connections', { headers: { authorization: 'Basic abc' } })
    expect(basic).toMatchObject({ status: 401 })
  })

  test('in a query or a form are none: URLs end up in logs and histories', async () => {
    const query = new URLSearchParams({
      access_token: tenant.apiKey,
      authorization: `Bearer ${tenant.apiKey}`,
    })
    const asked = await stack.api(`/v1/connections?${query}`)
    expect(asked).toMatchObject({ status: 401, json: { code: 'missing_credential' } })
    const form = await fetch(`${stack.url}/v1/connect-sessions`, {
      method: 'POST',
      body: new URLSearchParams({ access_token: tenant.apiKey }),
    })
    expect(form.status).toBe(401)
  })

  test('a revoked key that was not used for a minute is refused', async () => {
    const keys = `/v1/tenants/${tenant.id}/api-keys`
    const { json } = await stack.api(keys, { method: 'POST', body: { name: 'short-lived' } })
    expect(await stack.api(`${keys}/${json.id}`, { method: 'DELETE' })).toMatchObject({ status: 204 })
    expect(await stack.api('/v1/connections', { key: json.api_key })).toMatchObject({ status: 401 })
    expect(await stack.api(`${keys}/${json.id}`, { method: 'DELETE' })).toMatchObject({ status: 404 })
  })

  test("a suspended tenant's first call is refused, and works again when it is resumed", async () => {
    const suspended = await stack.createTenant({ name: 'Suspended' })
    const change = (status: string) =>
      stack.api(`/v1/tenants/${suspended.id}`, { method: 'PATCH', body: { status } })
    await change('suspended')
    expect(await stack.api('/v1/connections', { key: suspended.apiKey })).toMatchObject({
      status: 403,
      json: { code: 'tenant_suspended' },
    })
    expect(await change('active')).toMatchObject({ status: 200, json: { status: 'active' } })
  })
})

describe('isolation', () => {
  test("another tenant's connection and a missing one look the same, byte for byte", async () => {
    const calls = [
      ['GET', ''],
      ['POST', '/refresh'],
      ['DELETE', ''],
      ['GET', '/funnels'],
      ['GET', '/proxy/me'],
    ]
    for (const [method = '', path = ''] of calls) {
      const at = (id: string) => stack.api(`/v1/connections/${id}${path}`, { method, key: stranger.apiKey })
      const [foreign, missing, malformed] = await Promise.all([at(connection), at(MISSING), at('nonsense')])
      expect(foreign.status, `${method} ${path}`).toBe(404)
      expect(foreign.text).toBe(missing.text)
      expect(malformed.text).toBe(missing.text)
      const names = (headers: Headers) => [...headers.keys()].toSorted()
      expect(names(foreign.headers)).toEqual(names(missing.headers))
    }
    expect(await stack.api(`/v1/connections/${connection}`, { key: tenant.apiKey })).toMatchObject({
      status: 200,
    })
  })

  test("another tenant's app and connection cannot be named in a session", async () => {
    const start = (more: object) =>
      stack.api('/v1/connect-sessions', {
        method: 'POST',
        key: stranger.apiKey,
        body: { end_user: { id: 'user-1' }, return_url: stranger.returnUrl, ...more },
      })
    expect(await start({ app_id: tenant.appId })).toMatchObject({ status: 422 })
    expect(await start({ connection_id: connection })).toMatchObject({ status: 422 })
  })

  test('lists hold only the own connections, newest first, page by page', async () => {
    const others = [
      await stack.connect(tenant, { endUser: 'b' }),
      await stack.connect(tenant, { endUser: 'c' }),
    ]
    const list = async (query: string) =>
      (await stack.api(`/v1/connections${query}`, { key: tenant.apiKey })).json
    const ids = (page: { data: { id: string }[] }) => page.data.map(({ id }) => id)
    expect(ids(await list(''))).toEqual([others[1]?.json.id, others[0]?.json.id, connection])
    const first = await list('?limit=2')
    expect(ids(await list(`?limit=2&cursor=${first.next_cursor}`))).toEqual([connection])
    expect(ids(await list('?end_user_id=b'))).toEqual([others[0]?.json.id])
    expect(ids(await list('?status=reauthorization_required'))).toEqual([])
    expect((await stack.api('/v1/connections', { key: stranger.apiKey })).json.data).toEqual([])
  })
})

describe('requests', () => {
  const start = (body: unknown) =>
    stack.api('/v1/connect-sessions', { method: 'POST', key: tenant.apiKey, body })

  test('an unknown path is 404, a wrong method 405 with what is allowed', async () => {
    expect(await stack.api('/v1/nothing')).toMatchObject({ status: 404, json: { code: 'not_found' } })
    const wrong = await stack.api('/v1/connect-sessions', { method: 'PUT' })
    expect(wrong).toMatchObject({ status: 405, json: { code: 'method_not_allowed' } })
    expect(wrong.headers.get('allow')).toBe('POST')
    const head = await stack.api('/v1/health', { method: 'HEAD' })
    expect([head.status, head.headers.get('allow')]).toEqual([405, 'GET'])
  })

  test('malformed JSON is 400, a broken rule 422 that names the member', async () => {
    expect(await start('{"end_user":')).toMatchObject({ status: 400, json: { code: 'malformed_request' } })
    expect(await start({ end_user: { id: 7 }, return_url: tenant.returnUrl })).toMatchObject({
      status: 422,
      json: { code: 'validation_failed', errors: [{ pointer: '#/end_user/id', detail: expect.any(String) }] },
    })
    expect(await stack.api('/v1/connections?limit=0', { key: tenant.apiKey })).toMatchObject({
      status: 422,
      json: { errors: [{ parameter: 'limit' }] },
    })
  })

  test('a return URL that is not registered is 422, before any redirect', async () => {
    const host = 'https://acme.example'
    for (const url of [
      `${host}/connectedly`,
      'http://acme.example/connected',
      `${host}:444/connected`,
      `${host}@x/`,
    ]) {
      expect(await start({ end_user: { id: 'user-1' }, return_url: url }), url).toMatchObject({
        status: 422,
        json: { code: 'return_url_not_registered', errors: [{ pointer: '#/return_url' }] },
      })
    }
  })

  test('a preflight is answered on every route, and only registered origins may read answers', async () => {
    const open = await stack.createTenant({ name: 'Web', origins: ['https://app.example'] })
    const headers = { origin: 'https://app.example', 'access-control-request-method': 'GET' }
    for (const [path, methods] of [
      ['/v1/connections', 'GET'],
      [`/v1/connections/${MISSING}/proxy/me`, 'GET, HEAD, POST, PUT, PATCH, DELETE'],
    ] as const) {
      const answer = await stack.api(path, { method: 'OPTIONS', headers })
      expect([answer.status, answer.headers.get('access-control-allow-methods')]).toEqual([204, methods])
    }
    const allowed = async (origin: string) =>
      (await stack.api('/v1/connections', { key: open.apiKey, headers: { origin } })).headers.get(
        'access-control-allow-origin',
      )
    expect(await allowed('https://app.example')).toBe('https://app.example')
    expect(await allowed('https://other.example')).toBeNull()
  })
})
