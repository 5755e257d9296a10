// CORS: every path but the operator's allows preflights, and only pages of registered origins can read answers.
import { describe, expect, test } from 'vitest'
import { type Caller, CallerRefused } from '#domain/callers/caller.ts'
import { ServiceError } from '#domain/errors.ts'
import { corsHeaders, preflight } from '#http/cors.ts'
import { ROUTES, type RouteKey } from '#http/routes.ts'
import { service } from '../../functions/service.ts'
import { aCaller, anEvent, aRequest, CONTEXT, received, stackAround, stackPorts } from './events.ts'

const ORIGIN = 'https://app.example'
const REQUESTED = { origin: ORIGIN, 'access-control-request-method': 'POST' }
const caller = aCaller({ id: 'ten_1', origins: [ORIGIN, 'http://localhost:3000'] })

describe('a preflight', () => {
  // API Gateway sends OPTIONS to $default, except on a route that takes ANY method.
  const handler = service(stackPorts())
  const keys = (Object.keys(ROUTES) as RouteKey[]).filter(
    (key) => key !== '$default' && !key.startsWith('ANY'),
  )
  const isForOperators = (key: RouteKey) => ROUTES[key].access === 'operator'
  const pathOf = (key: string) => (key.split(' ')[1] ?? '').replaceAll(/\{\w+\}/g, 'x')

  test.each(keys.filter(isForOperators))("for %s, which is the operator's, allows nothing", async (key) => {
    const event = anEvent({ routeKey: '$default', method: 'OPTIONS', path: pathOf(key), headers: REQUESTED })
    const { statusCode, headers } = received(await handler(event, CONTEXT))
    expect(statusCode).toBe(204)
    expect(Object.keys(headers).join()).not.toContain('access-control')
  })

  test.each(keys.filter((key) => !isForOperators(key)))(
    'for %s is answered without a credential',
    async (key) => {
      const path = pathOf(key)
      const event = anEvent({ routeKey: '$default', method: 'OPTIONS', path, headers: REQUESTED })
      const { statusCode, headers, body } = received(await handler(event, CONTEXT))
      expect([statusCode, body]).toEqual([204, undefined])
      expect(headers['access-control-allow-origin']).toBe(ORIGIN)
      const refused = received(
        await handler(anEvent({ routeKey: '$default', method: 'HEAD', path }), CONTEXT),
      )
      expect(headers['access-control-allow-methods']).toBe(refused.headers.allow)
      expect(headers['access-control-allow-methods']?.split(', ')).toContain(key.split(' ')[0])
      expect(headers['access-control-allow-methods']).not.toContain('HEAD')
    },
  )

  test('allows every method of the proxy, and no method on an unknown path', () => {
    const asked = (parts: object) =>
      preflight(aRequest({ method: 'OPTIONS', headers: REQUESTED, ...parts })).headers[
        'access-control-allow-methods'
      ]
    const path = '/v1/connections/conn_1/proxy/me'
    expect(asked({ routeKey: 'ANY /v1/connections/{id}/proxy/{path+}', path })).toBe(
      'GET, HEAD, POST, PUT, PATCH, DELETE',
    )
    expect(asked({ routeKey: '$default', path: '/v1/nothing' })).toBeUndefined()
  })

  test('on a route with a credential needs none, and reaches no endpoint', async () => {
    let reached = false
    const { send } = stackAround(
      async () => {
        reached = true
        return { status: 200, headers: {} }
      },
      async () => {
        throw new Error('asked')
      },
    )
    expect(await send({ method: 'OPTIONS', headers: REQUESTED })).toMatchObject({ statusCode: 204 })
    expect(reached).toBe(false)
  })

  test('allows the headers that it asks for, or those that a call needs', () => {
    const allowed = (headers: Record<string, string>) =>
      preflight(aRequest({ headers })).headers['access-control-allow-headers']
    const asked = { ...REQUESTED, 'access-control-request-headers': 'authorization,idempotency-key' }
    expect(allowed(asked)).toBe('authorization,idempotency-key')
    expect(allowed(REQUESTED)).toBe('authorization, content-type')
  })

  test('never allows cookies to be sent along', () => {
    expect(preflight(aRequest({ headers: REQUESTED })).headers).not.toHaveProperty(
      'access-control-allow-credentials',
    )
  })

  test('without an origin allows nothing', () => {
    expect(Object.keys(preflight(aRequest({ method: 'OPTIONS' })).headers)).toEqual(['vary'])
  })
})

describe("an end user's call", () => {
  const endUser = { ...caller, actor: { kind: 'end_user', id: 'alice' } } as unknown as Caller
  const sendAs = async (who: Caller, headers: Record<string, string>) => {
    let reached = false
    const endpoint = async () => {
      reached = true
      return { status: 200, headers: {} }
    }
    const { statusCode, json, headers: got } = await stackAround(endpoint, async () => who).send({ headers })
    return { statusCode, code: json?.code, reached, readable: got['access-control-allow-origin'] }
  }

  test.each(['https://other.example', 'null', 'https://app.example/', ''])(
    'from a page of %j, which is not registered, does nothing and cannot be read by a page',
    async (origin) => {
      const refused = { statusCode: 403, code: 'origin_not_registered', reached: false, readable: undefined }
      expect(await sendAs(endUser, { origin })).toEqual(refused)
    },
  )

  test('is served from a registered page, and from a client that is no page', async () => {
    const served = { statusCode: 200, reached: true }
    expect(await sendAs(endUser, { origin: ORIGIN })).toMatchObject({ ...served, readable: ORIGIN })
    expect(await sendAs(endUser, {})).toMatchObject(served)
  })

  test('is the only one with this check: a call with an API key is served whatever origin it names', async () => {
    expect(await sendAs(caller, { origin: 'https://other.example' })).toMatchObject({ reached: true })
  })
})

describe('an answer', () => {
  const allowedFor = (origin: string | undefined) =>
    corsHeaders(aRequest({ headers: { ...(origin !== undefined && { origin }) } }), caller.tenant)

  test.each([ORIGIN, 'http://localhost:3000'])('is readable for %s, which is registered', (origin) => {
    expect(allowedFor(origin)).toMatchObject({ 'access-control-allow-origin': origin })
  })

  test.each([
    'https://other.example',
    'https://app.example.evil.example',
    'https://sub.app.example',
    'http://app.example',
    'https://app.example:8443',
    'https://app.example/',
    'HTTPS://APP.EXAMPLE',
    'null',
    '*',
    '',
    undefined,
  ])('is not readable for %s', (origin) => {
    expect(allowedFor(origin)).toEqual({})
  })

  test('to an unknown caller cannot be read by any page', () => {
    expect(corsHeaders(aRequest({ headers: { origin: ORIGIN } }), undefined)).toEqual({})
  })

  test("lets pages read the headers that paging and support need, and keeps upstream's Vary", async () => {
    const headers = { vary: 'accept-encoding' }
    const { send } = stackAround(
      async () => ({ status: 200, headers }),
      async () => caller,
    )
    const answer = await send({ headers: { origin: ORIGIN } })
    expect(answer.headers['access-control-expose-headers']).toMatch(/link.*pagination-next.*request-id/)
    expect(answer.headers.vary).toBe('accept-encoding, origin, authorization')
  })

  test('to a tenant always varies by origin and credential, so that caches keep people apart', async () => {
    const { send } = stackAround(async () => ({ status: 200, headers: {} }))
    expect((await send()).headers.vary).toBe('origin, authorization')
  })

  test.each([
    ['invalid_credential', 401],
    ['tenant_suspended', 403],
  ] as const)('of %s is readable where the tenant is known all the same', async (code, status) => {
    const { send } = stackAround(
      async () => ({ status: 200, headers: {} }),
      async () => {
        throw new CallerRefused(new ServiceError(code, 'No.'), caller.tenant)
      },
    )
    const answer = await send({ headers: { origin: ORIGIN } })
    expect(answer).toMatchObject({ statusCode: status, headers: { 'access-control-allow-origin': ORIGIN } })
    const elsewhere = await send({ headers: { origin: 'https://other.example' } })
    expect(elsewhere.headers).not.toHaveProperty('access-control-allow-origin')
  })

  test('that refuses a known caller is readable, too', async () => {
    const fail = async () => {
      throw new Error('x')
    }
    const answer = await stackAround(fail, async () => caller).send({ headers: { origin: ORIGIN } })
    expect(answer).toMatchObject({ statusCode: 500, headers: { 'access-control-allow-origin': ORIGIN } })
  })
})
