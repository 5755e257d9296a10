// Requests that nobody should send, to every route: near to valid, far from valid, and hostile.
import * as fc from 'fast-check'
import { ROUTES } from '#http/routes.ts'
import type { WireRequest } from './wire.ts'

/** What is known to exist, so that requests get beyond the first check; by the name of a path parameter and more. */
export interface Known {
  readonly ids: Readonly<Record<string, string>>
  readonly credentials: readonly string[]
  readonly returnUrl: string
}

/** Text that has broken things before. */
const NASTY = [
  '',
  ' ',
  '0',
  '-1',
  'null',
  'undefined',
  '__proto__',
  'constructor',
  '../..',
  '%00',
  '\u0000',
  "' OR 1=1 --",
  '<script>alert(1)</script>',
  '{{7*7}}',
  '\ud800',
  '\u202e\u0301\u{1f4a9}',
  'a'.repeat(3000),
  '9'.repeat(400),
  'conn_01hzzzzzzzzzzzzzzzzzzzzzzz',
  'https://evil.example/',
]
const nasty = fc.constantFrom(...NASTY)
const anyText = fc.oneof(nasty, fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary', maxLength: 40 }))
/** As a header carries it: latin1 without line ends, now and then with bytes that no header may have. */
const headerText = fc.oneof(
  {
    weight: 6,
    arbitrary: anyText.map((text) =>
      Buffer.from(text)
        .toString('latin1')
        .replaceAll(/[\r\n\0]/g, ''),
    ),
  },
  { weight: 1, arbitrary: fc.constantFrom('a\u0001b', 'x'.repeat(12_000), 'a\tb', '\u00ff\u00fe') },
)

/** A value for a member or a parameter that has one meaning. */
const anyValue: fc.Arbitrary<unknown> = fc.oneof(
  anyText,
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom(
    1e308,
    -0,
    2 ** 53,
    [],
    {},
    null,
    true,
    ['a', 'a'],
    { id: {} },
    'https://acme.example/connected',
  ),
)

/** Members that requests of ours have: made wrong one by one, they reach the rules behind the first one. */
function nearlyValid({ ids, returnUrl }: Known): Record<string, unknown> {
  return {
    name: 'Name',
    end_user: { id: 'user-1', display_name: 'User' },
    return_url: returnUrl,
    return_urls: [returnUrl],
    origins: ['https://acme.example'],
    completion: 'verified',
    app_id: ids.app_id,
    connection_id: ids.id,
    client_id: 'client',
    client_secret: 'secret',
    status: 'active',
  }
}

function bodies(known: Known): fc.Arbitrary<Uint8Array | undefined> {
  const valid = nearlyValid(known)
  const mutated = fc
    .record({
      members: fc.oneof(fc.constant(Object.keys(valid)), fc.subarray(Object.keys(valid))),
      changed: fc.dictionary(fc.constantFrom(...Object.keys(valid), '__proto__', 'extra'), anyValue, {
        maxKeys: 3,
      }),
    })
    .map(({ members, changed }) =>
      JSON.stringify({ ...Object.fromEntries(members.map((name) => [name, valid[name]])), ...changed }),
    )
  const hostile = fc.constantFrom(
    '['.repeat(30_000),
    `${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`,
    `{"name":"${'x'.repeat(70_000)}"}`,
    '{"name":"\\ud800"}',
    '{"__proto__":{"status":"active"}}',
    '{"name":1e999}',
    '{"a":1,"a":2}',
    '{',
    'null',
    '"text"',
    '[]',
  )
  const text = fc.oneof(mutated, fc.json({ maxDepth: 5 }), hostile, anyText).map((body) => Buffer.from(body))
  return fc.oneof(
    { weight: 1, arbitrary: fc.constant(undefined) },
    { weight: 6, arbitrary: text },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 600 }) },
  )
}

const encoded = fc.oneof(
  anyText.map((text) => encodeURIComponent(text.toWellFormed())),
  fc.constantFrom('%', '%zz', '%c3%28', '..', '.', '%2e%2e', '%2f', '%5c', '@', 'a;b', '%0d%0a', '%25%32%65'),
)

function targets(routeKey: string, { ids }: Known): fc.Arbitrary<string> {
  const [, template = '/v1/nothing'] = routeKey.split(' ')
  const segments = template.split('/').map((segment): fc.Arbitrary<string> => {
    const name = /^\{(\w+)\+?\}$/.exec(segment)?.[1]
    if (name === undefined)
      return fc.oneof({ weight: 40, arbitrary: fc.constant(segment) }, { weight: 1, arbitrary: encoded })
    return fc.oneof(
      { weight: 3, arbitrary: fc.constant(ids[name] ?? 'me') },
      { weight: 1, arbitrary: encoded },
    )
  })
  const names = fc.constantFrom(
    'limit',
    'cursor',
    'status',
    'end_user_id',
    'session',
    'state',
    'code',
    'iss',
    'expand[]',
  )
  const pair = fc.tuple(fc.oneof(names, encoded), encoded).map(([name, value]) => `${name}=${value}`)
  const query = fc
    .array(pair, { maxLength: 6 })
    .map((pairs) => (pairs.length === 0 ? '' : `?${pairs.join('&')}`))
  return fc.tuple(fc.tuple(...segments), query).map(([path, rest]) => path.join('/') + rest)
}

function headersFor({ credentials }: Known): fc.Arbitrary<[string, string][]> {
  const credential = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...credentials).map((one) => `Bearer ${one}`) },
    { weight: 1, arbitrary: headerText.map((text) => `Bearer ${text}`) },
    { weight: 1, arbitrary: headerText },
  )
  const names = fc.constantFrom(
    'accept',
    'content-type',
    'cookie',
    'origin',
    'idempotency-key',
    'funnel-connect-min-validity',
    'x-forwarded-for',
    'if-none-match',
    'x-anything',
    'authorization',
    'user-agent',
    'access-control-request-method',
  )
  return fc
    .record({
      authorization: fc.option(credential, { freq: 8 }),
      json: fc.boolean(),
      more: fc.array(fc.tuple(names, headerText), { maxLength: 5 }),
    })
    .map(({ authorization, json, more }) => [
      ...(authorization === null ? [] : [['authorization', authorization] satisfies [string, string]]),
      ...(json ? [['content-type', 'application/json'] satisfies [string, string]] : []),
      ...more,
    ])
}

/** Requests to all routes alike. */
export function requests(known: Known): fc.Arbitrary<WireRequest> {
  const routes = Object.keys(ROUTES).map((routeKey) => {
    const [own = 'GET'] = routeKey.split(' ')
    const usual = own === 'ANY' || own === '$default' ? ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] : [own]
    const method = fc.oneof(
      { weight: 12, arbitrary: fc.constantFrom(...usual) },
      { weight: 1, arbitrary: fc.constantFrom('HEAD', 'OPTIONS', 'TRACE', 'PROPFIND', 'DELETE') },
    )
    return fc.record({
      method,
      target: targets(routeKey, known),
      headers: headersFor(known),
      body: bodies(known),
    })
  })
  return fc.oneof(...routes).map(({ body, ...rest }) => ({ ...rest, ...(body !== undefined && { body }) }))
}
