// What a call of the library sends, when it is retried, and what it throws.
import { describe, expect, test, vi } from 'vitest'
import { FunnelConnect, Problem } from '../../client/src/index.ts'
import { type GivenAnswer, problem, startService } from './service.ts'

const AT_ONCE = { 'retry-after': '0' }

async function client(...answers: readonly [GivenAnswer, ...GivenAnswer[]]) {
  const service = await startService(...answers)
  return { service, funnelConnect: new FunnelConnect({ url: `${service.url}/`, apiKey: 'fc_key' }) }
}

test.each([
  [
    'no URL',
    { url: undefined, apiKey: 'fc_key' },
    '"url" must be the URL of the service (https://…), and is not set.',
  ],
  ['a host alone', { url: 'connect.example.com', apiKey: 'fc_key' }, 'and is "connect.example.com".'],
  [
    'a key that is not set',
    { url: 'https://connect.example.com', apiKey: undefined },
    'Neither "token" nor "apiKey" is set.',
  ],
  [
    'an empty key',
    { url: 'https://connect.example.com', apiKey: '' },
    'Neither "token" nor "apiKey" is set.',
  ],
])('%s is refused at once, by name', (_, options, message) => {
  expect(() => new FunnelConnect(options)).toThrow(message)
})

test('a service that does not respond is named', async () => {
  const { service, funnelConnect } = await client({ broken: true })
  await expect(funnelConnect.connections.delete('conn_1')).rejects.toMatchObject({
    code: 'network_error',
    message: `${service.url} did not respond.`,
  })
})

describe('the credential', () => {
  test('of a server is its API key', async () => {
    const { service, funnelConnect } = await client({ json: { id: 'conn_1' } })
    expect(await funnelConnect.connections.get('conn_1')).toEqual({ id: 'conn_1' })
    expect(service.asked).toMatchObject([
      { method: 'GET', path: '/v1/connections/conn_1', headers: { authorization: 'Bearer fc_key' } },
    ])
  })

  test('of a page is asked for with each call, and once more after a 401', async () => {
    const service = await startService(problem(401, 'invalid_credential'), { json: { id: 'cs_1' } })
    const token = vi.fn(({ renew }: { renew: boolean }) => (renew ? 'new' : 'old'))
    const funnelConnect = new FunnelConnect({ url: service.url, token })
    const session = await funnelConnect.sessions.create({ return_url: 'https://app.example/' })
    expect(session).toEqual({ id: 'cs_1' })
    expect(service.asked.map(({ headers }) => headers.authorization)).toEqual(['Bearer old', 'Bearer new'])
    expect(service.asked.map(({ body }) => body)).toEqual(
      Array(2).fill('{"return_url":"https://app.example/"}'),
    )
  })

  test('that is refused twice is a problem', async () => {
    const service = await startService(problem(401, 'invalid_credential'))
    const funnelConnect = new FunnelConnect({ url: service.url, token: async () => 'old' })
    await expect(funnelConnect.connections.get('conn_1')).rejects.toMatchObject({
      code: 'invalid_credential',
    })
    expect(service.asked).toHaveLength(2)
  })

  test('of a page cannot be an API key', () => {
    vi.stubGlobal('document', {})
    try {
      expect(() => new FunnelConnect({ url: 'http://127.0.0.1:1', apiKey: 'fc_key' })).toThrow('API key')
    } finally {
      vi.unstubAllGlobals()
    }
  })
})

describe('a retry', () => {
  test.each([429, 502, 503])('follows a %i to a reading call', async (status) => {
    const { service, funnelConnect } = await client(problem(status, 'rate_limited', AT_ONCE), {
      json: { id: 'x' },
    })
    expect(await funnelConnect.connections.get('x')).toEqual({ id: 'x' })
    expect(service.asked).toHaveLength(2)
  })

  test('follows a broken connection, up to three attempts', async () => {
    const { service, funnelConnect } = await client({ broken: true })
    const failed = await funnelConnect.connections.get('x').catch((error: unknown) => error)
    expect(failed).toBeInstanceOf(Problem)
    expect(failed).toMatchObject({ code: 'network_error', status: 0 })
    expect(service.asked).toHaveLength(3)
  })

  test('waits for Retry-After', async () => {
    const { funnelConnect } = await client(problem(429, 'rate_limited', { 'retry-after': '1' }), { json: {} })
    const before = performance.now()
    await funnelConnect.connections.get('x')
    expect(performance.now() - before).toBeGreaterThan(990)
  })

  test('does not come when Retry-After is long: the caller decides', async () => {
    const { service, funnelConnect } = await client(problem(429, 'rate_limited', { 'retry-after': '60' }))
    await expect(funnelConnect.connections.get('x')).rejects.toMatchObject({
      code: 'rate_limited',
      retryAfter: 60,
    })
    expect(service.asked).toHaveLength(1)
  })

  test.each([{ broken: true } as const, problem(503, 'storage_unavailable', AT_ONCE)])(
    'never follows a writing call (%o)',
    async (answer) => {
      const { service, funnelConnect } = await client(answer, { json: {} })
      await expect(funnelConnect.connections.refresh('x')).rejects.toBeInstanceOf(Problem)
      await expect(funnelConnect.proxy('x')('orders', { method: 'POST', body: '{}' })).resolves.toBeTruthy()
      expect(service.asked).toHaveLength(2)
    },
  )

  test('follows a writing call that has an Idempotency-Key', async () => {
    const { service, funnelConnect } = await client({ broken: true }, { status: 201 })
    const headers = { 'idempotency-key': 'k1' }
    const { status } = await funnelConnect.proxy('x')('orders', { method: 'POST', body: '{}', headers })
    expect(status).toBe(201)
    expect(service.asked.map(({ body }) => body)).toEqual(['{}', '{}'])
  })

  test("does not follow ClickFunnels' own answer, because the service has retried already", async () => {
    const { service, funnelConnect } = await client({
      status: 503,
      headers: { ...AT_ONCE, 'funnel-connect-answer-by': 'clickfunnels' },
      json: { error: 'maintenance' },
    })
    expect(await funnelConnect.proxy('x')('orders')).toMatchObject({ status: 503 })
    await expect(funnelConnect.funnels('x').page()).rejects.toMatchObject({
      code: 'clickfunnels_error',
      body: { error: 'maintenance' },
    })
    expect(service.asked).toHaveLength(2)
  })
})

describe('an abort', () => {
  test('ends a call that has no answer', async () => {
    const { funnelConnect } = await client({ silent: true })
    const signal = AbortSignal.timeout(50)
    await expect(funnelConnect.connections.get('x', { signal })).rejects.toMatchObject({
      name: 'TimeoutError',
    })
  })

  test('ends a wait between attempts', async () => {
    const { service, funnelConnect } = await client(problem(429, 'rate_limited', { 'retry-after': '9' }))
    const signal = AbortSignal.timeout(50)
    await expect(funnelConnect.connections.get('x', { signal })).rejects.toMatchObject({
      name: 'TimeoutError',
    })
    expect(service.asked).toHaveLength(1)
  })
})

test('a problem has its code, its members and the id of the request', async () => {
  const { funnelConnect } = await client(
    problem(409, 'reauthorization_required', { 'funnel-connect-request-id': 'req-1' }),
  )
  await expect(funnelConnect.connections.get('x')).rejects.toMatchObject({
    name: 'Problem',
    message: 'A detail.',
    code: 'reauthorization_required',
    status: 409,
    requestId: 'req-1',
    body: { title: 'A title' },
  })
})
