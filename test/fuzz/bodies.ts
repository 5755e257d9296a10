// Bodies that nobody should send: near to valid, with members made wrong one by one, and hostile.
import * as fc from 'fast-check'

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
export const anyText = fc.oneof(
  nasty,
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: 'binary', maxLength: 40 }),
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

/** What some routes take besides. Nothing that would end what the other requests need. */
const MORE: Readonly<Record<string, unknown>> = {
  issuer: 'https://id.saas.example',
  audience: 'api',
  audience_claim: 'client_id',
  jwks_uri: 'https://id.saas.example/jwks.json',
  algorithms: ['ES256', 'RS256'],
  end_user_claim: 'user_id',
  identity_provider: { issuer: 'https://id.other.example', audience: 'api' },
  scopes: ['proxy:read', 'audit:read'],
  expires_at: '2099-01-31T12:00:00Z',
  overlap_seconds: 60,
  limits: { connections: 1000, sessions_per_minute: 100_000, requests_per_second: 100_000 },
  branding: { color: '#1C5FD4', dark_color: '#8AB4FF' },
  kms_key_arn: 'arn:aws:kms:eu-central-1:111122223333:key/1',
  suspended: true,
  url: 'https://saas.example/hooks',
  types: ['connection.broken'],
  description: 'note',
  enabled: true,
  since: '2026-01-01T00:00:00Z',
  event_ids: ['evt_01hzzzzzzzzzzzzzzzzzzzzzzz'],
  completion_code: 'code',
  dry_run: false,
  connections: [{ end_user: { id: 'user-9' }, access_token: 'unknown', refresh_token: 'unknown' }],
  public_key: { kty: 'OKP', crv: 'X25519', x: '3p7bfXt9wbTTW2HC7OQ1Nz-DQ8hbeGdNrfx-FG-IK08' },
  limit: 50,
  after: 'conn_01hzzzzzzzzzzzzzzzzzzzzzzz',
  connection_ids: ['conn_01hzzzzzzzzzzzzzzzzzzzzzzz'],
  cursor: 'conn_01hzzzzzzzzzzzzzzzzzzzzzzz',
}

export function bodies(known: Known): fc.Arbitrary<Uint8Array | undefined> {
  const valid = nearlyValid(known)
  const all = { ...MORE, ...valid }
  const mutated = fc
    .record({
      members: fc.oneof(fc.constant(Object.keys(valid)), fc.subarray(Object.keys(all))),
      changed: fc.dictionary(fc.constantFrom(...Object.keys(all), '__proto__', 'extra'), anyValue, {
        maxKeys: 3,
      }),
    })
    .map(({ members, changed }) =>
      JSON.stringify({ ...Object.fromEntries(members.map((name) => [name, all[name]])), ...changed }),
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
