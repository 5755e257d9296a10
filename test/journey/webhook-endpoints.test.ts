// A tenant manages its webhook endpoints over HTTP, and the operator does so for it.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestStack, type TestStack, type TestTenant } from '../support/stack.ts'

const URL = 'https://saas.example.com/hooks'
const SECRET = /^whsec_[A-Za-z0-9+/]{43}=$/

let stack: TestStack
let tenant: TestTenant
beforeAll(async () => {
  stack = await startTestStack()
  tenant = await stack.createTenant()
})
afterAll(() => stack.close())

const call = (path: string, method = 'GET', body?: object) =>
  stack.api(`/v1/webhook-endpoints${path}`, { method, key: tenant.apiKey, ...(body && { body }) })

test('an endpoint is created, shown without its secret, changed, rotated and deleted', async () => {
  const created = await call('', 'POST', { url: URL, types: ['connection.broken'] })
  expect(created).toMatchObject({
    status: 201,
    json: { url: URL, types: ['connection.broken'], enabled: true, secret: expect.stringMatching(SECRET) },
  })
  const { secret, ...shown } = created.json
  expect((await call(`/${shown.id}`)).json).toEqual(shown)
  expect((await call('')).json).toEqual({ data: [shown] })
  const changed = await call(`/${shown.id}`, 'PATCH', { types: null, enabled: false })
  expect(changed.json).toMatchObject({ enabled: false, disabled_reason: 'requested' })
  expect(changed.json).not.toHaveProperty('types')
  const rotated = await call(`/${shown.id}/rotate-secret`, 'POST')
  expect(rotated).toMatchObject({ status: 200, json: { secret: expect.stringMatching(SECRET) } })
  expect(rotated.json.secret).not.toBe(secret)
  expect((await call(`/${shown.id}`, 'DELETE')).status).toBe(204)
  expect((await call(`/${shown.id}`)).status).toBe(404)
  expect(stack.logs()).not.toContain(secret)
  const trail = await stack.api('/v1/audit-events', { key: tenant.apiKey })
  const ofEndpoint = trail.json.data.filter(
    ({ resource }: { resource: { id: string } }) => resource.id === shown.id,
  )
  expect(ofEndpoint.map(({ action }: { action: string }) => action)).toEqual([
    'webhook_endpoint.delete',
    'webhook_endpoint.rotate_secret',
    'webhook_endpoint.update',
    'webhook_endpoint.create',
  ])
})

test('addresses inside, other ports and plain http are refused', async () => {
  for (const url of ['https://10.0.0.1/', 'https://saas.example.com:8443/', 'http://saas.example.com/'])
    expect((await call('', 'POST', { url })).json).toMatchObject({
      code: 'validation_failed',
      errors: [{ pointer: '#/url' }],
    })
  expect((await call('', 'POST', { url: `${stack.url}/v1/events` })).status).toBe(422)
})

test('a key without the scope is refused, and the operator needs none', async () => {
  const keys = `/v1/tenants/${tenant.id}/api-keys`
  const { json } = await stack.api(keys, { method: 'POST', body: { name: 'poor', scopes: ['proxy:read'] } })
  const refused = await stack.api('/v1/webhook-endpoints', { key: json.api_key })
  expect(refused).toMatchObject({ status: 403, json: { scope: 'webhooks:write' } })
  const path = `/v1/tenants/${tenant.id}/webhook-endpoints`
  const created = await stack.api(path, { method: 'POST', body: { url: URL } })
  expect(created.status).toBe(201)
  const shown = await stack.api(`${path}/${created.json.id}`)
  expect(shown.json).toMatchObject({ id: created.json.id, url: URL })
  expect((await stack.api(`${path}/${created.json.id}`, { method: 'DELETE' })).status).toBe(204)
  const nobody = await stack.api('/v1/tenants/ten_00000000000000000000000000/webhook-endpoints')
  expect(nobody.status).toBe(404)
})
