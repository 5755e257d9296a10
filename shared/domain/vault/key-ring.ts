// The keys that seals are made with, as key rotation and the operator see them: versions are made, retired and deleted. A
// version is described by when it was made and what wraps it. The key itself is never part of that.

import type { TenantId } from '../ids.ts'
import type { EpochSeconds } from '../time.ts'

/** How long a process may use a key from its memory, although the key may have been rotated or deleted since. */
export const KEY_CACHE_SECONDS = 300

export type Wrapping =
  | { readonly kind: 'root_key'; readonly version: number }
  /** The tenant's own KMS key. */
  | { readonly kind: 'kms_key'; readonly arn: string }

export interface TenantKeyVersion {
  readonly version: number
  readonly createdAt: EpochSeconds
  readonly wrappedBy: Wrapping
  /** When key rotation found that nothing stored is sealed with it any more. */
  readonly retiredAt?: EpochSeconds
}

export interface KeyRing {
  /** Oldest first. New seals are made with the last one. */
  readonly versions: readonly TenantKeyVersion[]
  /** When the tenant was shredded. It never gets a key again. */
  readonly shreddedAt?: EpochSeconds
}

export interface TenantKeys {
  list(tenant: TenantId): Promise<KeyRing>
  /**
   * Makes the next version, which the named KMS key wraps, or else a root key.
   * @returns the number of the version
   * @throws ServiceError tenant_shredded; kms_key_unavailable
   */
  rotate(tenant: TenantId, kmsKeyArn?: string): Promise<number>
  /** Wraps a version under the current root keys. False if another process changed it, or if a KMS key wraps it. */
  rewrap(tenant: TenantId, version: number): Promise<boolean>
  /** Marks a version as retired: nothing stored is sealed with it. */
  retire(tenant: TenantId, version: number): Promise<void>
  /** Deletes a version if it is retired. */
  remove(tenant: TenantId, version: number): Promise<void>
  /** Deletes every version and prevents new ones. What they sealed can never be opened again. */
  shred(tenant: TenantId): Promise<void>
}

export interface RootKeyVersion {
  readonly version: number
  readonly createdAt: EpochSeconds
}

export interface RootKeys {
  /** The version that wraps new keys. */
  current(): Promise<RootKeyVersion>
  /** Starts the next version and returns its number. Several processes that do so at once start one version. */
  rotate(): Promise<number>
}
