// Which public keys an export is sealed to, and which are refused, with the member at fault.
import { createPublicKey, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto'
import * as fc from 'fast-check'
import { compactDecrypt, importJWK } from 'jose'
import { expect, test } from 'vitest'
import { JoseSealer } from '#adapters/jwe/jwe-sealer.ts'
import { ServiceError } from '#domain/errors.ts'
import { putExportKey } from '#domain/exports/manage-export-key.ts'
import { publicKeyIn } from '#domain/exports/public-key.ts'
import type { TenantId } from '#domain/ids.ts'
import { fakeServices } from '../../fakes.ts'

type Jwk = Record<string, unknown>
const rsa = (modulusLength: number, publicExponent = 65_537) =>
  generateKeyPairSync('rsa', { modulusLength, publicExponent })
const ec = (namedCurve: string) => generateKeyPairSync('ec', { namedCurve })
const jwkOf = (key: KeyObject): Jwk => ({ ...key.export({ format: 'jwk' }) })

const PAIRS = {
  'RSA 2048': rsa(2048),
  'RSA 4096': rsa(4096),
  'P-256': ec('P-256'),
  'P-384': ec('P-384'),
  'P-521': ec('P-521'),
  X25519: generateKeyPairSync('x25519'),
}
const good = jwkOf(PAIRS['P-256'].publicKey)
const okp = jwkOf(PAIRS.X25519.publicKey)
const tools = { ...fakeServices(), jweSealer: new JoseSealer() }
const put = (jwk: Jwk) => putExportKey(tools, 'ten_1' as TenantId, jwk)

/** The members that a refusal names. */
async function faultsOf(jwk: Jwk): Promise<string[]> {
  const error = await put(jwk).then(
    () => undefined,
    (refusal: unknown) => refusal,
  )
  expect(error).toBeInstanceOf(ServiceError)
  expect(error).toMatchObject({ code: 'validation_failed' })
  const { errors } = (error as ServiceError).extensions as { errors: { pointer: string }[] }
  return errors.map(({ pointer }) => pointer.replace('#/public_key', '').replace('/', ''))
}

test.each(Object.entries(PAIRS))(
  '%s is accepted, and its owner opens what is sealed to it',
  async (_, pair) => {
    const key = await put({ ...jwkOf(pair.publicKey), use: 'enc', kid: 'mine' })
    const seal = await tools.jweSealer.sealTo(key)
    const jwe = await seal({ access_token: 'secret' })
    const { plaintext, protectedHeader } = await compactDecrypt(
      jwe,
      await importJWK({ ...jwkOf(pair.privateKey) }, key.alg),
    )
    expect(JSON.parse(new TextDecoder().decode(plaintext))).toEqual({ access_token: 'secret' })
    expect(protectedHeader).toMatchObject({ alg: key.alg, enc: 'A256GCM', kid: key.thumbprint, cty: 'json' })
    expect(key.alg).toBe(key.jwk.kty === 'RSA' ? 'RSA-OAEP-256' : 'ECDH-ES+A256KW')
    expect(key.thumbprint).toMatch(/^[\w-]{43}$/)
  },
)

test('the thumbprint is that of RFC 7638 section 3.1', async () => {
  const n =
    '0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw'
  const key = await put({ kty: 'RSA', n, e: 'AQAB', kid: '2011-04-29' })
  expect(key.thumbprint).toBe('NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs')
})

test('only the members of the public key are kept', async () => {
  const { jwk } = await put({ ...good, kid: 'x', x5u: 'http://169.254.169.254/', extra: 'y' })
  expect(jwk).toEqual({ kty: 'EC', crv: 'P-256', x: good.x, y: good.y })
})

const REFUSED: Readonly<Record<string, readonly [Jwk, ...string[]]>> = {
  'a private EC key': [jwkOf(PAIRS['P-256'].privateKey), 'd'],
  'a private RSA key': [jwkOf(PAIRS['RSA 2048'].privateKey), 'd', 'p', 'q', 'dp', 'dq', 'qi'],
  'a private OKP key': [jwkOf(PAIRS.X25519.privateKey), 'd'],
  'a shared secret': [{ kty: 'oct', k: randomBytes(32).toString('base64url') }, 'kty'],
  'RSA of 1024 bits': [jwkOf(rsa(1024).publicKey), 'n'],
  'RSA of 2047 bits': [jwkOf(rsa(2047).publicKey), 'n'],
  'RSA of 4104 bits': [{ kty: 'RSA', n: Buffer.alloc(513, 255).toString('base64url'), e: 'AQAB' }, 'n'],
  'an even modulus': [{ kty: 'RSA', n: Buffer.alloc(256, 254).toString('base64url'), e: 'AQAB' }, 'n'],
  'a modulus with a leading zero': [
    { kty: 'RSA', n: Buffer.concat([Buffer.of(0), Buffer.alloc(256, 255)]).toString('base64url'), e: 'AQAB' },
    'n',
  ],
  'the exponent 1': [{ ...jwkOf(PAIRS['RSA 2048'].publicKey), e: 'AQ' }, 'e'],
  'the exponent 3': [jwkOf(rsa(2048, 3).publicKey), 'e'],
  'an exponent with padding': [{ ...jwkOf(PAIRS['RSA 2048'].publicKey), e: 'AQAB=' }, 'e'],
  secp256k1: [jwkOf(ec('secp256k1').publicKey), 'crv'],
  Ed25519: [jwkOf(generateKeyPairSync('ed25519').publicKey), 'crv'],
  X448: [jwkOf(generateKeyPairSync('x448').publicKey), 'crv'],
  'a point that is not on the curve': [{ ...good, y: good.x }, ''],
  'the point of another curve': [{ ...good, crv: 'P-384' }, 'x'],
  'the point of low order': [{ ...okp, x: Buffer.alloc(32).toString('base64url') }, ''],
  'a key to sign': [{ ...good, use: 'sig' }, 'use'],
  'a key with the operation "verify"': [{ ...good, key_ops: ['verify'] }, 'key_ops'],
  'the algorithm of a signature': [{ ...good, alg: 'ES256' }, 'alg'],
  RSA1_5: [{ ...jwkOf(PAIRS['RSA 2048'].publicKey), alg: 'RSA1_5' }, 'alg'],
  'ECDH-ES without a wrapped key': [{ ...okp, alg: 'ECDH-ES' }, 'alg'],
  'an empty object': [{}, 'kty'],
  'no coordinate': [{ kty: 'EC', crv: 'P-256', x: good.x }, 'y'],
  'a number for a coordinate': [{ ...good, x: 1 }, 'x'],
  'standard base64': [{ ...good, x: `${String(good.x).slice(0, -1)}+/` }, 'x'],
}

test.each(Object.entries(REFUSED))('%s is refused', async (_, [jwk, ...members]) => {
  expect(await faultsOf(jwk)).toEqual(members)
})

test('a private key is called what it is: revealed', async () => {
  await expect(put(jwkOf(PAIRS['P-256'].privateKey))).rejects.toThrow(
    '"public_key/d" belongs to the private key, which must never be sent. Make a new key pair',
  )
})

test('no refusal repeats a part of the key', async () => {
  const pair = jwkOf(PAIRS['P-256'].privateKey)
  const error: ServiceError = await put(pair).then(
    () => undefined as never,
    (refusal) => refusal,
  )
  expect(JSON.stringify([error.message, error.extensions])).not.toContain(String(pair.d))
})

test('whatever is sent is accepted as a key of ours or refused as invalid, and nothing else', async () => {
  const members = ['kty', 'crv', 'x', 'y', 'n', 'e', 'd', 'use', 'alg', 'key_ops', '__proto__', 'toString']
  const value = fc.oneof(
    fc.jsonValue({ maxDepth: 2 }),
    fc.constantFrom(
      'RSA',
      'EC',
      'OKP',
      'oct',
      'P-256',
      'P-521',
      'X25519',
      'AQAB',
      'enc',
      good.x,
      good.y,
      okp.x,
    ),
    fc.uint8Array({ minLength: 30, maxLength: 520 }).map((bytes) => Buffer.from(bytes).toString('base64url')),
  )
  const changed = fc.dictionary(fc.constantFrom(...members), value)
  const base = fc.constantFrom<Jwk>({}, good, okp, jwkOf(PAIRS['RSA 2048'].publicKey))
  await fc.assert(
    fc.asyncProperty(base, changed, async (jwk, change) => {
      const given = JSON.parse(JSON.stringify({ ...jwk, ...change }))
      const outcome = await put(given).catch((error: unknown) => error)
      if (outcome instanceof ServiceError) expect(outcome.code).toBe('validation_failed')
      else expect(outcome).toMatchObject({ thumbprint: expect.stringMatching(/^[\w-]{43}$/) })
    }),
    { numRuns: 1500 },
  )
})

test('what the domain accepts by its form, Node can import', () => {
  for (const { publicKey } of Object.values(PAIRS)) {
    const { jwk } = publicKeyIn(jwkOf(publicKey))
    expect(createPublicKey({ key: { ...jwk }, format: 'jwk' }).type).toBe('public')
  }
})
