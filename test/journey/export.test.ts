// A tenant leaves and takes its connections along: the whole way over HTTP, on the real table and keys, with ClickFunnels' simulator.
import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { calculateJwkThumbprint, compactDecrypt, importJWK } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { main } from '../../infra/cli/tenants.ts'
import { scratchFolder } from '../support/scratch.ts'
import { startTestStack, type TestStack, type TestTenant, WORKSPACE_ID } from '../support/stack.ts'
import { ageSuspensions, endLeases, storedItems } from '../support/table.ts'
import { AUDIENCE, startTokenIssuer } from '../support/token-issuer.ts'

let stack: TestStack
beforeAll(async () => {
  stack = await startTestStack({ parameters: { SealedExport: 'on' } })
})
afterAll(() => stack?.close())

const SCOPES = ['connections:export', 'connections:read', 'sessions:write', 'proxy:read', 'audit:read']
const pairs = {
  x25519: generateKeyPairSync('x25519'),
  ec: generateKeyPairSync('ec', { namedCurve: 'P-384' }),
}
const jwkOf = (key: KeyObject) => ({ ...key.export({ format: 'jwk' }) })

const put = ({ apiKey }: TestTenant, public_key: object = jwkOf(pairs.x25519.publicKey), key = apiKey) =>
  stack.api('/v1/export-key', { method: 'PUT', key, body: { public_key } })
const set = ({ id }: TestTenant, status: 'active' | 'suspended', on = stack) =>
  on.api(`/v1/tenants/${id}`, { method: 'PATCH', body: { status } })
/** Suspends, and lets the minute be over for which an export waits. */
async function suspend(tenant: TestTenant, on = stack) {
  const { json } = await set(tenant, 'suspended', on)
  await ageSuspensions(on)
  return json
}
const exportOf = ({ id }: TestTenant, body: object = {}) =>
  stack.api(`/v1/tenants/${id}/connections/export`, { method: 'POST', body })

interface Payload {
  readonly connection_id: string
  readonly access_token: string
  readonly refresh_token: string
  readonly end_user: { readonly id: string }
}

async function opened(jwe: string, { privateKey } = pairs.x25519): Promise<Payload> {
  const key = await importJWK(jwkOf(privateKey), 'ECDH-ES+A256KW')
  return JSON.parse(new TextDecoder().decode((await compactDecrypt(jwe, key)).plaintext))
}

async function run(...args: string[]) {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  let text = ''
  for (const stream of [stdout, stderr]) stream.on('data', (chunk) => (text += chunk))
  const env = { FUNNEL_CONNECT_URL: stack.url }
  const code = await main(args, { env, stdin: Readable.from(['']), stdout, stderr })
  return { code, text }
}

/** What ClickFunnels answers to a token that no service of ours holds. */
const callDirectly = (token: string) =>
  fetch(`${stack.simulator.url}/api/v2/me`, {
    headers: { authorization: `Bearer ${token}`, 'user-agent': 'the next service' },
  }).then(({ status }) => status)

async function refreshDirectly({ clientId, clientSecret }: TestTenant, refreshToken: string) {
  const body = new URLSearchParams({
    grant_type: 'refresh_token',
    refresh_token: refreshToken,
    client_id: clientId,
    client_secret: clientSecret,
  })
  const response = await fetch(`${stack.simulator.url}/oauth/token`, { method: 'POST', body })
  return { status: response.status, json: (await response.json()) as { access_token: string } }
}

async function connected(count: number) {
  const tenant = await stack.createTenant({ scopes: SCOPES })
  for (let user = 1; user <= count; user++) await stack.connect(tenant, { endUser: `user-${user}` })
  return tenant
}

test('register a key, suspend, export, open: the tokens work elsewhere, also after the tenant is deleted', async () => {
  const tenant = await connected(3)
  const registered = await put(tenant)
  expect(registered).toMatchObject({
    status: 200,
    json: { thumbprint: expect.stringMatching(/^[\w-]{43}$/), expires_at: expect.stringMatching(/Z$/) },
  })
  const days = (Date.parse(registered.json.expires_at) - Date.now()) / 86_400_000
  expect(days).toBeGreaterThan(6.9)
  expect(days).toBeLessThan(7.1)
  await suspend(tenant)
  const out = join(scratchFolder(), 'export.ndjson')
  const { thumbprint } = registered.json
  const { code, text } = await run(
    'connections',
    'export',
    tenant.id,
    '--out',
    out,
    '--thumbprint',
    thumbprint,
  )
  expect([code, text]).toEqual([0, expect.stringContaining('3 connections')])
  expect(text).toContain(thumbprint)
  expect(statSync(out).mode & 0o777).toBe(0o600)
  expect(existsSync(`${out}.progress.json`)).toBe(false)
  const lines = readFileSync(out, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(lines.map(({ status }) => status)).toEqual(['exported', 'exported', 'exported'])
  const payloads = await Promise.all(lines.map(({ jwe }) => opened(jwe)))
  expect(payloads.map(({ end_user }) => end_user.id)).toEqual(['user-3', 'user-2', 'user-1'])
  expect(payloads[0]).toMatchObject({
    app_id: tenant.appId,
    client_id: tenant.clientId,
    workspace: { id: String(WORKSPACE_ID) },
  })

  await nothingShows(tenant, payloads, [text, JSON.stringify(lines)])

  const [spent, kept] = payloads as [Payload, Payload]
  expect(await callDirectly(spent.access_token)).toBe(200)
  const refreshed = await refreshDirectly(tenant, spent.refresh_token)
  expect(refreshed.status).toBe(200)
  expect(await callDirectly(refreshed.json.access_token)).toBe(200)

  expect((await stack.api(`/v1/tenants/${tenant.id}/keys`, { method: 'DELETE' })).status).toBeLessThan(300)
  const deleted = await run('tenants', 'delete', tenant.id, '--without-revoking', '--confirm', tenant.id)
  expect([deleted.code, deleted.text]).toEqual([0, expect.stringContaining('deleted')])
  expect(await callDirectly(kept.access_token)).toBe(200)
  expect(await callDirectly(refreshed.json.access_token)).toBe(200)
  expect((await refreshDirectly(tenant, kept.refresh_token)).status).toBe(200)
  expect(await exportOf(tenant)).toMatchObject({ status: 410, json: { code: 'tenant_deleted' } })
})

test('deleting the tenant with its revocations kills what was exported, which is why the guide says otherwise', async () => {
  const tenant = await connected(1)
  await put(tenant)
  await suspend(tenant)
  const { access_token } = await opened((await exportOf(tenant)).json.items[0].jwe)
  expect(await callDirectly(access_token)).toBe(200)
  await run('tenants', 'delete', tenant.id, '--confirm', tenant.id)
  expect(await callDirectly(access_token)).toBe(401)
})

test('a tenant that was suspended a moment ago is not exported yet, and every page says since when it is suspended', async () => {
  const tenant = await connected(1)
  await put(tenant)
  const { json } = await set(tenant, 'suspended')
  expect(json).toMatchObject({ status: 'suspended', suspended_at: expect.stringMatching(/Z$/) })
  const early = await exportOf(tenant)
  expect(early).toMatchObject({ status: 409, json: { code: 'export_too_early' } })
  expect(Number(early.headers.get('retry-after'))).toBeGreaterThan(50)
  await ageSuspensions(stack)
  const shown = (await stack.api(`/v1/tenants/${tenant.id}`)).json.suspended_at
  expect(await exportOf(tenant)).toMatchObject({ status: 200, json: { suspended_at: shown } })
  expect((await set(tenant, 'active')).json).not.toHaveProperty('suspended_at')
})

test('what is opened is the file of an import elsewhere', async () => {
  const tenant = await connected(1)
  await put(tenant)
  await suspend(tenant)
  const payload = await opened((await exportOf(tenant)).json.items[0].jwe)
  const next = await stack.createTenant({ scopes: ['connections:import'] })
  const app = await stack.api(`/v1/tenants/${next.id}/apps`, {
    method: 'POST',
    body: { name: 'Same', client_id: tenant.clientId, client_secret: tenant.clientSecret },
  })
  const { json } = await stack.api('/v1/connections/import', {
    method: 'POST',
    key: next.apiKey,
    body: { app_id: app.json.id, connections: [payload] },
  })
  expect(json.results).toMatchObject([{ status: 'imported' }])
})

/** The tokens of an export are in no answer, no log, no item and no line of the terminal. */
async function nothingShows(tenant: TestTenant, payloads: readonly Payload[], more: readonly string[]) {
  const trail = await stack.api(`/v1/tenants/${tenant.id}/audit-events?limit=100`)
  const timelines = await Promise.all(
    payloads.map(({ connection_id }) =>
      stack.api(`/v1/tenants/${tenant.id}/connections/${connection_id}/timeline`),
    ),
  )
  const texts = [stack.logs(), trail.text, ...timelines.map(({ text }) => text), ...more]
  const items = JSON.stringify(await storedItems(stack))
  for (const { access_token, refresh_token } of payloads) {
    for (const token of [access_token, refresh_token]) {
      expect(token.length).toBeGreaterThan(20)
      for (const text of [...texts, items]) expect(text.includes(token)).toBe(false)
    }
  }
  expect(trail.text).toContain('tenant.put_export_key')
  const page = trail.json.data.find(
    ({ action }: { action: string }) => action === 'tenant.export_connections',
  )
  expect(page.reason).toMatch(/^key [\w-]{43}, 3 exported$/)
  expect(timelines[0]?.json.data[0]).toMatchObject({
    code: 'connection.export',
    says: expect.stringContaining("sealed to the tenant's key"),
  })
}

test('a connection whose refresh is under way when the tenant is suspended comes out with the new tokens', async () => {
  const tenant = await connected(2)
  await put(tenant)
  await suspend(tenant)
  const [{ connection_id }] = (await exportOf(tenant)).json.items
  const before = await opened((await exportOf(tenant, { connection_ids: [connection_id] })).json.items[0].jwe)
  await set(tenant, 'active')
  await endLeases(stack)
  // ClickFunnels has rotated the tokens, and its answer is on the way.
  const fault = { kind: 'slow', ms: 4000 }
  await stack.control('POST', 'faults', { path: '/oauth/token', when: 'after', fault })
  const look = stack.api(`/v1/tenants/${tenant.id}/connections/${connection_id}/look`, { method: 'POST' })
  const isLeased = async () => (await leaseOf(connection_id)) > Date.now() / 1000
  await expect.poll(isLeased, { interval: 20 }).toBe(true)
  await suspend(tenant)
  const { items } = (await exportOf(tenant)).json
  expect(items.map(({ status }: { status: string }) => status)).toEqual(['busy', 'exported'])
  expect((await look).json).toMatchObject({ found: 'works' })
  const out = join(scratchFolder(), 'export.ndjson')
  expect((await run('connections', 'export', tenant.id, '--out', out)).code).toBe(0)
  const lines = readFileSync(out, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(lines).toHaveLength(2)
  const after = await opened(lines.find((line) => line.connection_id === connection_id).jwe)
  expect(after.refresh_token).not.toBe(before.refresh_token)
  expect((await refreshDirectly(tenant, after.refresh_token)).status).toBe(200)
}, 30_000)

/** Until when a connection is leased. */
async function leaseOf(connectionId: string): Promise<number> {
  const item = (await storedItems(stack)).find(({ sk }) => sk?.S === `connection#${connectionId}`)
  return Number(item?.leaseUntil?.N ?? 0)
}

test('only an API key with the scope registers a key: not by default, no end user, no operator', async () => {
  const tenant = await stack.createTenant()
  expect(await put(tenant)).toMatchObject({
    status: 403,
    json: { code: 'insufficient_scope', scope: 'connections:export' },
  })
  const issuer = await startTokenIssuer()
  const provider = {
    issuer: issuer.issuer,
    audience: AUDIENCE,
    jwks_uri: issuer.jwksUri,
    algorithms: ['ES256'],
  }
  await stack.api(`/v1/tenants/${tenant.id}/identity-providers`, { method: 'POST', body: provider })
  expect(await put(tenant, undefined, issuer.token('user-1'))).toMatchObject({ status: 403 })
  await issuer.close()
  const unsigned = await stack.api('/v1/export-key', { method: 'PUT', body: {} })
  expect(unsigned.status).toBe(401)
  await suspend(tenant)
  expect(await exportOf(tenant)).toMatchObject({ status: 409, json: { code: 'export_key_missing' } })
})

test("one tenant's key opens nothing of another tenant", async () => {
  const [tenant, other] = [await connected(1), await connected(1)]
  await put(other)
  await suspend(tenant)
  expect(await exportOf(tenant)).toMatchObject({ status: 409, json: { code: 'export_key_missing' } })
  await suspend(other)
  const { json: own } = await exportOf(other)
  const body = { connection_ids: [own.items[0].connection_id] }
  await set(tenant, 'active')
  await put(tenant, jwkOf(pairs.ec.publicKey))
  await suspend(tenant)
  expect(await exportOf(tenant, body)).toMatchObject({ status: 200, json: { items: [] } })
  await expect(opened((await exportOf(tenant)).json.items[0].jwe)).rejects.toThrow()
})

test('a key that is withdrawn, a tenant that is active, and a tenant that does not exist: nothing', async () => {
  const tenant = await connected(1)
  await put(tenant)
  expect(await exportOf(tenant)).toMatchObject({ status: 409, json: { code: 'tenant_not_suspended' } })
  const withdraw = () => stack.api('/v1/export-key', { method: 'DELETE', key: tenant.apiKey })
  expect((await withdraw()).status).toBe(204)
  expect((await withdraw()).status).toBe(204)
  await suspend(tenant)
  expect(await exportOf(tenant)).toMatchObject({ status: 409, json: { code: 'export_key_missing' } })
  const missing = await stack.api('/v1/tenants/ten_01hzzzzzzzzzzzzzzzzzzzzzzz/connections/export', {
    method: 'POST',
  })
  expect(missing).toMatchObject({ status: 404 })
})

test('a private key is refused and called revealed; a body that is too large is refused', async () => {
  const tenant = await stack.createTenant({ scopes: SCOPES })
  const refused = await put(tenant, jwkOf(pairs.ec.privateKey))
  expect(refused).toMatchObject({ status: 422, json: { errors: [{ pointer: '#/public_key/d' }] } })
  expect(refused.text).toContain('counts as revealed')
  expect(await put(tenant, { kty: 'x'.repeat(70_000) })).toMatchObject({ status: 413 })
  for (const body of [{}, { public_key: 'text' }, { public_key: [] }, { public_key: null }])
    expect(await stack.api('/v1/export-key', { method: 'PUT', key: tenant.apiKey, body })).toMatchObject({
      status: 422,
    })
  for (const body of [
    { limit: 0 },
    { limit: 51 },
    { after: 'x' },
    { connection_ids: [] },
    { limit: 1, connection_ids: ['x'] },
  ])
    expect((await exportOf(tenant, body)).status).toBe(422)
})

test('a deployment allows no export unless it was asked to', async () => {
  const closed = await startTestStack()
  const tenant = await closed.createTenant({ scopes: SCOPES })
  await closed.api('/v1/export-key', {
    method: 'PUT',
    key: tenant.apiKey,
    body: { public_key: jwkOf(pairs.x25519.publicKey) },
  })
  await closed.api(`/v1/tenants/${tenant.id}`, { method: 'PATCH', body: { status: 'suspended' } })
  const refused = await closed.api(`/v1/tenants/${tenant.id}/connections/export`, { method: 'POST' })
  expect(refused).toMatchObject({ status: 403, json: { code: 'export_disabled' } })
  expect(refused.json.detail).toContain('SealedExport')
  const trail = await closed.api(`/v1/tenants/${tenant.id}/audit-events?action=tenant.export_connections`)
  expect(trail.json.data).toMatchObject([{ result: 'export_disabled' }])
  await closed.close()
})

test('where the deployment names the key, an operator who issues a key and registers another one gets nothing', async () => {
  const told = await calculateJwkThumbprint(jwkOf(pairs.x25519.publicKey))
  const pinned = await startTestStack({ parameters: { SealedExport: told } })
  const tenant = await pinned.createTenant()
  await pinned.connect(tenant)
  const issued = await pinned.api(`/v1/tenants/${tenant.id}/api-keys`, {
    method: 'POST',
    body: { name: 'stolen', scopes: ['connections:export'] },
  })
  const attempt = async (pair: { readonly publicKey: KeyObject }) => {
    const path = `/v1/tenants/${tenant.id}`
    const body = { public_key: jwkOf(pair.publicKey) }
    await set(tenant, 'active', pinned)
    await pinned.api('/v1/export-key', { method: 'PUT', key: issued.json.api_key, body })
    await suspend(tenant, pinned)
    return pinned.api(`${path}/connections/export`, { method: 'POST' })
  }
  expect(await attempt(pairs.ec)).toMatchObject({ status: 403, json: { code: 'export_disabled' } })
  expect(await attempt(pairs.x25519)).toMatchObject({ status: 200, json: { thumbprint: told } })
  await pinned.close()
})
