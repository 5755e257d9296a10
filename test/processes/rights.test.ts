// Ways that no other journey goes, so that each right of the functions' roles is used at least once: what follows from a
// fault, from a race, or from half a year of age. The stack refuses each call that a role does not allow, and close() fails.
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { rootKeyKey } from '#adapters/dynamodb/schema.ts'
import { Browser } from '../support/browser.ts'
import { changedTemplates } from '../support/changed-templates.ts'
import { type FaultyDynamoDb, startFaultyDynamoDb } from '../support/faulty-dynamodb.ts'
import { startTestStack, type TestStack, type TestTenant, WORKSPACE_ID } from '../support/stack.ts'
import { ageKeys, keysStored, makeAllDue, putItem } from '../support/table.ts'

let store: FaultyDynamoDb
let stack: TestStack
const DAY = 86_400

beforeAll(async () => {
  store = await startFaultyDynamoDb()
  process.env.AWS_ENDPOINT_URL_DYNAMODB = store.url
  stack = await startTestStack()
})
afterEach(() => {
  store.failing = undefined
})
afterAll(async () => {
  await stack?.close()
  await store?.close()
  delete process.env.AWS_ENDPOINT_URL_DYNAMODB
})

const keysWith = async (part: string) => (await keysStored(stack)).filter((key) => key.includes(part))
const revocationsOf = async ({ apiKey }: TestTenant) =>
  (await stack.api('/v1/audit-events?action=connection.revoke_tokens', { key: apiKey })).json.data.length
const suspend = ({ id }: TestTenant) =>
  stack.api(`/v1/tenants/${id}`, { method: 'PATCH', body: { status: 'suspended' } })

// The first, so that no other connection is due.
it('tokens that the schedule refreshed for a connection that is gone are revoked', async () => {
  const tenant = await stack.createTenant({ lifetime: 600 })
  const { id } = (await stack.connect(tenant)).json
  await makeAllDue(stack)
  const slow = { path: '/oauth/token', when: 'after', fault: { kind: 'slow', ms: 6000 } }
  await stack.control('POST', 'faults', slow)
  const run = stack.runSchedules()
  await expect
    .poll(async () => (await stack.control('GET', 'tokens')).json.grants.refresh_token, {
      interval: 50,
      timeout: 10_000,
    })
    .toBeGreaterThan(0)
  const gone = await stack.api(`/v1/connections/${id}`, { method: 'DELETE', key: tenant.apiKey })
  expect(gone.status).toBe(204)
  await run
  // Those of the connection, and those that came too late for it.
  await expect.poll(() => revocationsOf(tenant), { timeout: 10_000 }).toBe(2)
})

it('an API key works while its last use cannot be stored', async () => {
  const tenant = await stack.createTenant()
  const key = { key: tenant.apiKey }
  store.failing = (operation, body) => operation === 'UpdateItem' && body.includes('api-key#')
  const session = { end_user: { id: 'u' }, return_url: tenant.returnUrl }
  const answers = [
    await stack.api('/v1/connect-sessions', { ...key, method: 'POST', body: session }),
    await stack.api('/v1/connections', key),
    await stack.api(`/v1/connections/conn_${'0'.repeat(26)}/funnels`, key),
    await stack.api('/v1/audit-events', key),
  ]
  expect(answers.map(({ status }) => status)).toEqual([201, 200, 404, 200])
})

it('of two browsers that approve at the limit of connections, one is connected', async () => {
  const tenant = await stack.createTenant({ limits: { connections: 1 } })
  const begin = async (id: string) => {
    const body = { end_user: { id }, return_url: tenant.returnUrl, completion: 'confirmed' }
    const session = await stack.api('/v1/connect-sessions', { method: 'POST', body, key: tenant.apiKey })
    const browser = new Browser()
    return { browser, consent: await browser.submit(await browser.visit(session.json.connect_url)) }
  }
  const begun = [await begin('one'), await begin('two')]
  const decision = { decision: 'authorize', workspace_id: String(WORKSPACE_ID) }
  const results: unknown[] = []
  for (const { browser, consent } of begun) {
    const back = await browser.submit(consent, decision, { stopBefore: tenant.returnUrl })
    results.push(new URL(back.headers.get('location') ?? 'none:').searchParams.get('error'))
  }
  expect(results).toEqual([null, 'tenant_limit_exceeded'])
  // A new limit makes the tenant count again.
  const path = `/v1/tenants/${tenant.id}`
  const raised = await stack.api(path, { method: 'PATCH', body: { limits: { connections: 2 } } })
  expect(raised.status).toBe(200)
  const listed = await stack.api('/v1/tenants')
  expect(listed.json.data).toContainEqual(expect.objectContaining({ id: tenant.id }))
  const found = await stack.api(`${path}/connections?end_user_id=one`)
  expect(found.json.data).toHaveLength(1)
})

it('rotated tokens that wait for a connection that is gone are revoked, also if a root key is read by itself', async () => {
  const tenant = await stack.createTenant({ tokens: 'strict' })
  const { id } = (await stack.connect(tenant)).json
  const other = await stack.connect(tenant, { endUser: 'other', workspaceId: WORKSPACE_ID })
  expect(other.status).toBe(200)
  await stack.control('POST', 'tokens/expire', { client_id: tenant.clientId })
  // A process reads the newest root keys when it starts. So many of a later version hide those that it needs.
  for (let number = 0; number < 20; number++) {
    const { pk, sk } = rootKeyKey(99, number)
    await putItem(stack, { pk: { S: pk }, sk: { S: sk }, wrapped: { B: Uint8Array.of(1) } })
  }
  for (const name of ['recover-rotations', 'tenant-connections']) stack.recycle(name)
  store.failing = (operation, body) =>
    operation === 'UpdateItem' && body.includes('set_credential') && body.includes('set_generation')
  const call = await stack.api(`/v1/connections/${id}/funnels`, { key: tenant.apiKey })
  expect(call).toMatchObject({ status: 503, json: { code: 'recovering' } })
  const revoked = await stack.api(`/v1/tenants/${tenant.id}/connections/${id}`, { method: 'DELETE' })
  expect(revoked.status).toBe(204)
  store.failing = undefined
  await expect.poll(() => revocationsOf(tenant), { timeout: 30_000 }).toBe(2)
  expect(await keysWith(`${tenant.id} revocation#`)).toEqual([])
}, 60_000)

it('the key schedule rotates what is old, deletes what nothing uses, and continues where it was cut off', async () => {
  const tenant = await stack.createTenant()
  await stack.connect(tenant)
  const run = () => stack.invoke('rotate-keys', {}) as Promise<Record<string, number>>
  await ageKeys(stack, 400 * DAY)
  expect(await run()).toMatchObject({ failed: 0 })
  expect(await keysWith(`${tenant.id} tenant-key#`)).toHaveLength(2)
  await ageKeys(stack, 40 * DAY)
  expect((await run()).resealed).toBeGreaterThan(0)
  expect((await run()).retired).toBeGreaterThan(0)
  await ageKeys(stack, 40 * DAY)
  expect((await run()).removed).toBeGreaterThan(0)
  expect(await keysWith(`${tenant.id} tenant-key#`)).toHaveLength(1)

  // The operator's rotations make root keys, too.
  expect((await stack.api('/v1/root-keys/rotate', { method: 'POST' })).status).toBe(200)
  expect((await stack.api(`/v1/tenants/${tenant.id}/keys/rotate`, { method: 'POST' })).status).toBe(200)

  // A run needs a minute for a step, so one with half a minute stops before its first.
  const short = await startTestStack({ templates: changedTemplates('"Timeout": 600', '"Timeout": 30') })
  expect(await short.invoke('rotate-keys', {})).toMatchObject({ unfinished: 1 })
  await short.close()
  expect(await keysWith('key-rotation')).toEqual(['key-rotation progress'])
  expect(await run()).toMatchObject({ unfinished: 0, failed: 0 })
  expect(await keysWith('key-rotation')).toEqual([])
})

it('the key schedule finishes a deletion that was cut off', async () => {
  const tenant = await stack.createTenant()
  const provider = { issuer: 'https://id.example', audience: 'a', jwks_uri: 'https://id.example/jwks' }
  const path = `/v1/tenants/${tenant.id}`
  const created = await stack.api(`${path}/identity-providers`, { method: 'POST', body: provider })
  expect(created.status).toBe(201)
  await stack.connect(tenant)
  await suspend(tenant)
  store.failing = (operation) => operation === 'DeleteItem'
  const body = { confirm: tenant.id, revoke: false }
  const cutOff = await stack.api(path, { method: 'DELETE', body })
  expect(cutOff.status).toBeGreaterThanOrEqual(500)
  expect((await stack.api(path)).json.status).toBe('deleting')
  store.failing = undefined
  expect(await stack.invoke('rotate-keys', {})).toMatchObject({ failed: 0 })
  expect((await stack.api(path)).json.status).toBe('deleted')
  expect((await keysWith(tenant.id)).filter((key) => !key.startsWith('audit#')).sort()).toEqual([
    `tenant#${tenant.id} tenant`,
    `tenant#${tenant.id} tenant-key#shredded`,
  ])
})

it('a tenant that is created with its identity provider shares its ids with it', async () => {
  const provider = { issuer: 'https://id.example/2', audience: 'b', jwks_uri: 'https://id.example/jwks' }
  const body = { name: 'Both', return_urls: [], identity_provider: provider }
  const created = await stack.api('/v1/tenants', { method: 'POST', body })
  expect(created.json.identity_provider).toMatchObject({ end_user_namespace: 'tenant' })
})
