// Which headers are dropped on the way to ClickFunnels and back, and where links point.
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { HeaderList } from '#domain/provider/resource-server.ts'
import {
  NOT_RETURNED,
  NOT_SENT,
  requestHeadersToSend,
  responseHeadersToReturn,
  rewriteLink,
} from '#domain/proxy/api-headers.ts'

const HOP_BY_HOP = [
  'connection',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'proxy-authorization',
  'proxy-authenticate',
  'proxy-connection',
]
const CREDENTIALS_AND_WAY = [
  'authorization',
  'cookie',
  'host',
  'content-length',
  'expect',
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-amzn-trace-id',
  'x-request-id',
  'idempotency-key',
]
const BETWEEN_THEM_AND_THEIR_PAGES = ['set-cookie', 'access-control-allow-origin', 'content-length']
const OURS = ['funnel-connect-idempotent-replay']

/** A server that believes one of these acts on another method, URL or address than the request has. */
const OVERRIDES = [
  '_method',
  'x-method',
  'x-http-method',
  'x-http-method-override',
  'x-method-override',
  'method-override',
  'x-original-url',
  'x-original-uri',
  'x-original-method',
  'x-rewrite-url',
  'x-override-url',
  'x-host',
  'x-http-host-override',
  'x-accel-mapping',
  'x-sendfile-type',
]
const ADDRESSES = [
  'x-real-ip',
  'true-client-ip',
  'x-azure-clientip',
  'remote-user',
  'x-remote-user',
  'x-url-scheme',
  'x-scheme',
  'front-end-https',
  'request-uri',
  'x-azure-socketip',
  'x-appengine-user-ip',
  'http2-settings',
  'client-ip',
  'x-client-ip',
  'x-cluster-client-ip',
  'fastly-client-ip',
  'cf-connecting-ip',
  'cf-connecting-ipv6',
  'x-remote-ip',
  'x-remote-addr',
  'x-originating-ip',
  'x-forwarded',
  'proxy',
]
const NOT_FOR_THEM = [...HOP_BY_HOP, ...CREDENTIALS_AND_WAY, ...OVERRIDES, ...ADDRESSES]

test.each(NOT_FOR_THEM)('%s of the caller is not sent', (name) => {
  expect(requestHeadersToSend([[name, 'x']])).toEqual([])
})

/** A browser applies these to all pages of the origin that sent them, which is ours. */
const ORIGIN_WIDE = [
  'nel',
  'report-to',
  'reporting-endpoints',
  'alt-svc',
  'strict-transport-security',
  'public-key-pins',
  'public-key-pins-report-only',
  'expect-ct',
  'clear-site-data',
  'service-worker-allowed',
  'set-cookie2',
  'origin-agent-cluster',
  'accept-ch',
  'critical-ch',
  'set-login',
  'content-security-policy',
  'content-security-policy-report-only',
]

test.each(ORIGIN_WIDE)('%s of ClickFunnels is not returned', (name) => {
  expect(responseHeadersToReturn([[name, 'x']])).toEqual([])
})

/** The same words with any characters between them that a header's name may have, in any case. */
const spelt = (names: readonly string[]) =>
  fc
    .tuple(
      fc.constantFrom(...names),
      fc.stringMatching(/^[-_.!#$%&'*+^`|~]{1,2}$/),
      fc.stringMatching(/^[-_.]?$/),
      fc.boolean(),
    )
    .map(([name, between, around, upper]) => {
      const text = around + name.split(/[-_]/).filter(Boolean).join(between) + around
      return upper ? text.toUpperCase() : text
    })

test('another spelling of a header that is dropped is dropped, too', () => {
  const isSent = (name: string) => requestHeadersToSend([[name, 'x']]).length > 0
  const isReturned = (name: string) => responseHeadersToReturn([[name, 'x']]).length > 0
  fc.assert(fc.property(spelt(NOT_FOR_THEM), (name) => !isSent(name)))
  fc.assert(fc.property(spelt(ORIGIN_WIDE), (name) => !isReturned(name)))
})

test.each([...HOP_BY_HOP, ...BETWEEN_THEM_AND_THEIR_PAGES, ...OURS])(
  '%s of ClickFunnels is not returned',
  (name) => {
    expect(responseHeadersToReturn([[name, 'x']])).toEqual([])
  },
)

test('all other headers pass unchanged and in their order, repeated ones too', () => {
  const sent: HeaderList = [
    ['accept', 'application/json'],
    ['content-type', 'application/json'],
    ['idempotency-keys', 'k'],
    ['x-custom', 'a'],
    ['x-custom', 'b'],
    ['authorizations', 'x'],
    ['hostname', 'x'],
    ['x-methods', 'x'],
    ['content_type', 'x'],
    ['x-client-ips', 'x'],
    ['proxied', 'x'],
  ]
  expect(requestHeadersToSend(sent)).toEqual(sent)
  const returned: HeaderList = [
    ['pagination-next', '20'],
    ['retry-after', '5'],
    ['x-request-id', 'theirs'],
    ['etag', '"a"'],
  ]
  expect(responseHeadersToReturn(returned)).toEqual(returned)
})

describe('a header that Connection names', () => {
  test.each([
    ['x-hop', ['x-other']],
    [' X-Hop , x-other ', []],
    ['close,,x-hop', ['x-other']],
    ['x-', ['x-hop', 'x-other']],
    ['', ['x-hop', 'x-other']],
  ])('(%j) is dropped with it, and no other', (connection, left) => {
    const headers: HeaderList = [
      ['x-hop', '1'],
      ['connection', connection],
      ['x-other', '2'],
    ]
    expect(requestHeadersToSend(headers).map(([name]) => name)).toEqual(left)
    expect(responseHeadersToReturn(headers).map(([name]) => name)).toEqual(left)
  })

  test('is dropped when Connection is repeated', () => {
    const headers: HeaderList = [
      ['connection', 'close'],
      ['connection', 'x-hop'],
      ['x-hop', '1'],
    ]
    expect(requestHeadersToSend(headers)).toEqual([])
  })
})

test('any headers keep their order, and none that is left is hop-by-hop or a credential', () => {
  const names = fc.oneof(spelt(NOT_FOR_THEM), fc.stringMatching(/^[a-z-]{1,9}$/))
  fc.assert(
    fc.property(fc.array(fc.tuple(names, fc.string())), (headers) => {
      const left = requestHeadersToSend(headers)
      expect(left).toEqual(headers.filter((header) => left.includes(header)))
      for (const [name] of left) expect(NOT_FOR_THEM).not.toContain(name.toLowerCase().replaceAll('_', '-'))
    }),
  )
})

describe('a Link', () => {
  const FROM = 'https://acme.myclickfunnels.com/api/v2'
  const TO = 'https://connect.example.com/v1/connections/conn_1/proxy'

  test.each([
    [`<${FROM}/funnels?after=20>; rel="next"`, `<${TO}/funnels?after=20>; rel="next"`],
    [`<${FROM}/a>; rel=prev, <${FROM}/b>; rel=next`, `<${TO}/a>; rel=prev, <${TO}/b>; rel=next`],
    [
      `  <${FROM}/a>;rel="next",<${FROM}/b>  ;  rel="last"`,
      `  <${TO}/a>;rel="next",<${TO}/b>  ;  rel="last"`,
    ],
    [`<${FROM}/a?to=${FROM}/b>; title="${FROM}/c"`, `<${TO}/a?to=${FROM}/b>; title="${FROM}/c"`],
  ])('%s points back through the proxy', (value, expected) => {
    expect(rewriteLink(value, FROM, TO)).toBe(expected)
  })

  test.each([
    '<https://other.example/api/v2/funnels>; rel="next"',
    '<https://acme.myclickfunnels.com.evil.example/api/v2/x>; rel="next"',
    '<https://acme.myclickfunnels.com/api/v22/x>; rel="next"',
    '<https://acme.myclickfunnels.com/other>; rel="next"',
    '<https://acme.myclickfunnels.com:8443/api/v2/x>; rel="next"',
    '<https://user@acme.myclickfunnels.com/api/v2/x>; rel="next"',
    '',
  ])('elsewhere stays as it is: %s', (value) => {
    expect(rewriteLink(value, FROM, TO)).toBe(value)
  })

  test('that is rewritten differs only in the base', () => {
    const rest = fc.stringMatching(/^[ -;=?-~]*$/)
    fc.assert(
      fc.property(rest, rest, (path, parameters) => {
        const link = (base: string) => `<${base}/${path}>;${parameters}`
        expect(rewriteLink(link(FROM), FROM, TO)).toBe(link(TO))
        expect(rewriteLink(link('https://evil.example'), FROM, TO)).toBe(link('https://evil.example'))
      }),
    )
  })
})

test('the guide to the proxy names every header that is dropped, and in which direction', () => {
  const page = readFileSync('docs/proxy.md', 'utf8')
  const [, table = ''] = /## What is dropped([^#]*)/.exec(page) ?? []
  const rows = table.split('\n').map((row) => row.split('|').map((cell) => cell.trim()))
  const named = (column: number) =>
    rows
      .filter((cells) => cells[column] === 'dropped')
      .flatMap(([, names = '']) => [...names.matchAll(/`…?([a-z0-9-]+)…?`/g)].map(([, name]) => name))
  expect(named(2).toSorted()).toEqual([...NOT_SENT].toSorted())
  expect(named(3).toSorted()).toEqual([...NOT_RETURNED].toSorted())
})
