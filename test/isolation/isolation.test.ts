// Isolation, proven over every route that the template deploys: with a credential that is not the owner's, nothing of a
// tenant can be read, changed or learnt of. The table of answers is printed when the test fails, and always with ISOLATION_TABLE=1.
import { afterAll, beforeAll, describe, expect, onTestFailed, onTestFinished, test } from 'vitest'
import { NAMED_SCOPES } from '#domain/callers/caller.ts'
import { ROUTES, type RouteKey, scopeOf } from '#http/routes.ts'
import { resourcesOf, service } from '../infra/synthesized.ts'
import { type FaultyDynamoDb, startFaultyDynamoDb } from '../support/faulty-dynamodb.ts'
import { type ApiAnswer, startTestStack, type TestStack, type TestTenant } from '../support/stack.ts'
import { storedItems, untilPublished } from '../support/table.ts'
import { AUDIENCE, newKey, startTokenIssuer, type TokenIssuer, unsigned } from '../support/token-issuer.ts'
import { attempt, type Targets } from './attempts.ts'

const deployed = resourcesOf(service, 'AWS::ApiGatewayV2::Route').map(([, { Properties }]) => ({
  routeKey: String(Properties.RouteKey),
  iam: Properties.AuthorizationType === 'AWS_IAM',
}))
const accessOf = (routeKey: string) => ROUTES[routeKey as RouteKey].access
const routesFor = (access: string) => deployed.filter(({ routeKey }) => accessOf(routeKey) === access)
const tenantRoutes = routesFor('tenant').map(({ routeKey }) => routeKey)

const MISSING: Targets = {
  id: 'conn_01hzzzzzzzzzzzzzzzzzzzzzzz',
  session: 'cs_01hzzzzzzzzzzzzzzzzzzzzzzz',
  return_url: 'https://acme.example/connected',
  endpoint_id: 'we_01hzzzzzzzzzzzzzzzzzzzzzzz',
  delivery_id: 'dlv_01hzzzzzzzzzzzzzzzzzzzzzzz',
}

let store: FaultyDynamoDb
let stack: TestStack
let issuer: TokenIssuer
let owner: TestTenant
let targets: Targets
/** By what is wrong with them. */
let credentials: Readonly<Record<string, { readonly key?: string; readonly expected: number }>>

beforeAll(async () => {
  store = await startFaultyDynamoDb()
  process.env.AWS_ENDPOINT_URL_DYNAMODB = store.url
  ;[stack, issuer] = await Promise.all([startTestStack(), startTokenIssuer()])
  owner = await stack.createTenant()
  const stranger = await stack.createTenant({ name: 'Stranger' })
  const suspended = await stack.createTenant({ name: 'Suspended' })
  const connection = await stack.connect(owner)
  const session = await stack.api('/v1/connect-sessions', {
    method: 'POST',
    key: owner.apiKey,
    body: { end_user: { id: 'user-1' }, return_url: owner.returnUrl, completion: 'verified' },
  })
  const endpoint = await stack.api('/v1/webhook-endpoints', {
    method: 'POST',
    key: owner.apiKey,
    // No event of these comes, so no attempt to deliver one changes the owner's items meanwhile.
    body: { url: 'https://saas.example.com/hooks', types: ['connection.broken'] },
  })
  targets = {
    id: connection.json.id,
    session: session.json.id,
    return_url: owner.returnUrl,
    endpoint_id: endpoint.json.id,
    delivery_id: 'dlv_01hzzzzzzzzzzzzzzzzzzzzzzz',
  }
  const keys = `/v1/tenants/${owner.id}/api-keys`
  const issue = async (body: object) => (await stack.api(keys, { method: 'POST', body })).json
  const revoked = await issue({ name: 'revoked' })
  await stack.api(`${keys}/${revoked.id}`, { method: 'DELETE' })
  const expired = await issue({ name: 'expired', expires_at: new Date(Date.now() + 2_000).toISOString() })
  expect([revoked.api_key, expired.api_key]).toEqual([expect.any(String), expect.any(String)])
  await stack.api(`/v1/tenants/${suspended.id}`, { method: 'PATCH', body: { status: 'suspended' } })
  await new Promise((resolve) => setTimeout(resolve, 2_100))
  const register = (tenant: TestTenant, audience: string) =>
    stack.api(`/v1/tenants/${tenant.id}/identity-providers`, {
      method: 'POST',
      body: { issuer: issuer.issuer, audience, jwks_uri: issuer.jwksUri, algorithms: ['ES256'] },
    })
  await register(owner, AUDIENCE)
  await register(stranger, 'stranger')
  await register(suspended, 'suspended')
  const { token } = issuer
  const hour = Math.floor(Date.now() / 1000) - 3600
  credentials = {
    'no credential': { expected: 401 },
    nonsense: { key: 'nonsense', expected: 401 },
    'mistyped key': { key: owner.apiKey.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A')), expected: 401 },
    'revoked key': { key: revoked.api_key, expected: 401 },
    'expired key': { key: expired.api_key, expected: 401 },
    'suspended tenant': { key: suspended.apiKey, expected: 403 },
    'other tenant': { key: stranger.apiKey, expected: 404 },
    // user-1 is whose connection it is: the very user whom these tokens name.
    'JWT: forged': { key: token('user-1', {}, {}, newKey()), expected: 401 },
    'alg none': { key: unsigned(token('user-1')), expected: 401 },
    'alg HS256': { key: token('user-1', {}, { alg: 'HS256' }), expected: 401 },
    'other audience': { key: token('user-1', { aud: 'elsewhere' }), expected: 401 },
    'other issuer': { key: token('user-1', { iss: 'https://evil.example' }), expected: 401 },
    'expired JWT': { key: token('user-1', { iat: hour - 3600, exp: hour }), expected: 401 },
    'no expiry': { key: token('user-1', { exp: undefined }), expected: 401 },
    'suspended JWT': { key: token('user-1', { aud: 'suspended' }), expected: 403 },
    "other tenant's JWT": { key: token('user-1', { aud: 'stranger' }), expected: 404 },
    'other end user': { key: token('user-2'), expected: 404 },
  }
  // Whatever is written once an hour beside a call is written now.
  for (const { key } of Object.values(credentials)) await send('GET /v1/connections', targets, key)
})
afterAll(async () => {
  await stack?.close()
  await issuer?.close()
  await store?.close()
  delete process.env.AWS_ENDPOINT_URL_DYNAMODB
})

const send = (routeKey: string, at: Targets, key: string | undefined): Promise<ApiAnswer> => {
  // A JWT says itself who its end user is.
  const named = key?.includes('.') ? at : { ...at, end_user: 'user-1' }
  const { path, call } = attempt(routeKey, named)
  return stack.api(path, { ...call, ...(key !== undefined && { key }) })
}

test('every route of the table is deployed, and no other', () => {
  expect(deployed.map(({ routeKey }) => routeKey).toSorted()).toEqual(Object.keys(ROUTES).toSorted())
})

test('with a wrong credential no route gives, changes or tells anything', async () => {
  const before = await everythingOfTheOwner()
  expect(before.length).toBeGreaterThan(3)
  const rows: string[][] = [['route', ...Object.keys(credentials)]]
  const print = () => void process.stdout.write(`${table(rows)}\n`)
  if (process.env.ISOLATION_TABLE) onTestFinished(print)
  else onTestFailed(print)
  for (const routeKey of tenantRoutes) {
    const row = [routeKey]
    rows.push(row)
    for (const [name, { key, expected }] of Object.entries(credentials)) {
      const answer = await send(routeKey, targets, key)
      const label = `${routeKey} with ${name}: ${answer.text}`
      row.push(String(answer.status))
      if (expected === 404 && routeKey === 'GET /v1/connections') {
        expect(answer, label).toMatchObject({ status: 200, json: { data: [] } })
        continue
      }
      // Each caller reads its own log.
      if (expected === 404 && routeKey === 'GET /v1/events') {
        expect(answer.status, label).toBe(200)
        expect(answer.text, label).not.toContain(targets.id)
        continue
      }
      // Webhooks are the tenant's own, and no end user's. Each tenant has its own list.
      const ofWebhooks = expected === 404 && routeKey.includes('/webhook-endpoints')
      if (ofWebhooks && (key?.includes('.') || !routeKey.includes('{'))) {
        const list = routeKey.startsWith('GET') ? 200 : 201
        expect(answer.status, label).toBe(key?.includes('.') ? 403 : list)
        expect(answer.text, label).not.toContain(targets.endpoint_id)
        continue
      }
      // The trail is the tenant's own, and no end user's.
      if (expected === 404 && routeKey === 'GET /v1/audit-events') {
        expect(answer.status, label).toBe(key?.includes('.') ? 403 : 200)
        expect(answer.text, label).not.toContain(owner.id)
        continue
      }
      // They need a scope that no key has by default, and no end user: test/journey/import.test.ts and export.test.ts.
      const named = NAMED_SCOPES.find((scope) => scope === scopeOf(routeKey as RouteKey, 'POST'))
      if (expected === 404 && named !== undefined) {
        expect(answer, label).toMatchObject({ status: 403, json: { scope: named } })
        continue
      }
      // A link shows connections of its own tenant only, and no end user makes one: test/journey/manage.test.ts.
      if (expected === 404 && routeKey === 'POST /v1/manage-links') {
        expect(answer.status, label).toBe(key?.includes('.') ? 403 : 201)
        continue
      }
      // To name another's connection in a body is a fault of the body.
      const inBody = expected === 404 && routeKey === 'POST /v1/connect-sessions'
      expect(answer.status, label).toBe(inBody ? 422 : expected)
      expect(answer.headers.get('content-type'), label).toBe('application/problem+json')
      const missing = await send(routeKey, MISSING, key)
      expect(answer.text, label).toBe(missing.text)
      expect(namesOf(answer), label).toEqual(namesOf(missing))
    }
  }
  expect(await everythingOfTheOwner()).toEqual(before)
  const { json } = await stack.api(`/v1/connections/${targets.id}`, { key: owner.apiKey })
  expect(json).toMatchObject({ id: targets.id, status: 'active' })
})

test('the very user whom the refused tokens name is let in by a good one', async () => {
  const { json } = await stack.api('/v1/connections', { key: issuer.token('user-1') })
  expect(json.data).toMatchObject([{ id: targets.id }])
})

const OUTSIDERS = ['other tenant', "other tenant's JWT", 'other end user']
test.each(OUTSIDERS)('to %s, what is missing and what is foreign takes the same work', async (name) => {
  await untilPublished(stack)
  const key = credentials[name]?.key
  for (const routeKey of tenantRoutes.filter((key) => key.includes('{'))) {
    const operationsFor = async (at: Targets) => {
      const operations: string[] = []
      store.failing = (operation) => {
        operations.push(operation)
        return false
      }
      await send(routeKey, at, key)
      store.failing = undefined
      return operations
    }
    const work = await operationsFor(targets)
    // A JWT is refused before anything is read, where only API keys are let in.
    const isRefused = key?.includes('.') && routeKey.includes('/webhook-endpoints')
    expect(work.length === 0, routeKey).toBe(isRefused === true)
    expect(await operationsFor(MISSING), routeKey).toEqual(work)
  }
})

describe("the operator's routes", () => {
  test('are all behind IAM, and no other route is', () => {
    for (const { routeKey, iam } of deployed) expect(iam, routeKey).toBe(accessOf(routeKey) === 'operator')
  })

  test('refuse in the function, too, what API Gateway has not authenticated', async () => {
    for (const { routeKey } of routesFor('operator')) {
      const [method] = routeKey.split(' ')
      const pathParameters = { tenant_id: owner.id, app_id: owner.appId }
      const event = {
        version: '2.0',
        routeKey,
        rawPath: attempt(routeKey, pathParameters).path,
        rawQueryString: '',
        headers: { authorization: `Bearer ${owner.apiKey}` },
        pathParameters,
        requestContext: { requestId: 'attack', http: { method, sourceIp: '127.0.0.1', userAgent: '' } },
        isBase64Encoded: false,
      }
      const answer = await stack.invoke(ROUTES[routeKey as RouteKey].function, event)
      expect(answer, routeKey).toMatchObject({ statusCode: 401 })
    }
  })
})

const namesOf = ({ headers }: ApiAnswer) => [...headers.keys()].toSorted()

/** Whatever is stored under the owner's name, but for the trail, in which refused attempts of its end users stand. */
async function everythingOfTheOwner(): Promise<readonly unknown[]> {
  const items = await storedItems(stack)
  return items.filter(({ pk }) => pk?.S?.includes(owner.id) && !pk.S.startsWith('audit#')).toSorted(bySortKey)
}

type Stored = Awaited<ReturnType<typeof storedItems>>[number]
const bySortKey = (one: Stored, other: Stored) => String(one.sk?.S).localeCompare(String(other.sk?.S))

function table(rows: readonly (readonly string[])[]): string {
  const width = (column: number) => Math.max(...rows.map((row) => row[column]?.length ?? 0))
  return rows.map((row) => row.map((cell, column) => cell.padEnd(width(column))).join('  ')).join('\n')
}
