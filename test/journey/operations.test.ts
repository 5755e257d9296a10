// Every operation of ClickFunnels' API of June 2026 through the proxy: what arrives there is what was sent, to the byte.
import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import operations from '../fixtures/operations-2026-06.json' with { type: 'json' }
import { type RawRequest, sendRaw } from '../support/raw-request.ts'
import { startTestStack, type TestStack, type TestTenant } from '../support/stack.ts'

let stack: TestStack
let tenant: TestTenant
let connection: string
beforeAll(async () => {
  stack = await startTestStack()
  tenant = await stack.createTenant({ tokens: 'rotating' })
  connection = (await stack.connect(tenant)).json.id
})
afterAll(() => stack?.close())
beforeEach(() => stack.control('DELETE', 'requests'))

const hash = (body: string | Buffer) => createHash('sha256').update(body).digest('hex')
const recorded = async () => (await stack.control('GET', 'requests')).json.requests
const through = (path: string, { headers = [], ...rest }: Omit<RawRequest, 'target'> = {}) =>
  sendRaw(stack.url, {
    target: `/v1/connections/${connection}/proxy/${path}`,
    headers: ['authorization', `Bearer ${tenant.apiKey}`, ...headers],
    ...rest,
  })
/** The workspace of the connection has a host of its own; account-level paths are on the accounts host. */
const hostOf = (path: string) =>
  /^(me|teams|users)(\/|$)|^workspaces(\/[^/]+)?$/.test(path)
    ? new URL(stack.simulator.url).host
    : stack.simulator.workspaceHosts[0]

const QUERY = 'filter[id]=1,42&expand[]=a&expand[]=b&after=a%2Fb%3D&q=a+b&empty=&q=%C3%BC'

test('all operations arrive with their method, host, path, query and body', async () => {
  expect(operations).toHaveLength(262)
  for (const operation of operations) {
    const [method = '', template = ''] = operation.split(' ')
    const path = template.replace('/api/v2/', '').replaceAll(/\{[^}]+\}/g, '42')
    const writes = ['POST', 'PUT', 'PATCH'].includes(method)
    const body = `{"operation":"${operation}","ü": [1, 2]}`
    await through(`${path}?${QUERY}`, {
      method,
      ...(writes && { body, headers: ['content-type', 'application/json; charset=utf-8'] }),
    })
    const [arrived, ...more] = (await recorded()).slice(-1)
    expect(more).toEqual([])
    expect([arrived.method, arrived.host, arrived.path], operation).toEqual([
      method,
      hostOf(path),
      `/api/v2/${path}?${QUERY}`,
    ])
    expect(arrived.body_sha256, operation).toBe(hash(writes ? body : ''))
    if (writes) expect(arrived.headers['content-type']).toBe('application/json; charset=utf-8')
  }
  expect(await recorded()).toHaveLength(262)
}, 60_000)

describe('a body', () => {
  test.each([
    ['a megabyte of JSON', Buffer.from(JSON.stringify({ text: 'ü'.repeat(500_000) })), 'application/json'],
    ['an image', Buffer.from(Array.from({ length: 4096 }, (_, i) => i % 256)), 'image/png'],
    ['form data', Buffer.from('a=1&b=%2F'), 'application/x-www-form-urlencoded'],
  ])('that is %s arrives as it is', async (_, body, type) => {
    await through('contacts', { method: 'POST', body, headers: ['content-type', type] })
    expect(await recorded()).toMatchObject([
      { body_sha256: hash(body), body_length: body.byteLength, headers: { 'content-type': type } },
    ])
  })

  test('that is compressed arrives compressed', async () => {
    const body = gzipSync('{"contact":{}}')
    const headers = ['content-type', 'application/json', 'content-encoding', 'gzip']
    await through('contacts', { method: 'POST', body, headers })
    expect(await recorded()).toMatchObject([
      { body_sha256: hash(body), headers: { 'content-encoding': 'gzip' } },
    ])
  })
})

describe('what is not a path of theirs', () => {
  test.each([
    'funnels/../me',
    'funnels/%2e%2e/me',
    'funnels/%252e%252e/me',
    'funnels//1',
    'funnels/%5c1',
    'funnels/a%00b',
    'funnels/a%0d%0ab',
    'funnels/%23f',
    'http://evil.example/',
    '%2F%2Fevil.example/api',
  ])('%s is refused before anything goes out', async (path) => {
    const { status, headers, body } = await through(path)
    expect(status).toBe(400)
    expect(headers['content-type']).toBe('application/problem+json')
    expect(JSON.parse(body.toString())).toMatchObject({ code: 'path_not_allowed' })
    expect(await recorded()).toEqual([])
  })

  test('an at sign names no host, and an encoded question mark ends the path, as API Gateway has it', async () => {
    await through('user@evil.example/x')
    await through('funnels/1%3Fq')
    const [own] = stack.simulator.workspaceHosts
    expect(await recorded()).toMatchObject([
      { host: own, path: '/api/v2/user@evil.example/x' },
      { host: own, path: '/api/v2/funnels/1' },
    ])
  })
})
