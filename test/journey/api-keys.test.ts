// API keys over HTTP: scopes, rotation without an outage, the hour of the last use, expiry, revocation.
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestStack, type TestStack, type TestTenant } from '../support/stack.ts'

let stack: TestStack
let tenant: TestTenant
let connectionId: string

beforeAll(async () => {
  stack = await startTestStack()
  tenant = await stack.createTenant()
  connectionId = (await stack.connect(tenant)).json.id
})
afterAll(() => stack?.close())

const keys = (path = '', method = 'GET', body?: object) =>
  stack.api(`/v1/tenants/${tenant.id}/api-keys${path}`, { method, ...(body && { body }) })
const issue = async (body: object) => (await keys('', 'POST', { name: 'key', ...body })).json
const call = (key: string, method: string, path: string) => stack.api(`/v1/${path}`, { key, method })
const find = async (id: string) => (await keys()).json.data.find((key: { id: string }) => key.id === id)

describe('a key with some scopes', () => {
  test.each([
    ['connections:read', 'GET', 'connections', 200],
    ['connections:read', 'POST', 'connections/{id}/refresh', 403],
    ['connections:read', 'GET', 'connections/{id}/funnels', 403],
    ['connections:write', 'GET', 'connections/{id}', 403],
    ['connections:write', 'POST', 'connections/{id}/refresh', 200],
    ['proxy:read', 'GET', 'connections/{id}/proxy/me', 200],
    ['proxy:read', 'POST', 'connections/{id}/proxy/me', 403],
    ['proxy:read', 'POST', 'connect-sessions', 403],
    ['proxy:write', 'GET', 'connections/{id}/proxy/me', 403],
    ['proxy:write', 'DELETE', 'connections/{id}', 403],
    ['sessions:write', 'POST', 'connect-sessions', 422],
    ['sessions:write', 'GET', 'connections', 403],
  ])('%s answers %s %s with %s', async (scope, method, path, status) => {
    const { api_key } = await issue({ scopes: [scope] })
    const answer = await call(api_key, method, path.replace('{id}', connectionId))
    expect(answer.status).toBe(status)
    if (status !== 403) return
    expect(answer.json.code).toBe('insufficient_scope')
    expect(answer.headers.get('www-authenticate')).toContain(`scope="${answer.json.scope}"`)
  })
})

test('a key is shown once, says how it begins, and tells the hour of its last use', async () => {
  const issued = await issue({})
  expect(issued.api_key).toMatch(/^fc_test_/)
  expect(issued.api_key.startsWith(issued.hint)).toBe(true)
  expect(await find(issued.id)).not.toHaveProperty('last_used_at')
  await call(issued.api_key, 'GET', 'connections')
  const listed = await find(issued.id)
  expect(listed).not.toHaveProperty('api_key')
  expect(listed.last_used_at).toMatch(/:00:00Z$/)
})

test('a rotation has no outage: both keys work in the overlap, then one', async () => {
  const old = await issue({ scopes: ['connections:read'] })
  const successor = (await keys(`/${old.id}/rotate`, 'POST', { overlap_seconds: 2 })).json
  expect(successor).toMatchObject({ scopes: ['connections:read'], status: 'active' })
  expect(await find(old.id)).toMatchObject({ successor: successor.id, status: 'active' })
  const status = async (key: string) => (await call(key, 'GET', 'connections')).status
  expect([await status(old.api_key), await status(successor.api_key)]).toEqual([200, 200])
  await sleep(2_100)
  // What the process remembers of a key does not outlive it.
  expect([await status(old.api_key), await status(successor.api_key)]).toEqual([401, 200])
  expect(await find(old.id)).toMatchObject({ status: 'expired' })
  expect((await keys(`/${old.id}/rotate`, 'POST', {})).json.code).toBe('api_key_not_rotatable')
})

test.each([
  { scopes: [] },
  { scopes: ['everything'] },
  { expires_at: 'tomorrow' },
  { expires_at: '2020-01-01T00:00:00Z' },
  { expires_at: '2030-02-31T99:00:00Z' },
])('a key is not issued with %j', async (body) => {
  expect(await keys('', 'POST', { name: 'key', ...body })).toMatchObject({
    status: 422,
    json: { code: 'validation_failed' },
  })
})
