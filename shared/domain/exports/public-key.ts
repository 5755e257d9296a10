// Reads the public key that a tenant sends (RFC 7517, RFC 7518 section 6, RFC 8037). What is refused is refused with the member at
// fault. Whether the key is usable, such as a point that lies on its curve, shows when the adapter seals to it.
import { type InvalidMember, validationFailed } from '../errors.ts'
import type { PublicKey } from './export-key.ts'

/** Members of a private or secret key (RFC 7518 sections 6.2.2, 6.3.2 and 6.4.1). */
const PRIVATE = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k']
const MIN_RSA_BITS = 2048
const MAX_RSA_BITS = 4096
/** 65537, which every common library uses. With an exponent such as 1, RSA would hide nothing. */
const RSA_EXPONENT = 'AQAB'
/** Bytes of a coordinate on each curve. */
const EC_BYTES: ReadonlyMap<unknown, number> = new Map([
  ['P-256', 32],
  ['P-384', 48],
  ['P-521', 66],
])
const X25519_BYTES = 32

type Members = Readonly<Record<string, unknown>>

/**
 * @param given the JWK as it was sent
 * @throws ServiceError validation_failed, which names the member
 */
export function publicKeyIn(given: Members): PublicKey {
  const exposed = PRIVATE.filter((name) => Object.hasOwn(given, name))
  if (exposed.length > 0 && given.kty !== 'oct')
    throw wrong(
      ...exposed.map(
        (name) =>
          [
            name,
            'belongs to the private key, which must never be sent. Make a new key pair, because this one counts as revealed',
          ] as const,
      ),
    )
  const key = keyIn(given)
  if (given.use !== undefined && given.use !== 'enc')
    throw wrong(['use', 'must be "enc" or absent: the key is used to encrypt'])
  if (given.key_ops !== undefined && !allowsEncryption(given.key_ops))
    throw wrong([
      'key_ops',
      'must be absent or a list without "sign" and "verify": the key is used to encrypt',
    ])
  if (given.alg !== undefined && given.alg !== key.alg)
    throw wrong(['alg', `must be "${key.alg}" or absent for a key of this type`])
  return key
}

function keyIn(given: Members): PublicKey {
  switch (given.kty) {
    case 'RSA':
      return rsaKey(given)
    case 'EC':
      return ecKey(given)
    case 'OKP':
      return okpKey(given)
    default:
      throw wrong(['kty', 'must be "RSA", "EC" or "OKP": a public key is needed, not a shared secret'])
  }
}

function rsaKey(given: Members): PublicKey {
  const { bytes, text: n } = base64url(given, 'n')
  const [first = 0] = bytes
  const bits = bytes.length * 8 - (Math.clz32(first) - 24)
  if (first === 0 || (bytes.at(-1) ?? 0) % 2 === 0) throw wrong(['n', 'is not the modulus of an RSA key'])
  if (bits < MIN_RSA_BITS || bits > MAX_RSA_BITS)
    throw wrong(['n', `must have ${MIN_RSA_BITS} to ${MAX_RSA_BITS} bits, and has ${bits}`])
  if (given.e !== RSA_EXPONENT) throw wrong(['e', `must be "${RSA_EXPONENT}" (65537)`])
  return { jwk: { kty: 'RSA', n, e: RSA_EXPONENT }, alg: 'RSA-OAEP-256' }
}

function ecKey(given: Members): PublicKey {
  const length = EC_BYTES.get(given.crv)
  if (length === undefined)
    throw wrong(['crv', 'must be "P-256", "P-384" or "P-521" for a key of the type "EC"'])
  const [x, y] = [base64url(given, 'x', length).text, base64url(given, 'y', length).text]
  return { jwk: { kty: 'EC', crv: String(given.crv), x, y }, alg: 'ECDH-ES+A256KW' }
}

function okpKey(given: Members): PublicKey {
  if (given.crv !== 'X25519')
    throw wrong(['crv', 'must be "X25519" for a key of the type "OKP"; Ed25519 signs and cannot encrypt'])
  return {
    jwk: { kty: 'OKP', crv: 'X25519', x: base64url(given, 'x', X25519_BYTES).text },
    alg: 'ECDH-ES+A256KW',
  }
}

function base64url(given: Members, name: string, length?: number) {
  const text = given[name]
  const bytes = Buffer.from(typeof text === 'string' ? text : '', 'base64url')
  // Encoded again it has to be the same, so that one key has one thumbprint.
  if (typeof text !== 'string' || text === '' || bytes.toString('base64url') !== text)
    throw wrong([name, 'must be a text in base64url without padding'])
  if (length !== undefined && bytes.length !== length)
    throw wrong([name, `must have ${length} bytes in base64url on this curve`])
  return { bytes, text }
}

function allowsEncryption(operations: unknown): boolean {
  return Array.isArray(operations) && !operations.some((one) => one === 'sign' || one === 'verify')
}

/** The error of a key that has the right form and cannot be used. */
export function unusableKey(): Error {
  return wrong([undefined, 'cannot be used: it is no valid key of its type. Make a new key pair'])
}

function wrong(...faults: readonly (readonly [name: string | undefined, detail: string])[]) {
  return validationFailed(
    ...faults.map(
      ([name, detail]): InvalidMember => ({
        pointer: name === undefined ? '#/public_key' : `#/public_key/${name}`,
        detail,
      }),
    ),
  )
}
