// What a request leaves in the audit trail, and what leaves nothing there.
import { readFileSync } from 'node:fs'
import { beforeEach, describe, expect, test } from 'vitest'
import { AUDIT_ACTIONS } from '#domain/audit/event.ts'
import { AuditTrail } from '#domain/audit/trail.ts'
import { ServiceError } from '#domain/errors.ts'
import { Secret } from '#domain/secret.ts'
import { type Auditing, auditing, changesOf } from '#http/audit.ts'
import { created, json, noContent } from '#http/message/answer.ts'
import { problemAnswer } from '#http/problems/problem.ts'
import { ROUTES } from '#http/routes.ts'
import { newId } from '../contracts/samples.ts'
import { FakeAuditEvents } from '../fakes/audit-events.ts'
import { FakeClock } from '../fakes/clock.ts'
import { FakeLog } from '../fakes/log.ts'
import { PUBLIC_URL } from '../fakes.ts'
import { aRequest, type EventParts } from './events.ts'

const TENANT = newId('tenant')
const KEY = newId('apiKey')
const PROVIDER = newId('identityProvider')
const CONNECTION = newId('connection')
const OPERATOR = 'arn:aws:iam::111122223333:user/ops'

let events: FakeAuditEvents
let audit: Auditing
beforeEach(() => {
  events = new FakeAuditEvents()
  const clock = new FakeClock()
  audit = auditing(new AuditTrail({ events, newId, now: clock.now, log: new FakeLog() }, 30, 'connections'))
})

const byKey = (parts: EventParts) =>
  ({ ...aRequest(parts), caller: { tenant: { id: TENANT }, actor: { kind: 'api_key', id: KEY } } }) as never
const disconnecting = (id: string = CONNECTION, headers = {}) =>
  byKey({ routeKey: 'DELETE /v1/connections/{id}', method: 'DELETE', pathParameters: { id }, headers })
const byEndUser = (routeKey: string, id: string, endUser = 'alice') =>
  ({
    ...aRequest({ routeKey, method: 'POST', pathParameters: { id } }),
    caller: {
      tenant: { id: TENANT },
      actor: { kind: 'end_user', id: endUser, identityProviderId: PROVIDER },
    },
  }) as never
const refusal = (code: ConstructorParameters<typeof ServiceError>[0]) => new ServiceError(code, 'no')
const fail = (request: never, failure: unknown) => audit(request, problemAnswer(failure, PUBLIC_URL), failure)
const written = () => [...events.items.values()]

test('a change says who did what to what, from where, and how it ended', async () => {
  await audit(disconnecting(CONNECTION, { 'user-agent': 'saas/1.0' }), noContent, undefined)
  expect(written()).toEqual([
    {
      id: expect.stringMatching(/^aud_/),
      tenantId: TENANT,
      at: expect.any(Number),
      action: 'connection.delete',
      actor: { kind: 'api_key', id: KEY },
      resource: { type: 'connection', id: CONNECTION },
      result: 'ok',
      from: { ip: '192.0.2.1', userAgent: 'saas/1.0', requestId: 'request-1' },
      expiresAt: expect.any(Number),
    },
  ])
})

test('the address is the one that API Gateway saw, whatever the caller says in headers', async () => {
  const said = { 'x-forwarded-for': '10.0.0.1', forwarded: 'for=10.0.0.1', 'x-real-ip': '10.0.0.1' }
  await audit(disconnecting(CONNECTION, said), noContent, undefined)
  expect(written()).toMatchObject([{ from: { ip: '192.0.2.1' } }])
})

test('a change that was refused or failed says so', async () => {
  await fail(disconnecting(), refusal('not_found'))
  await fail(disconnecting(), new Error('a fault of ours'))
  expect(events.story()).toEqual(['connection.delete: not_found', 'connection.delete: internal_error'])
})

test("the operator's changes name the principal, and the resource that was created", async () => {
  const app = newId('app')
  const made = (routeKey: string, pathParameters = {}) =>
    aRequest({ routeKey, method: 'POST', pathParameters, operator: OPERATOR })
  await audit(made('POST /v1/tenants'), created({ id: TENANT }), undefined)
  await audit(
    made('POST /v1/tenants/{tenant_id}/apps', { tenant_id: TENANT }),
    created({ id: app }),
    undefined,
  )
  expect(written()).toMatchObject([
    { tenantId: TENANT, action: 'tenant.create', resource: { type: 'tenant', id: TENANT } },
    { tenantId: TENANT, action: 'app.create', resource: { type: 'app', id: app } },
  ])
  for (const { actor } of written()) expect(actor).toEqual({ kind: 'operator', id: OPERATOR })
})

test('a change names the changed fields and the new status, and no other value of the request', async () => {
  const routeKey = 'PATCH /v1/tenants/{tenant_id}'
  const request = aRequest({ routeKey, pathParameters: { tenant_id: TENANT }, operator: OPERATOR })
  const change = { status: 'suspended', clientSecret: new Secret('s3cret'), kmsKeyArn: null, limits: {} }
  await audit(request as never, { ...json(200, {}), reason: changesOf(change) }, undefined)
  await audit(request as never, { ...json(200, {}), reason: changesOf({}) }, undefined)
  expect(written()[0]).toMatchObject({
    action: 'tenant.update',
    reason: 'status suspended, client_secret, kms_key_arn, limits',
  })
  expect(written()[1]).not.toHaveProperty('reason')
})

test('a text in the path that is not an id is not written', async () => {
  await fail(disconnecting('a'.repeat(10_000)), refusal('not_found'))
  expect(written()).toMatchObject([{ resource: { type: 'connection' } }])
  expect(written()[0]?.resource).not.toHaveProperty('id')
})

test('a long user agent is cut off', async () => {
  await audit(
    disconnecting(CONNECTION, { 'user-agent': `${'x'.repeat(199)}\u{1F600}` }),
    noContent,
    undefined,
  )
  expect(written()[0]?.from?.userAgent).toHaveLength(200)
})

describe('nothing is written', () => {
  test.each(['GET /v1/connections/{id}', 'ANY /v1/connections/{id}/proxy/{path+}'])(
    'of %s, whether it succeeds or fails',
    async (routeKey) => {
      const request = byKey({ routeKey, pathParameters: { id: CONNECTION } })
      await audit(request, json(200, {}), undefined)
      await fail(request, refusal('not_found'))
      expect(written()).toEqual([])
    },
  )

  test.each([
    'malformed_request',
    'validation_failed',
    'request_too_large',
    'tenant_limit_exceeded',
  ] as const)('of a change that was refused before it was tried: %s', async (code) => {
    await fail(disconnecting(), refusal(code))
    expect(written()).toEqual([])
  })

  test.each([
    'DELETE /v1/connections/{id}',
    'POST /v1/connections/{id}/refresh',
    'POST /v1/connect-sessions/{id}/complete',
  ])(
    'of %s by an end user who names an id that does not exist: there is no end to such ids',
    async (route) => {
      for (let i = 0; i < 5; i++) await fail(byEndUser(route, newId('connection')), refusal('not_found'))
      expect(written()).toEqual([])
    },
  )

  test('of an unregistered return URL that an end user sends; one that an API key sends is written', async () => {
    const session = { routeKey: 'POST /v1/connect-sessions', method: 'POST' }
    await fail(byEndUser(session.routeKey, ''), refusal('return_url_not_registered'))
    expect(written()).toEqual([])
    await fail(byKey(session), refusal('return_url_not_registered'))
    expect(written()).toHaveLength(1)
  })

  test('where the tenant is unknown', async () => {
    const unknown = aRequest({ routeKey: 'DELETE /v1/connections/{id}', pathParameters: { id: CONNECTION } })
    await fail(unknown as never, refusal('invalid_credential'))
    expect(written()).toEqual([])
  })
})

test('a refused access is written once, however often it is repeated', async () => {
  const request = byKey({ routeKey: 'GET /v1/connections/{id}', pathParameters: { id: CONNECTION } })
  const other = byKey({ routeKey: 'GET /v1/connections' })
  for (let i = 0; i < 5; i++) await fail(request, refusal('insufficient_scope'))
  await fail(other, refusal('insufficient_scope'))
  expect(written()).toMatchObject([
    {
      action: 'access.refuse',
      resource: { type: 'connection', id: CONNECTION },
      result: 'insufficient_scope',
      reason: 'GET /v1/connections/{id}',
    },
    { action: 'access.refuse', resource: { type: 'tenant', id: TENANT }, reason: 'GET /v1/connections' },
  ])
})

describe('an end user', () => {
  const complete = (endUser: string) =>
    byEndUser('POST /v1/connect-sessions/{id}/complete', newId('connectSession'), endUser)

  test('who gets the same refusal again and again is written once, whatever ids they name', async () => {
    for (let i = 0; i < 5; i++) await fail(complete('alice'), refusal('end_user_mismatch'))
    await fail(complete('alice'), refusal('completion_code_mismatch'))
    await fail(complete('bob'), refusal('end_user_mismatch'))
    expect(events.story()).toEqual([
      'connect_session.complete: end_user_mismatch',
      'connect_session.complete: completion_code_mismatch',
      'connect_session.complete: end_user_mismatch',
    ])
  })

  test('is written each time with what they changed, however it ended', async () => {
    for (let i = 0; i < 2; i++) {
      await fail(complete('alice'), refusal('end_user_mismatch'))
      await fail(complete('alice'), refusal('end_user_mismatch').afterChange())
      await fail(complete('alice'), refusal('not_found').afterChange())
    }
    expect(events.story().sort()).toEqual([
      ...Array(3).fill('connect_session.complete: end_user_mismatch'),
      ...Array(2).fill('connect_session.complete: not_found'),
    ])
  })

  test('is written with everything that they did, and with every failure that is not a 403', async () => {
    for (let i = 0; i < 2; i++) {
      await audit(byEndUser('DELETE /v1/connections/{id}', CONNECTION), noContent, undefined)
      await fail(complete('alice'), refusal('grant_refused'))
    }
    expect(written()).toHaveLength(4)
  })
})

test("each refusal of an API key is written, because it comes from the tenant's own server", async () => {
  const request = byKey({
    routeKey: 'POST /v1/connect-sessions/{id}/complete',
    pathParameters: { id: newId('connectSession') },
  })
  for (let i = 0; i < 3; i++) await fail(request, refusal('end_user_mismatch'))
  expect(written()).toHaveLength(3)
})

test('every route that changes something of a tenant has an action, and no route that reads has one', () => {
  for (const [routeKey, route] of Object.entries(ROUTES)) {
    const reads = /^(GET|ANY) |^\$default|^POST \/v1\/(root-keys|clickfunnels-events|manage$)/.test(routeKey)
    const how = reads
      ? 'takes no "audit": it changes nothing'
      : 'changes something: name its action by "audit" in http/routes.ts (AUDIT_ACTIONS of domain/audit.ts, docs/audit.md)'
    expect('audit' in route, `${routeKey} ${how}`).toBe(!reads)
  }
})

test('docs/audit.md has a line for every action', () => {
  const documented = readFileSync('docs/audit.md', 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('| `'))
  const missing = AUDIT_ACTIONS.filter((action) => !documented.some((line) => line.includes(`\`${action}\``)))
  expect(missing).toEqual([])
})
