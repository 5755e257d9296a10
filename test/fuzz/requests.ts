// Requests that nobody should send, to every route: near to valid, far from valid, and hostile.
import * as fc from 'fast-check'
import { ROUTES } from '#http/routes.ts'
import { anyText, bodies, type Known } from './bodies.ts'
import type { WireRequest } from './wire.ts'

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

const encoded = fc.oneof(
  anyText.map((text) => encodeURIComponent(text.toWellFormed())),
  fc.constantFrom('%', '%zz', '%c3%28', '..', '.', '%2e%2e', '%2f', '%5c', '@', 'a;b', '%0d%0a', '%25%32%65'),
)

function targets(routeKey: string, { ids }: Known): fc.Arbitrary<string> {
  const [, template = '/v1/nothing'] = routeKey.split(' ')
  // `{id}` names a session or a connection, as the path says.
  const idOf = (name: string) =>
    ids[name === 'id' && template.startsWith('/v1/connect-sessions/') ? 'session' : name]
  const segments = template.split('/').map((segment): fc.Arbitrary<string> => {
    const name = /^\{(\w+)\+?\}$/.exec(segment)?.[1]
    if (name === undefined)
      return fc.oneof({ weight: 40, arbitrary: fc.constant(segment) }, { weight: 1, arbitrary: encoded })
    return fc.oneof(
      { weight: 3, arbitrary: fc.constant(idOf(name) ?? 'me') },
      { weight: 1, arbitrary: encoded },
    )
  })
  const names = fc.constantFrom(
    'limit',
    'cursor',
    'status',
    'end_user_id',
    'app_id',
    'action',
    'resource_id',
    'force',
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
    'funnel-connect-timeout',
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
