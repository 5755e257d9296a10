// API keys as they are stored, and their store. Only a SHA-256 of the key is kept; manage-api-keys.ts issues and revokes them.
import type { ApiKeyId, TenantId } from '../ids.ts'
import type { Secret } from '../secret.ts'
import type { EpochSeconds } from '../time.ts'
import type { Scope } from './caller.ts'

export interface ApiKey {
  readonly id: ApiKeyId
  readonly tenantId: TenantId
  readonly name: string
  /** The beginning of the key. */
  readonly hint: string
  /** SHA-256 of the key, in hex. The key itself is stored nowhere. */
  readonly hash: string
  readonly scopes: readonly Scope[]
  readonly createdAt: EpochSeconds
  /** When the key ends. Absent if it never does. */
  readonly expiresAt?: EpochSeconds
  /** The beginning of the hour in which it was used last. */
  readonly lastUsedAt?: EpochSeconds
  /** The key that replaces it after a rotation. */
  readonly successor?: ApiKeyId
}

/** What authentication needs to know about a key. */
export type KnownApiKey = Pick<ApiKey, 'id' | 'tenantId' | 'scopes' | 'expiresAt'>

export interface ApiKeys {
  /** False if the tenant's deletion has begun. */
  create(key: ApiKey): Promise<boolean>
  /** Finds the key with this SHA-256 (hex). */
  findByHash(hash: string): Promise<KnownApiKey | undefined>
  /** Finds the key as well, and stores the hour of its use unless that hour or a later one is stored already. */
  findUsed(hash: string, hour: EpochSeconds): Promise<KnownApiKey | undefined>
  /** Does not read the last use, which is stored in an item of its own. */
  get(tenant: TenantId, id: ApiKeyId): Promise<Omit<ApiKey, 'lastUsedAt'> | undefined>
  list(tenant: TenantId): Promise<readonly ApiKey[]>
  /**
   * Creates the successor and sets the end of the key, in one transaction. False if the key has a successor already or is
   * gone, or if the tenant's deletion has begun.
   */
  succeed(key: ApiKey, successor: ApiKey, endsAt: EpochSeconds): Promise<boolean>
  /** False if there was none. */
  remove(tenant: TenantId, id: ApiKeyId): Promise<boolean>
}

export interface IssuedApiKey {
  readonly record: ApiKey
  readonly key: Secret
}
