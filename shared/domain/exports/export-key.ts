// The public key that a tenant registers for the export of its connections, and its store. It counts for a week, so that a key that
// was forgotten is of no use a year later.
import type { TenantId } from '../ids.ts'
import { DAY_SECONDS, type EpochSeconds } from '../time.ts'

export const EXPORT_KEY_SECONDS = 7 * DAY_SECONDS

/** How the content key is encrypted to the public key (RFC 7518 section 4.1). */
export type ExportAlgorithm = 'RSA-OAEP-256' | 'ECDH-ES+A256KW'

/** The members of a JWK that make the public key, and no other (RFC 7638 section 3.2). */
export type PublicJwk =
  | { readonly kty: 'RSA'; readonly n: string; readonly e: string }
  | { readonly kty: 'EC'; readonly crv: string; readonly x: string; readonly y: string }
  | { readonly kty: 'OKP'; readonly crv: string; readonly x: string }

export interface PublicKey {
  readonly jwk: PublicJwk
  readonly alg: ExportAlgorithm
}

export interface ExportKey extends PublicKey {
  readonly tenantId: TenantId
  /** SHA-256 of the JWK, in base64url (RFC 7638). */
  readonly thumbprint: string
  readonly createdAt: EpochSeconds
  readonly expiresAt: EpochSeconds
}

export interface ExportKeys {
  /** Replaces the tenant's key. False if the tenant's deletion has begun. */
  put(key: ExportKey): Promise<boolean>
  /** The tenant's key, if it counts at `now`. */
  get(tenant: TenantId, now: EpochSeconds): Promise<ExportKey | undefined>
  remove(tenant: TenantId): Promise<void>
}
