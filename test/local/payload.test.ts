// The quirks of a real HTTP API, as a function behind the bridge sees them (payload format 2.0).
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Bridge, openBridge } from '../../infra/local/api-gateway/bridge.ts'
import type { RouteDefinition } from '../../infra/local/cloudformation/template.ts'
import { type RawRequest, sendRaw } from '../support/raw-request.ts'

interface Event {
  readonly routeKey: string
  readonly rawPath: string
  readonly rawQueryString: string
  readonly headers: Record<string, string>
  readonly cookies?: string[]
  readonly queryStringParameters?: Record<string, string>
  readonly pathParameters?: Record<string, string>
  readonly requestContext: { readonly http: Record<string, string> } & Record<string, unknown>
  readonly body?: string
  readonly isBase64Encoded: boolean
}

const open = (routeKey: string): RouteDefinition => ({ routeKey, authorization: 'NONE', function: routeKey })
let bridge: Bridge

beforeAll(async () => {
  bridge = await openBridge(0)
  const routes: RouteDefinition[] = [
    open('$default'),
    open('ANY /{rest+}'),
    open('ANY /v1/things/{id}/proxy/{path+}'),
    open('GET /v1/things/{id}'),
    open('ANY /v1/things/{id}'),
    open('GET /v1/things/mine'),
    open('GET /v1/{kind}/mine'),
    { ...open('POST /v1/tenants'), authorization: 'AWS_IAM' },
  ]
  bridge.serve({ routes, invoke: async (_, event) => ({ statusCode: 200, body: JSON.stringify(event) }) })
})
afterAll(() => bridge.close())

async function eventOf(request: RawRequest): Promise<Event> {
  return JSON.parse(String((await sendRaw(bridge.url, request)).body))
}

test.each([
  ['GET', '/v1/things/mine', 'GET /v1/things/mine', undefined],
  ['GET', '/v1/things/7', 'GET /v1/things/{id}', { id: '7' }],
  ['PUT', '/v1/things/7', 'ANY /v1/things/{id}', { id: '7' }],
  ['PUT', '/v1/things/mine', 'ANY /v1/things/{id}', { id: 'mine' }],
  ['GET', '/v1/others/mine', 'GET /v1/{kind}/mine', { kind: 'others' }],
  ['OPTIONS', '/v1/things/7/proxy/a', 'ANY /v1/things/{id}/proxy/{path+}', { id: '7', path: 'a' }],
  ['GET', '/v1/things/7/proxy/a/b/', 'ANY /v1/things/{id}/proxy/{path+}', { id: '7', path: 'a/b/' }],
  ['GET', '/v1/things/7/', 'ANY /{rest+}', { rest: 'v1/things/7/' }],
  ['GET', '/v1/things/7/proxy/', 'ANY /{rest+}', { rest: 'v1/things/7/proxy/' }],
  ['GET', '/', '$default', undefined],
])('%s %s goes to the most specific route, %s', async (method, target, routeKey, pathParameters) => {
  const event = await eventOf({ method, target })
  expect(event.routeKey).toBe(routeKey)
  expect(event.requestContext.routeKey).toBe(routeKey)
  expect(event.pathParameters).toEqual(pathParameters)
})

test.each([
  ['an encoded slash is a slash', 'a%2Fb', '/a/b', 'a/b'],
  ['an encoded question mark ends the path', 'a%3Fb/c', '/a', 'a'],
  ['an encoded percent sign stands for itself', 'a%2520b', '/a%20b', 'a%20b'],
  ['UTF-8', 'caf%C3%A9', '/café', 'café'],
  ['a plus stays a plus', 'a+b', '/a+b', 'a+b'],
  ['dots are not resolved', 'a/%2e%2e/b', '/a/../b', 'a/../b'],
  ['empty segments stay', 'a//b', '/a//b', 'a//b'],
])('the path arrives decoded: %s', async (_, sent, path, parameter) => {
  const event = await eventOf({ target: `/v1/things/7/proxy/${sent}?x=%2F` })
  expect(event.rawPath).toBe(`/v1/things/7/proxy${path}`)
  expect(event.requestContext.http.path).toBe(event.rawPath)
  expect(event.pathParameters?.path).toBe(parameter)
  expect(event.rawQueryString).toBe('x=%2F')
})

test('the raw query string stays as it was sent; its parameters are decoded and joined with commas', async () => {
  const event = await eventOf({ target: '/x?filter[id]=1,2&expand[]=a&expand[]=b&q=a+b%2Bc&flag&e=' })
  expect(event.rawQueryString).toBe('filter[id]=1,2&expand[]=a&expand[]=b&q=a+b%2Bc&flag&e=')
  expect(event.queryStringParameters).toEqual({
    'filter[id]': '1,2',
    'expand[]': 'a,b',
    q: 'a b+c',
    flag: '',
    e: '',
  })
})

test('what a request does not have, its event does not have', async () => {
  const event = await eventOf({ target: '/' })
  expect(event.rawQueryString).toBe('')
  for (const absent of ['queryStringParameters', 'pathParameters', 'cookies', 'body']) {
    expect(event).not.toHaveProperty(absent)
  }
})

test('header names are lower case, repeated headers joined with commas, cookies apart, hop-by-hop headers gone', async () => {
  const headers = [
    'X-One',
    'a',
    'x-one',
    'b',
    'Cookie',
    'a=1; b=2',
    'TE',
    'trailers',
    'User-Agent',
    'probe/1',
  ]
  const event = await eventOf({ target: '/x', headers })
  expect(event.headers).toMatchObject({
    'x-one': 'a,b',
    'user-agent': 'probe/1',
    'x-amzn-trace-id': expect.stringMatching(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/),
    host: new URL(bridge.url).host,
  })
  expect(event.cookies).toEqual(['a=1', 'b=2'])
  for (const gone of ['cookie', 'te', 'connection', 'transfer-encoding'])
    expect(event.headers).not.toHaveProperty(gone)
  expect(event.requestContext.http).toMatchObject({
    sourceIp: '127.0.0.1',
    userAgent: 'probe/1',
    protocol: 'HTTP/1.1',
  })
})

test('headers that Connection names do not reach the function', async () => {
  const headers = ['Connection', 'close, X-Hop', 'x-hop', 'a', 'x-left', 'b']
  const event = await eventOf({ target: '/x', headers })
  expect(event.headers).toMatchObject({ 'x-left': 'b' })
  expect(event.headers).not.toHaveProperty('x-hop')
})

test.each([
  ['application/json', '{"a":"é"}', false],
  ['application/problem+json; charset=utf-8', '{}', false],
  ['text/plain;charset=utf-8', 'é', false],
  ['application/xml', '<a/>', false],
  ['application/x-www-form-urlencoded', 'a=1', true],
  ['multipart/form-data; boundary=x', '--x--', true],
  ['application/octet-stream', 'abc', true],
  [undefined, 'abc', true],
  ['text/plain', Buffer.from([0xff, 0xfe, 0x00]), true],
])('a body of type %s arrives as text or in base64', async (type, body, isBase64Encoded) => {
  const event = await eventOf({
    method: 'POST',
    target: '/x',
    headers: type === undefined ? [] : ['content-type', type],
    body,
  })
  expect(event.isBase64Encoded).toBe(isBase64Encoded)
  expect(Buffer.from(event.body ?? '', isBase64Encoded ? 'base64' : 'utf8')).toEqual(Buffer.from(body))
  expect(event.headers['content-length']).toBe(String(Buffer.byteLength(body)))
})

test('the request context says which request this was', async () => {
  const { requestContext } = await eventOf({ target: '/x' })
  expect(requestContext).toMatchObject({
    stage: '$default',
    domainName: '127.0.0.1',
    domainPrefix: '127',
    http: { method: 'GET', path: '/x' },
    time: expect.stringMatching(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/),
    timeEpoch: expect.any(Number),
    requestId: expect.stringMatching(/^.{15}=$/),
  })
  expect(requestContext).not.toHaveProperty('authorizer')
})

test('a route with IAM authorization is let through, with an identity of the real form', async () => {
  const { requestContext } = await eventOf({ method: 'POST', target: '/v1/tenants' })
  expect(requestContext.authorizer).toMatchObject({
    iam: {
      accountId: '000000000000',
      userArn: expect.stringMatching(/^arn:aws:iam::/),
      cognitoIdentity: null,
    },
  })
})
