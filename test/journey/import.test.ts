// The import of connections over HTTP, on the real table: what each token leads to, who may do it, and that no token shows.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestStack, type TestStack, type TestTenant, WORKSPACE_ID } from '../support/stack.ts'
import { storedItems } from '../support/table.ts'

let stack: TestStack
beforeAll(async () => {
  stack = await startTestStack()
})
afterAll(() => stack?.close())

interface Pair {
  readonly access_token: string
  readonly refresh_token?: string
}

interface Result {
  readonly status: string
  readonly detail?: string
}

async function importing(tenantOptions: Parameters<TestStack['createTenant']>[0] = {}) {
  const tenant = await stack.createTenant({ tokens: 'rotating', ...tenantOptions })
  const scopes = ['connections:import', 'connections:read', 'connections:write', 'proxy:read', 'events:read']
  const made = await stack.api(`/v1/tenants/${tenant.id}/api-keys`, {
    method: 'POST',
    body: { name: 'import', scopes },
  })
  const key: string = made.json.api_key
  const call = (method: string, path: string, body?: unknown) =>
    stack.api(path, { method, key, ...(body !== undefined && { body }) })
  const send = (connections: unknown, more: object = {}) =>
    call('POST', '/v1/connections/import', { app_id: tenant.appId, connections, ...more })
  return { tenant, call, send, granted: (count = 1) => granted(tenant, count) }
}

/** Tokens that another system got from ClickFunnels for the same app. */
async function granted({ clientId }: TestTenant, count: number): Promise<Pair[]> {
  const issued = await stack.control('POST', 'tokens', {
    client_id: clientId,
    workspace_id: WORKSPACE_ID,
    count,
  })
  return issued.json.tokens.map(({ access_token, refresh_token }: Record<string, string | null>) => ({
    access_token,
    ...(refresh_token !== null && { refresh_token }),
  }))
}
const statuses = (json: { results: readonly { status: string }[] }) =>
  json.results.map(({ status }) => status)

test('tokens become connections that can be called at once, and no refresh token is presented', async () => {
  const { tenant, call, send, granted } = await importing()
  await stack.control('DELETE', 'requests')
  const pairs = await granted(3)
  const items = pairs.map((pair, place) => ({ end_user: { id: `user-${place}` }, ...pair }))
  const [one, two, dead] = items
  await stack.control('POST', 'tokens/revoke', { access_token: dead?.access_token })
  const { status, json } = await send([one, { ...two, tags: { plan: 'pro' } }, dead, one, { end_user: {} }])
  expect(status).toBe(200)
  expect(statuses(json)).toEqual(['imported', 'imported', 'dead', 'updated', 'refused'])
  const [first, second, ended] = json.results
  expect(json.results[3].connection_id).toBe(first.connection_id)
  expect(json.results[4].detail).toBe('"end_user/id" is required; "access_token" is required.')
  expect((await stack.api(ended.connect_url.replace(stack.url, ''))).status).toBe(302)

  const shown = await call('GET', `/v1/connections/${second.connection_id}`)
  expect(shown.json).toMatchObject({ status: 'active', tags: { plan: 'pro' }, token: { refreshable: true } })
  expect(shown.json.workspace.id).toBe(String(WORKSPACE_ID))
  expect((await call('GET', `/v1/connections/${first.connection_id}/funnels`)).status).toBe(200)
  const requests = (await stack.control('GET', 'requests')).json.requests as { path: string }[]
  expect(requests.filter(({ path }) => path.startsWith('/oauth/token'))).toEqual([])

  const { data } = (await call('GET', `/v1/connections/${first.connection_id}/timeline`)).json
  expect(data).toMatchObject([
    { code: 'connection.created', says: 'The connection was imported.', by: { type: 'api_key' } },
  ])
  const trail = await stack.api(`/v1/tenants/${tenant.id}/audit-events?action=connection.import`)
  expect(trail.json.data).toMatchObject([
    { resource: { type: 'connection' }, reason: '2 imported, 1 updated, 1 dead, 1 refused' },
    { reason: 'imported' },
    { reason: 'imported' },
  ])
})

test('a file that is imported again never puts old tokens over those of a refresh', async () => {
  for (const tokens of ['rotating', 'strict'] as const) {
    const { call, send, granted } = await importing({ tokens })
    const [pair] = await granted()
    const item = { end_user: { id: 'user-1' }, ...pair }
    const { connection_id: id } = (await send([item])).json.results[0]
    expect((await call('POST', `/v1/connections/${id}/refresh`)).status).toBe(200)
    const before = await tokensOf(id)
    expect(statuses((await send([item])).json), tokens).toEqual(['updated'])
    const twice = await Promise.all([send([item]), send([item])])
    expect(twice.map(({ json }) => json.results[0].connection_id)).toEqual([id, id])
    expect(await tokensOf(id)).toEqual(before)
    expect((await call('GET', `/v1/connections/${id}/funnels`)).status, tokens).toBe(200)
  }
})

/** The tokens of a connection as they are stored. */
async function tokensOf(id: string) {
  const item = (await storedItems(stack)).find((item) => item.sk?.S?.endsWith(id) && item.credential)
  return item?.credential
}

test('two imports of the same tokens at once make one connection of each, counted once', async () => {
  const { call, send, granted } = await importing({ limits: { connections: 30 } })
  /** On a machine that is busy, a request may leave items to the next one. */
  const sendAll = async (items: readonly object[]): Promise<readonly Result[]> => {
    const { results } = (await send(items)).json as { results: readonly Result[] }
    const left = items.filter((_, place) => results[place]?.status === 'unclear')
    const settled = results.filter(({ status }) => status !== 'unclear')
    return left.length === 0 ? settled : [...settled, ...(await sendAll(left))]
  }
  const items = (await granted(20)).map((pair, place) => ({ end_user: { id: `user-${place}` }, ...pair }))
  const answers = await Promise.all([sendAll(items), sendAll(items.toReversed()), sendAll(items)])
  const all = answers.flat().map(({ status }) => status)
  expect(all.filter((status) => status === 'imported')).toHaveLength(20)
  expect(all.filter((status) => status === 'updated')).toHaveLength(40)
  expect((await call('GET', '/v1/connections?limit=100')).json.data).toHaveLength(20)
  const more = (await granted(15)).map((pair, place) => ({ end_user: { id: `more-${place}` }, ...pair }))
  const refused = (await sendAll(more)).filter(({ status }) => status === 'refused')
  expect(refused).toHaveLength(5)
  expect(refused[0]?.detail).toContain('limit of 30 connections')
})

test('a dry run stores nothing', async () => {
  const { call, send, granted } = await importing()
  const [pair] = await granted()
  const { json } = await send([{ end_user: { id: 'user-1' }, ...pair }], { dry_run: true })
  expect(json.results[0].status).toBe('imported')
  expect(json.results[0]).not.toHaveProperty('connection_id')
  expect((await call('GET', '/v1/connections')).json.data).toEqual([])
})

test('only a key with the scope may import, which a key does not have by default, and no end user', async () => {
  const tenant = await stack.createTenant()
  const body = { connections: [{ end_user: { id: 'user-1' }, access_token: 'some-token' }] }
  const answer = await stack.api('/v1/connections/import', { method: 'POST', key: tenant.apiKey, body })
  expect(answer).toMatchObject({
    status: 403,
    json: { code: 'insufficient_scope', scope: 'connections:import' },
  })
})

test('the request is refused as a whole for what is wrong outside its items', async () => {
  const { send } = await importing()
  const item = { end_user: { id: 'user-1' }, access_token: 'some-token' }
  for (const connections of [[], Array(101).fill(item), undefined, 'x']) {
    expect((await send(connections)).json.errors).toMatchObject([{ pointer: '#/connections' }])
  }
  const missing = await send([item], { app_id: 'app_00000000000000000000000000' })
  const foreign = await send([item], { app_id: (await stack.createTenant()).appId })
  expect([missing.status, foreign.text]).toEqual([422, missing.text])
  const large = Array(100).fill({ ...item, tags: { padding: 'x'.repeat(11_000) } })
  expect((await send(large)).json).toMatchObject({ code: 'request_too_large' })
})

test('no token is in a log, an answer, an audit event or an event', async () => {
  const { tenant, call, send, granted } = await importing()
  const pairs = await granted(4)
  const [one, two, dead, odd] = pairs.map((pair, place) => ({ end_user: { id: `user-${place}` }, ...pair }))
  await stack.control('POST', 'tokens/revoke', { access_token: dead?.access_token })
  await stack.control('POST', 'faults', { path: '/api/v2/me', fault: { kind: 'status', status: 500 } })
  const malformed = { ...odd, access_token: `${odd?.access_token} `, expires_at: odd?.refresh_token }
  const answers = [
    await send([one, two, dead, malformed]),
    await send([one, two, dead, malformed]),
    await send({ [`${odd?.access_token}`]: odd?.refresh_token }),
    await call('GET', '/v1/connections?limit=100'),
    await call('GET', '/v1/events?limit=100'),
    await stack.api(`/v1/tenants/${tenant.id}/audit-events?limit=100`),
  ]
  const seen = [stack.logs(), ...answers.map(({ text }) => text)].join('\n')
  expect(seen).toContain('connection.import')
  for (const token of pairs.flatMap((pair) => Object.values(pair))) {
    expect(token.length).toBeGreaterThan(20)
    expect(seen.includes(token)).toBe(false)
  }
})
