// What a warm process may not know for some seconds, line by line of token-memory.ts, with functions that share nothing but
// the store: the proxy remembers a token while "connections" and the operator change what is behind it.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { REMEMBERED_SECONDS } from '#domain/tokens/token-memory.ts'
import { startTestStack, type TestStack, type TestTenant, WORKSPACE_ID } from '../support/stack.ts'

let stack: TestStack
beforeAll(async () => {
  stack = await startTestStack()
})
afterAll(() => stack?.close())

const CONTACTS = `workspaces/${WORKSPACE_ID}/contacts`

/** A connection whose token the proxy has in memory. */
async function warm(tokens: 'rotating' | 'strict' | 'non_expiring') {
  const tenant = await stack.createTenant({ tokens })
  const { id } = (await stack.connect(tenant)).json
  const own = (path: string, method = 'GET') =>
    stack.api(`/v1/connections/${id}${path}`, { method, key: tenant.apiKey })
  const call = (method = 'GET') =>
    stack.api(`/v1/connections/${id}/proxy/${CONTACTS}`, {
      method,
      key: tenant.apiKey,
      ...(method === 'POST' && { body: { contact: { email_address: 'a@example.com' } } }),
    })
  expect(await call()).toMatchObject({ status: 200 })
  await stack.control('DELETE', 'requests')
  return { tenant, own, call }
}

const seen = async (path: string) => (await stack.control('GET', `requests?path=${path}`)).json.requests
const revoke = ({ clientId }: TestTenant) => stack.control('POST', 'tokens/revoke', { client_id: clientId })
const expire = ({ clientId }: TestTenant) => stack.control('POST', 'tokens/expire', { client_id: clientId })

test('refreshed elsewhere: the token of before is good until its expiry, and no second refresh is made', async () => {
  const { own, call } = await warm('rotating')
  expect(await own('/refresh', 'POST')).toMatchObject({ status: 200 })
  expect(await call('POST')).toMatchObject({ status: 201 })
  expect(await seen('/oauth/token')).toHaveLength(1)
  expect(await seen(`/api/v2/${CONTACTS}`)).toHaveLength(1)
})

test('refreshed elsewhere where that kills the token at once: its 401 leads to the stored one', async () => {
  const { own, call } = await warm('strict')
  expect(await own('/refresh', 'POST')).toMatchObject({ status: 200 })
  expect(await call('POST')).toMatchObject({ status: 201 })
  expect(await seen('/oauth/token')).toHaveLength(1)
  // Once with the dead token, which was not carried out, and once with the other.
  const [refused, carriedOut, ...more] = await seen(`/api/v2/${CONTACTS}`)
  expect(more).toEqual([])
  expect(refused.headers.authorization).not.toBe(carriedOut.headers.authorization)
  expect(await call()).toMatchObject({ status: 200 })
  expect(await seen(`/api/v2/${CONTACTS}`)).toHaveLength(3)
})

test.each(['rotating', 'non_expiring'] as const)(
  'disconnected (%s): the revoked token leads to the store at once, which says that it is gone',
  async (tokens) => {
    const { own, call } = await warm(tokens)
    expect(await own('', 'DELETE')).toMatchObject({ status: 204 })
    expect(await call('POST')).toMatchObject({ status: 404, json: { code: 'not_found' } })
    expect(await call()).toMatchObject({ status: 404, json: { code: 'not_found' } })
  },
)

test('disconnected while nothing can be revoked: calls end within the seconds of the memory', async () => {
  const { own, call } = await warm('rotating')
  const fault = { kind: 'status', status: 503 }
  await stack.control('POST', 'faults', { path: '/oauth/revoke', times: 99, fault })
  const began = performance.now()
  expect(await own('', 'DELETE')).toMatchObject({ status: 204 })
  const status = async () => (await call()).status
  await expect.poll(status, { timeout: REMEMBERED_SECONDS * 1000 + 5000, interval: 250 }).toBe(404)
  expect(performance.now() - began).toBeLessThan(REMEMBERED_SECONDS * 1000 + 3000)
  await stack.control('DELETE', 'faults')
})

test('suspended: no refresh from that moment on, whatever the process remembers', async () => {
  const { tenant, call } = await warm('rotating')
  const change = { method: 'PATCH', body: { status: 'suspended' } }
  expect(await stack.api(`/v1/tenants/${tenant.id}`, change)).toMatchObject({ status: 200 })
  await expire(tenant)
  expect(await call('POST')).toMatchObject({ status: 403, json: { code: 'tenant_suspended' } })
  expect(await seen('/oauth/token')).toEqual([])
})

test.each([
  ['rotating', 'grant_refused'],
  ['non_expiring', 'access_token_rejected'],
] as const)('reauthorization needed (%s): the dead token leads to what is stored', async (tokens, reason) => {
  const { tenant, own, call } = await warm(tokens)
  await revoke(tenant)
  expect(await own('/refresh', 'POST')).toMatchObject({ status: 409 })
  const asked = (await seen('/oauth/token')).length
  expect(await call('POST')).toMatchObject({
    status: 409,
    json: { code: 'reauthorization_required', reason },
  })
  // It was known already: nobody was asked again.
  expect(await seen('/oauth/token')).toHaveLength(asked)
})
