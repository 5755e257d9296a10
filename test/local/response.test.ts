// The HTTP response for a function's answer, and the gateway's own error responses.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Bridge, openBridge } from '../../infra/local/api-gateway/bridge.ts'
import { sendRaw } from '../support/raw-request.ts'

let bridge: Bridge
let answer: () => Promise<unknown>

beforeAll(async () => {
  bridge = await openBridge(0)
  bridge.serve({
    routes: [{ routeKey: 'ANY /x', authorization: 'NONE', function: 'x' }],
    invoke: () => answer(),
    limitMs: 200,
  })
})
afterAll(() => bridge.close())

async function respond(given: unknown) {
  answer = async () => given
  return sendRaw(bridge.url, { target: '/x' })
}

test('status, headers, cookies and body go out; every response names its request', async () => {
  const response = await respond({
    statusCode: 201,
    headers: { 'Content-Type': 'application/problem+json', 'X-Count': 3, 'Transfer-Encoding': 'chunked' },
    cookies: ['a=1; Secure', 'b=2'],
    body: '{"é":1}',
  })
  expect(response.status).toBe(201)
  expect(response.headers).toMatchObject({
    'content-type': 'application/problem+json',
    'x-count': '3',
    'set-cookie': ['a=1; Secure', 'b=2'],
    'content-length': '8',
    'apigw-requestid': expect.stringMatching(/^.{15}=$/),
  })
  expect(response.headers).not.toHaveProperty('transfer-encoding')
  expect(String(response.body)).toBe('{"é":1}')
})

test('a header beyond ASCII keeps its bytes, whatever the text after it', async () => {
  const response = await respond({ statusCode: 200, headers: { 'x-name': 'caf\xe9' }, body: 'é' })
  // node:http reads a header as one character per byte.
  expect(response.headers['x-name']).toBe('caf\xe9')
  expect(String(response.body)).toBe('é')
})

test('a body in base64 goes out as bytes', async () => {
  const body = Buffer.from([0, 255, 1]).toString('base64')
  const response = await respond({ statusCode: 200, isBase64Encoded: true, body })
  expect([...response.body]).toEqual([0, 255, 1])
})

test.each([
  ['an object without a status', { a: 1 }, '{"a":1}'],
  ['a string', 'hello', 'hello'],
  ['nothing', null, 'null'],
])('%s is a JSON body with status 200', async (_, given, body) => {
  const response = await respond(given)
  expect(response.status).toBe(200)
  expect(response.headers['content-type']).toBe('application/json')
  expect(String(response.body)).toBe(body)
})

test('a body without a type is plain text', async () => {
  const response = await respond({ statusCode: 200, body: 'x' })
  expect(response.headers['content-type']).toBe('text/plain;charset=UTF-8')
})

test.each([
  ['a body that is no string', { statusCode: 200, body: { a: 1 } }],
  ['a header with several values', { statusCode: 200, headers: { a: ['1', '2'] } }],
  ['a status that is no number', { statusCode: 'ok' }],
  ['a status out of range', { statusCode: 9000 }],
  ['cookies that are no list', { statusCode: 200, cookies: 'a=1' }],
])('%s is an internal error', async (_, given) => {
  await expect(respond(given)).resolves.toMatchObject({ status: 500 })
})

test('a function that throws is an internal error without details', async () => {
  answer = async () => {
    throw new Error('secret')
  }
  const response = await sendRaw(bridge.url, { target: '/x' })
  expect(response.status).toBe(500)
  expect(response.headers['content-type']).toBe('application/json')
  expect(String(response.body)).toBe('{"message":"Internal Server Error"}')
})

test('a function that takes too long is 503', async () => {
  answer = () => new Promise((resolve) => setTimeout(resolve, 1000, {}).unref())
  const response = await sendRaw(bridge.url, { target: '/x' })
  expect([response.status, String(response.body)]).toEqual([503, '{"message":"Service Unavailable"}'])
})

test.each([
  ['no route', { target: '/y' }, 404, 'Not Found'],
  ['a path that is no UTF-8', { target: '/%ff' }, 400, 'Bad Request'],
  [
    'a request over 10 MB',
    { method: 'POST', target: '/x', body: Buffer.alloc(10 * 1024 * 1024 + 1) },
    413,
    'Request Entity Too Large',
  ],
])('%s is answered by the gateway itself', async (_, request, status, message) => {
  const response = await sendRaw(bridge.url, request)
  expect(response.status).toBe(status)
  expect(JSON.parse(String(response.body))).toEqual({ message })
  expect(response.headers).toHaveProperty('apigw-requestid')
})

test('before it serves, it answers 503; a taken port is refused', async () => {
  const early = await openBridge(0)
  expect((await sendRaw(early.url, { target: '/x' })).status).toBe(503)
  await expect(openBridge(early.port)).rejects.toMatchObject({ code: 'EADDRINUSE', port: early.port })
  await early.close()
})
