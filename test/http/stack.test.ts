// The stack around every function: credentials by route, faults as problems, one log line for each request.
import { describe, expect, test } from 'vitest'
import { ServiceError } from '#domain/errors.ts'
import { json } from '#http/message/answer.ts'
import { httpHandler } from '#http/stack.ts'
import {
  aCaller,
  anEvent,
  CONTEXT,
  type EventParts,
  REQUEST_ID,
  received,
  stackAround,
  stackPorts,
} from './events.ts'

const failing = (error: unknown) =>
  stackAround(async () => {
    throw error
  })

describe('an endpoint that fails', () => {
  test.each<[string, unknown]>([
    ['an error of ours', new TypeError("Cannot read 'x' of hunter2")],
    ['something that is no error', 'hunter2'],
  ])('with %s is an internal error; the log has it, the caller has not', async (_, error) => {
    const { send, log } = failing(error)
    const answer = await send()
    expect(answer).toMatchObject({ statusCode: 500, json: { code: 'internal_error' } })
    expect(JSON.stringify(answer)).not.toMatch(/hunter2|TypeError|\.ts/)
    expect(log.entries).toMatchObject([
      { level: 'error', fields: { error, request: REQUEST_ID, status: 500 } },
    ])
  })

  test('with an error of the closed set is that problem, and no error in the log', async () => {
    const { send, log } = failing(new ServiceError('refresh_failed', 'Later.', { retryAfterSeconds: 5 }))
    const answer = await send()
    expect(answer).toMatchObject({ statusCode: 502, json: { code: 'refresh_failed', detail: 'Later.' } })
    expect(answer.headers['retry-after']).toBe('5')
    expect(log.entries).toMatchObject([{ level: 'info', fields: { code: 'refresh_failed', status: 502 } }])
  })

  test('with a cause behind the problem writes the cause to the log only', async () => {
    const cause = new Error('AccessDeniedException')
    const { send, log } = failing(new ServiceError('storage_unavailable', 'Later.', { cause }))
    expect(JSON.stringify(await send())).not.toContain('AccessDenied')
    expect(log.entries).toMatchObject([{ fields: { code: 'storage_unavailable', error: cause } }])
  })

  test('because its answer is too large says so, in the log as well', async () => {
    const { send, log } = stackAround(async () => ({
      status: 200,
      headers: {},
      body: Buffer.alloc(5_000_000),
    }))
    expect(await send()).toMatchObject({ statusCode: 502, json: { code: 'upstream_response_too_large' } })
    expect(log.entries).toMatchObject([{ fields: { status: 502, code: 'upstream_response_too_large' } }])
  })
})

test('every answer carries the request id, and the log one line for it', async () => {
  const { send, log } = stackAround(async () => json(200, { ok: true }))
  const { headers } = await send()
  expect(headers['funnel-connect-request-id']).toBe(REQUEST_ID)
  expect(log.entries).toMatchObject([
    {
      level: 'info',
      fields: { request: REQUEST_ID, route: 'GET /v1/connections', status: 200, tenant: 'ten_1' },
    },
  ])
})

test('the log line holds nothing of headers, query and body', async () => {
  const { send, log } = stackAround(async () => json(200, { token: 'hunter2' }))
  await send({ headers: { authorization: 'Bearer hunter2' }, query: 'code=hunter2', body: '{"a":"hunter2"}' })
  expect(log.text()).not.toContain('hunter2')
})

describe('the credential', () => {
  test('of a tenant is given to the endpoint as the caller', async () => {
    let seen: string | undefined
    const { send } = stackAround(
      async ({ caller }) => {
        seen = caller?.tenant.id
        return json(200, {})
      },
      async (authorization) => aCaller({ id: authorization }),
    )
    await send({ headers: { authorization: 'Bearer x' } })
    expect(seen).toBe('Bearer x')
  })

  test('that is refused ends the request before the endpoint', async () => {
    const reached: string[] = []
    const { send } = stackAround(
      async () => {
        reached.push('endpoint')
        return json(200, {})
      },
      async () => {
        throw new ServiceError('invalid_credential', 'No.')
      },
    )
    expect(await send()).toMatchObject({ statusCode: 401, json: { code: 'invalid_credential' } })
    expect(reached).toEqual([])
  })

  test('must have the scope of the route; the challenge names it', async () => {
    const reached: string[] = []
    const { send } = stackAround(
      async () => {
        reached.push('endpoint')
        return json(200, {})
      },
      async () => aCaller({ id: 'ten_1' }, ['proxy:read', 'connections:write']),
    )
    expect(await send()).toMatchObject({
      statusCode: 403,
      json: { code: 'insufficient_scope', scope: 'connections:read' },
      headers: {
        'www-authenticate':
          'Bearer realm="funnel-connect", error="insufficient_scope", scope="connections:read"',
      },
    })
    expect(reached).toEqual([])
  })

  test('of an operator is the principal that API Gateway names; without one the request is refused', async () => {
    const endpoints = { 'POST /v1/tenants': async () => json(201, {}) } as never
    const handler = httpHandler<'tenants'>(stackPorts(), endpoints)
    const post = async (parts: EventParts) =>
      received(
        await handler(
          anEvent({ routeKey: 'POST /v1/tenants', path: '/v1/tenants', method: 'POST', ...parts }),
          CONTEXT,
        ),
      )
    const principal = 'arn:aws:iam::111122223333:role/operator'
    expect(await post({ operator: principal })).toMatchObject({ statusCode: 201 })
    const headers = { authorization: 'Bearer fc_key' }
    expect(await post({ headers })).toMatchObject({ statusCode: 401, json: { code: 'missing_credential' } })
  })

  test('is always checked: a tenant route in a function that cannot authenticate fails closed', async () => {
    const endpoints = { 'GET /v1/connections': async () => json(200, {}) } as never
    const handler = httpHandler<'connections'>(stackPorts(), endpoints)
    expect(received(await handler(anEvent(), CONTEXT))).toMatchObject({ statusCode: 500 })
  })
})

test.each(['GET /v1/connections/{id}', 'GET /v1/nothing'])(
  'a route that the function does not serve (%s) is a fault of ours',
  async (routeKey) => {
    const { send } = stackAround(async () => json(200, {}))
    expect(await send({ routeKey })).toMatchObject({ statusCode: 500, json: { code: 'internal_error' } })
  },
)
