// The keys below the seals, for whoever looks after them: versions, rotation, retirement, shredding. What is told of a
// key says when it was made and what wraps it; the key itself never comes through here.

import type { TenantId } from '../ids.ts'
import type { EpochSeconds } from '../time.ts'

/** How long a process may go on with a key that it holds in memory, whatever happened to the key since. */
export const KEY_CACHE_SECONDS = 300

export type Wrapping =
  | { readonly kind: 'root_key'; readonly version: number }
  /** The tenant's own KMS key. */
  | { readonly kind: 'kms_key'; readonly arn: string }

export interface TenantKeyVersion {
  readonly version: number
  readonly createdAt: EpochSeconds
  readonly wrappedBy: Wrapping
  /** Since when nothing stored was found to be sealed with it. */
  readonly retiredAt?: EpochSeconds
}

export interface KeyRing {
  /** Oldest first; new seals are made with the last. */
  readonly versions: readonly TenantKeyVersion[]
  /** Set when the tenant was shredded: it gets no key any more. */
  readonly shreddedAt?: EpochSeconds
}

export interface TenantKeys {
  list(tenant: TenantId): Promise<KeyRing>
  /**
   * Makes the next version, wrapped by the KMS key named or else by a root key, and gives its number.
   * @throws ServiceError tenant_shredded; kms_key_unavailable
   */
  rotate(tenant: TenantId, kmsKeyArn?: string): Promise<number>
  /** Wraps a version under the root keys of today; false if somebody else changed it, or a KMS key wraps it. */
  rewrap(tenant: TenantId, version: number): Promise<boolean>
  /** Marks a version that nothing stored is sealed with. */
  retire(tenant: TenantId, version: number): Promise<void>
  /** Deletes a retired version; one that is not retired stays. */
  remove(tenant: TenantId, version: number): Promise<void>
  /** Deletes every version and sees to it that none is made again. What they sealed is lost for good. */
  shred(tenant: TenantId): Promise<void>
}

export interface RootKeyVersion {
  readonly version: number
  readonly createdAt: EpochSeconds
}

export interface RootKeys {
  /** The version that wraps new keys. */
  current(): Promise<RootKeyVersion>
  /** Begins the next version and gives its number; of several at once, one counts. */
  rotate(): Promise<number>
}
