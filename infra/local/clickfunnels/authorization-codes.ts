// Authorization codes (Doorkeeper's access grants): valid for 600 seconds, for a single use, bound to client, redirect URI
// and PKCE challenge. As in Doorkeeper, a failed attempt does not use the code up.
import { createHash } from 'node:crypto'
import type { Kept } from '../journal.ts'
import { opaqueToken } from './tokens.ts'

const CODE_LIFETIME_SECONDS = 600

export interface AuthorizationCode {
  readonly code: string
  readonly clientId: string
  readonly redirectUri: string
  readonly scope: string
  readonly workspaceId: number
  readonly codeChallenge: string | undefined
  readonly expiresAt: number
  used: boolean
}

export class AuthorizationCodes {
  readonly #now: () => number
  readonly #kept: Kept<AuthorizationCode>
  readonly #byCode: Map<string, AuthorizationCode>

  constructor(now: () => number, kept: Kept<AuthorizationCode>) {
    this.#now = now
    this.#kept = kept
    this.#byCode = new Map(kept.all().map((grant) => [grant.code, grant]))
  }

  issue(grant: Omit<AuthorizationCode, 'code' | 'expiresAt' | 'used'>): AuthorizationCode {
    const expiresAt = this.#now() + CODE_LIFETIME_SECONDS * 1000
    const issued = { ...grant, code: opaqueToken(), expiresAt, used: false }
    this.#byCode.set(issued.code, issued)
    this.#kept.put(issued.code, issued)
    return issued
  }

  redeem(grant: AuthorizationCode): void {
    grant.used = true
    this.#kept.put(grant.code, grant)
  }

  find(code: string): AuthorizationCode | undefined {
    return this.#byCode.get(code)
  }

  accessible(grant: AuthorizationCode): boolean {
    return !grant.used && this.#now() <= grant.expiresAt
  }
}

/**
 * Whether a code_verifier fits. A verifier for a code that was requested without a challenge is refused, too.
 * @see https://www.rfc-editor.org/rfc/rfc7636#section-4.6
 */
export function verifierFits(grant: AuthorizationCode, verifier: string | undefined): boolean {
  if (verifier === undefined) return grant.codeChallenge === undefined
  return createHash('sha256').update(verifier).digest('base64url') === grant.codeChallenge
}
