// The local stack asks for no credential on operator routes, so a page of another origin must not reach them: not under
// a name that resolves to loopback (DNS rebinding), not by a request from elsewhere.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Bridge, openBridge } from '../../infra/local/api-gateway/bridge.ts'
import { type Simulator, startClickFunnels } from '../../infra/local/clickfunnels/simulator.ts'
import { type Demo, startDemo } from '../../infra/local/demo/server.ts'
import { startDynoxide } from '../../infra/local/dynamodb/dynoxide.ts'
import { startGuard } from '../../infra/local/iam/guard.ts'
import { startKmsEndpoint } from '../../infra/local/kms/endpoint.ts'
import { startSqs } from '../../infra/local/sqs/queues.ts'
import { sendBare } from '../support/raw-request.ts'

let bridge: Bridge
let simulator: Simulator
let demo: Demo
const invoked: string[] = []

beforeAll(async () => {
  bridge = await openBridge(0)
  bridge.serve({
    routes: [
      { routeKey: 'POST /v1/tenants', authorization: 'AWS_IAM', function: 'tenants' },
      { routeKey: 'POST /v1/connect-sessions', authorization: 'NONE', function: 'connect-sessions' },
    ],
    invoke: async (name) => {
      invoked.push(name)
      return { statusCode: 200 }
    },
  })
  simulator = await startClickFunnels({ port: 0 })
  demo = await startDemo({ port: 0, apiUrl: bridge.url })
})
afterAll(async () => {
  await bridge?.close()
  await simulator?.close()
  await demo?.close()
})

const OPERATOR = { method: 'POST', target: '/v1/tenants' }
const send = (url: string, request: { method?: string; target: string }, ...headers: string[]) => {
  const own = headers.some((name) => name.toLowerCase() === 'host') ? [] : ['host', new URL(url).host]
  return sendBare(url, { ...request, headers: [...own, ...headers] })
}

describe('a Host', () => {
  const parts: [string, () => string, { method?: string; target: string }][] = [
    ['an operator route', () => bridge.url, OPERATOR],
    ['a route of a tenant', () => bridge.url, { method: 'POST', target: '/v1/connect-sessions' }],
    ['an unknown route', () => bridge.url, { target: '/nothing' }],
    ["the simulator's control", () => simulator.url, { target: '/_control/tokens' }],
    ['the demo', () => demo.url, { target: '/' }],
  ]

  test.each(parts)('that is not loopback with the port is refused by %s', async (_, url, request) => {
    invoked.length = 0
    const { port } = new URL(url())
    const foreign = [
      `evil.example:${port}`,
      `127.0.0.1.evil.example:${port}`,
      `localhost.evil.example:${port}`,
      `0.0.0.0:${port}`,
      '127.0.0.1',
      'localhost:1',
      `evil@127.0.0.1:${port}`,
      `127.0.0.1:${port}/`,
      '',
    ]
    for (const host of foreign) {
      const { status, headers, body } = await send(url(), request, 'Host', host)
      expect([host, status]).toEqual([host, 421])
      expect(headers['content-type']).toBe('application/problem+json')
      expect(JSON.parse(body.toString())).toMatchObject({ status: 421 })
    }
    const own = new URL(url()).host
    expect((await send(url(), request, 'Host', own, 'Host', 'evil.example')).status).toBe(421)
    expect(invoked).toEqual([])
  })

  test.each(parts)('that is loopback with the port is served by %s', async (_, url, request) => {
    const { port } = new URL(url())
    for (const host of [`127.0.0.1:${port}`, `localhost:${port}`, `LOCALHOST:${port}`])
      expect((await send(url(), request, 'Host', host)).status).not.toBe(421)
  })
})

describe('a page of another origin', () => {
  test.each([
    ['origin', 'https://evil.example'],
    ['origin', 'null'],
    ['origin', 'http://127.0.0.1:1'],
    ['sec-fetch-site', 'cross-site'],
    ['sec-fetch-site', 'same-site'],
  ])('is refused where no credential is asked for (%s: %s)', async (name, value) => {
    invoked.length = 0
    expect((await send(bridge.url, OPERATOR, name, value)).status).toBe(403)
    const control = { method: 'POST', target: '/_control/tokens/revoke' }
    expect((await send(simulator.url, control, name, value)).status).toBe(403)
    expect(invoked).toEqual([])
  })

  test.each([
    ['origin', 'http://localhost:1, https://evil.example'],
    ['sec-fetch-site', 'same-origin, cross-site'],
    ['sec-fetch-site', 'Cross-Site'],
    ['referer', 'https://evil.example/page'],
  ])('is refused by an old browser, and with repeated headers (%s: %s)', async (name, value) => {
    invoked.length = 0
    expect((await send(bridge.url, OPERATOR, name, value)).status).toBe(403)
    expect(invoked).toEqual([])
  })

  test.each(['/login', '/token'])('is refused by the demo at %s', async (target) => {
    const request = { method: 'POST', target }
    expect((await send(demo.url, request, 'origin', 'https://evil.example')).status).toBe(403)
    expect((await send(demo.url, request, 'origin', demo.url)).status).toBeLessThan(300)
  })

  // They ask for no credential either: they hold the items and keys of everything.
  test('is refused by the emulators of KMS and SQS, and by the check of roles before them', async () => {
    const [kms, sqs] = await Promise.all([startKmsEndpoint(), startSqs()])
    const guard = await startGuard(kms.url, {}, () => {})
    for (const { url } of [kms, sqs, guard]) {
      for (const headers of [
        ['origin', 'https://evil.example'],
        ['origin', url],
        ['sec-fetch-site', 'same-origin'],
      ]) {
        expect((await send(url, { method: 'POST', target: '/' }, ...headers)).status).toBe(403)
      }
      expect((await send(url, { target: '/' }, 'host', 'evil.example')).status).toBe(421)
      expect([403, 421]).not.toContain((await send(url, { target: '/' })).status)
    }
    await Promise.all([guard.close(), kms.close(), sqs.close()])
  })

  test.runIf(process.platform === 'linux')('cannot guess where the database is', async () => {
    const databases = await Promise.all([startDynoxide(), startDynoxide()])
    const hosts = databases.map(({ url }) => new URL(url).hostname)
    expect(hosts.every((host) => /^127\./.test(host) && host !== '127.0.0.1')).toBe(true)
    expect(new Set(hosts).size).toBe(2)
    for (const { url } of databases)
      await expect(fetch(`http://127.0.0.1:${new URL(url).port}/`)).rejects.toThrow('fetch failed')
    await Promise.all(databases.map((database) => database.close()))
  })

  test('is served on routes that ask for a credential', async () => {
    const tenants = { method: 'POST', target: '/v1/connect-sessions' }
    expect((await send(bridge.url, tenants, 'origin', 'https://saas.example')).status).toBe(200)
  })

  test('is not what a command line or the same origin is', async () => {
    expect((await send(bridge.url, OPERATOR)).status).toBe(200)
    expect(
      (await send(bridge.url, OPERATOR, 'origin', bridge.url, 'sec-fetch-site', 'same-origin')).status,
    ).toBe(200)
    expect((await send(bridge.url, OPERATOR, 'sec-fetch-site', 'none')).status).toBe(200)
  })
})
