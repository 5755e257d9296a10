// The demo product's identity provider. It issues JWTs (ES256) that say who is logged in, and publishes its public key
// (RFC 7517). Funnel Connect knows the issuer and the key's URL. It learns who is logged in from these JWTs alone.
import { createPrivateKey, createPublicKey, generateKeyPairSync, type JsonWebKey, sign } from 'node:crypto'
import { readPrivateJson, writePrivateJson } from '../private-file.ts'
import type { User } from './logins.ts'

const LIFETIME_SECONDS = 5 * 60

export class Tokens {
  readonly #jwk: JsonWebKey

  /** @param keyFile keeps the key between runs. Without it, the key ends with the process. */
  constructor(keyFile?: string) {
    const kept = keyFile === undefined ? undefined : readPrivateJson(keyFile)
    this.#jwk = (kept as JsonWebKey | undefined) ?? newKey()
    if (keyFile !== undefined && kept === undefined) writePrivateJson(keyFile, this.#jwk)
  }

  /** The body of `/.well-known/jwks.json`. */
  keySet() {
    const key = createPublicKey(createPrivateKey({ key: this.#jwk, format: 'jwk' }))
    return { keys: [{ ...key.export({ format: 'jwk' }), kid: this.#keyId(), alg: 'ES256', use: 'sig' }] }
  }

  /** Issues a JWT that says who is logged in. It is valid for a few minutes. */
  issue(issuer: string, audience: string, user: User, now = Math.floor(Date.now() / 1000)): string {
    const header = { alg: 'ES256', typ: 'JWT', kid: this.#keyId() }
    const claims = {
      iss: issuer,
      aud: audience,
      sub: user.id,
      name: user.name,
      iat: now,
      exp: now + LIFETIME_SECONDS,
    }
    const signed = [header, claims].map((part) => encode(Buffer.from(JSON.stringify(part)))).join('.')
    const key = createPrivateKey({ key: this.#jwk, format: 'jwk' })
    // JWS wants the two halves of the signature side by side (RFC 7518 section 3.4), not in DER.
    const signature = sign('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' })
    return `${signed}.${encode(signature)}`
  }

  /** It changes with the key, so Funnel Connect fetches a new key. */
  #keyId(): string {
    return String(this.#jwk.x).slice(0, 16)
  }
}

function newKey(): JsonWebKey {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' })
}

const encode = (bytes: Buffer) => bytes.toString('base64url')
