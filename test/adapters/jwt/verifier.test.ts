// Which JWTs are taken: those of the registered issuer, for the registered audience, signed by a published key with an
// algorithm that was allowed, in force, and of a kind that grants something.
import { generateKeyPairSync, type KeyObject, sign as signBytes } from 'node:crypto'
import { type JWTHeaderParameters, type JWTPayload, SignJWT } from 'jose'
import { beforeEach, describe, expect, test } from 'vitest'
import { JwksKeys } from '#adapters/jwt/jwks-cache.ts'
import { JwtVerifier } from '#adapters/jwt/verifier.ts'
import type { IdentityProvider } from '#domain/callers/identity-provider.ts'
import { anIdentityProvider, NOW, newId } from '../../contracts/samples.ts'

const PAIRS = {
  RS256: generateKeyPairSync('rsa', { modulusLength: 2048 }),
  ES256: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  EdDSA: generateKeyPairSync('ed25519'),
}
const provider = anIdentityProvider(newId('tenant'))
const good = { iss: provider.issuer, aud: provider.audience, sub: 'alice', exp: NOW + 60 }
let verifier: JwtVerifier
let down: boolean
let published: readonly object[]

beforeEach(() => {
  down = false
  published = Object.entries(PAIRS).map(([kid, { publicKey }]) => jwk(publicKey, kid))
  verifier = fresh()
})

function fresh(): JwtVerifier {
  const fetchJwks = async () => {
    if (down) throw new Error('down')
    return { keys: published }
  }
  return new JwtVerifier(new JwksKeys(fetchJwks))
}

const jwk = (key: KeyObject, kid?: string) => ({ ...key.export({ format: 'jwk' }), ...(kid && { kid }) })

interface Header {
  readonly alg?: string
  readonly kid?: string | undefined
  readonly typ?: string
  readonly [name: string]: unknown
}

function sign(claims: JWTPayload, header: Header = {}, key?: KeyObject | Uint8Array): Promise<string> {
  const { alg = 'ES256' } = header
  const own = PAIRS[alg as keyof typeof PAIRS]?.privateKey
  const protectedHeader = { kid: alg, ...header, alg } as JWTHeaderParameters
  return new SignJWT(claims).setProtectedHeader(protectedHeader).sign(key ?? own, { crit: { exp: true } })
}
const verify = (token: string, change: Partial<IdentityProvider> = {}) =>
  verifier.verify(token, { ...provider, ...change }, NOW)

test.each(['RS256', 'ES256', 'EdDSA'] as const)(
  '%s is taken where it is allowed, and only there',
  async (alg) => {
    const token = await sign(good, { alg })
    expect(await verify(token)).toMatchObject({ sub: 'alice' })
    const others = (['RS256', 'ES256', 'EdDSA'] as const).filter((one) => one !== alg)
    expect(await verify(token, { algorithms: others })).toBeUndefined()
  },
)

test.each<[string, Record<string, unknown>]>([
  ['another issuer', { iss: 'https://evil.example' }],
  ['the issuer with a slash more', { iss: `${provider.issuer}/` }],
  ['another audience', { aud: 'https://other.example' }],
  ['no audience', { aud: undefined }],
  [
    'the audience in other claims only',
    { aud: undefined, azp: provider.audience, client_id: provider.audience },
  ],
  ['no expiry', { exp: undefined }],
  ['an expiry in the year 3270', { exp: 41_025_312_000 }],
  ['an expiry more than 31 days ahead', { exp: NOW + 31 * 24 * 60 * 60 + 1 }],
  ['an expiry in words', { exp: 'tomorrow' as never }],
  ['an expiry longer ago than clocks differ', { exp: NOW - 31 }],
  ['a beginning further off than clocks differ', { nbf: NOW + 31 }],
])('a token with %s is refused', async (_, change) => {
  expect(await verify(await sign({ ...good, ...change } as JWTPayload))).toBeUndefined()
})

test.each<[string, Record<string, unknown>]>([
  ['a list of audiences that holds ours', { aud: ['https://other.example', provider.audience] }],
  ['an expiry 31 days ahead', { exp: NOW + 31 * 24 * 60 * 60 }],
  ['an expiry just now', { exp: NOW - 29 }],
  ['a beginning just now', { nbf: NOW + 29 }],
])('a token with %s is taken', async (_, change) => {
  expect(await verify(await sign({ ...good, ...change } as JWTPayload))).toBeDefined()
})

describe('a provider that says the audience elsewhere', () => {
  test.each(['azp', 'client_id'] as const)('in %s, exactly', async (audienceClaim) => {
    const { aud, ...without } = good
    const named = await sign({ ...without, [audienceClaim]: provider.audience })
    expect(await verify(named, { audienceClaim })).toBeDefined()
    const listed = await sign({ ...without, [audienceClaim]: [provider.audience] })
    expect(await verify(listed, { audienceClaim })).toBeUndefined()
    expect(await verify(await sign(good), { audienceClaim })).toBeUndefined()
  })
})

test.each<[string, Header]>([
  ['a logout token', { typ: 'logout+jwt' }],
  ['a proof of possession', { typ: 'dpop+jwt' }],
  ['a token with an extension that we do not know', { crit: ['exp'], exp: 1 }],
  ['a token of an unknown key', { kid: 'unknown' }],
  ["a token with another key's id", { kid: 'RS256' }],
])('%s is refused', async (_, header) => {
  expect(await verify(await sign(good, header))).toBeUndefined()
})

test.each(['at+jwt', 'application/at+jwt', 'jwt'])('a token of type %s is taken', async (typ) => {
  expect(await verify(await sign(good, { typ }))).toBeDefined()
})

describe('a forged token', () => {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')

  test('without a signature is refused', async () => {
    for (const alg of ['none', 'None', 'NONE']) {
      expect(await verify(`${part({ alg, kid: 'ES256' })}.${part(good)}.x`)).toBeUndefined()
    }
  })

  test('with an HMAC under the public key is refused', async () => {
    const secret = Buffer.from(PAIRS.RS256.publicKey.export({ format: 'pem', type: 'spki' }))
    expect(await verify(await sign(good, { alg: 'HS256', kid: 'RS256' }, secret))).toBeUndefined()
  })

  test('by a key of its own is refused, wherever it says that key is', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const header = {
      kid: 'ES256',
      jwk: publicKey.export({ format: 'jwk' }),
      jku: 'https://evil.example/jwks.json',
    }
    expect(await verify(await sign(good, header, privateKey))).toBeUndefined()
  })

  test('from a real one whose claims were changed is refused', async () => {
    const [header, , signature] = (await sign(good)).split('.')
    expect(await verify(`${header}.${part({ ...good, sub: 'bob' })}.${signature}`)).toBeUndefined()
  })

  test.each(['', '.', 'a.b.c', '!!.??.--', `${part([])}.${part({})}.x`, `${part({ alg: 1 })}.e30.x`])(
    'that is no token (%j) is refused',
    async (token) => {
      expect(await verify(token)).toBeUndefined()
    },
  )
})

test('where the keys cannot be had, nothing is decided', async () => {
  down = true
  await expect(verify(await sign(good))).rejects.toMatchObject({ code: 'identity_provider_unavailable' })
})

describe('a key set whose ids do not tell its keys apart', () => {
  const older = generateKeyPairSync('ec', { namedCurve: 'P-256' })

  test.each([
    ['no ids', undefined],
    ['one id', 'ES256'],
  ])('because they have %s: each key is tried', async (_, kid) => {
    published = [jwk(older.publicKey, kid), jwk(PAIRS.ES256.publicKey, kid)]
    expect(await verify(await sign(good, { kid }))).toMatchObject({ sub: 'alice' })
    expect(await verify(await sign(good, { kid }, older.privateKey))).toMatchObject({ sub: 'alice' })
    const foreign = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    expect(await verify(await sign(good, { kid }, foreign.privateKey))).toBeUndefined()
    expect(await verify(await sign({ ...good, exp: NOW - 60 }, { kid }))).toBeUndefined()
  })

  test('is not tried without end', async () => {
    const many = Array.from({ length: 5 }, () => generateKeyPairSync('ec', { namedCurve: 'P-256' }))
    published = [...many.map(({ publicKey }) => jwk(publicKey)), jwk(PAIRS.ES256.publicKey)]
    expect(await verify(await sign(good, { kid: undefined }))).toBeUndefined()
  })
})

describe('a published key that cannot be used', () => {
  const weak = generateKeyPairSync('rsa', { modulusLength: 1024 })
  const claims = Buffer.from(JSON.stringify(good)).toString('base64url')
  const weakly = () => {
    const head = Buffer.from(JSON.stringify({ alg: 'RS256', kid: 'x' })).toString('base64url')
    const signature = signBytes('sha256', Buffer.from(`${head}.${claims}`), weak.privateKey)
    return `${head}.${claims}.${signature.toString('base64url')}`
  }

  test('verifies nothing, and is no fault of ours', async () => {
    published = [jwk(weak.publicKey, 'x')]
    expect(await verify(weakly())).toBeUndefined()
    published = [{ kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA', kid: 'ES256' }]
    verifier = fresh()
    expect(await verify(await sign(good))).toBeUndefined()
  })

  test.each<[string, unknown]>([
    ['no key', null],
    ['nonsense', { kty: 'RSA', n: '!', e: 'AQAB', kid: 'ES256' }],
  ])('does not get in the way of the others: %s', async (_, key) => {
    published = [key as object, jwk(PAIRS.ES256.publicKey, 'ES256')]
    expect(await verify(await sign(good))).toBeDefined()
  })
})
