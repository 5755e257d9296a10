// SHA-256 and random secrets: the forms in which secrets are compared, stored and sent.
// node:crypto is the one thing the domain takes from outside: a pure computation.
import { createHash, hash, timingSafeEqual } from 'node:crypto'

/** SHA-256 in hex: how API keys, link secrets, states and browser cookies are stored. */
export function sha256(text: string): string {
  return hash('sha256', text)
}

/** The S256 code challenge of a code verifier (RFC 7636 section 4.2). */
export function codeChallenge(codeVerifier: string): string {
  return hash('sha256', codeVerifier, 'base64url')
}

/** A secret of 256 random bits: 43 URL-safe characters, also a valid code verifier (RFC 7636 section 4.1). */
export function randomSecret(randomBytes: (size: number) => Uint8Array): string {
  return Buffer.from(randomBytes(32)).toString('base64url')
}

/** Compares two secrets in a time that does not depend on where they differ. */
export function equalSecrets(one: string, other: string): boolean {
  return timingSafeEqual(
    createHash('sha256').update(one).digest(),
    createHash('sha256').update(other).digest(),
  )
}
