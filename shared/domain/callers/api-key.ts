// API keys as they are stored, and their store. Only a SHA-256 of the key is kept; manage-api-keys.ts issues and revokes them.
import type { ApiKeyId, TenantId } from '../ids.ts'
import type { Secret } from '../secret.ts'
import type { EpochSeconds } from '../time.ts'
import type { Scope } from './caller.ts'

export interface ApiKey {
  readonly id: ApiKeyId
  readonly tenantId: TenantId
  readonly name: string
  /** How the key begins. */
  readonly hint: string
  /** SHA-256 of the key, in hex: the key itself is kept nowhere. */
  readonly hash: string
  readonly scopes: readonly Scope[]
  readonly createdAt: EpochSeconds
  /** From then on it is refused. */
  readonly expiresAt?: EpochSeconds
  /** The beginning of the hour in which it was used last. */
  readonly lastUsedAt?: EpochSeconds
  /** The key that takes its place after a rotation. */
  readonly successor?: ApiKeyId
}

/** What authentication has to know of a key. */
export type KnownApiKey = Pick<ApiKey, 'id' | 'tenantId' | 'scopes' | 'expiresAt'>

export interface ApiKeys {
  /** False when the tenant's deletion has begun. */
  create(key: ApiKey): Promise<boolean>
  /** Whose key has this SHA-256 (hex)? */
  findByHash(hash: string): Promise<KnownApiKey | undefined>
  /** The same, and notes an hour of use, unless that or a later one is noted already. */
  findUsed(hash: string, hour: EpochSeconds): Promise<KnownApiKey | undefined>
  /** Without its last use, which only the list tells: it is stored elsewhere. */
  get(tenant: TenantId, id: ApiKeyId): Promise<Omit<ApiKey, 'lastUsedAt'> | undefined>
  list(tenant: TenantId): Promise<readonly ApiKey[]>
  /** In one transaction: creates the successor and ends the key then; false if it has one already or is gone, or its tenant's deletion has begun. */
  succeed(key: ApiKey, successor: ApiKey, endsAt: EpochSeconds): Promise<boolean>
  /** False when there was none. */
  remove(tenant: TenantId, id: ApiKeyId): Promise<boolean>
}

export interface IssuedApiKey {
  readonly record: ApiKey
  readonly key: Secret
}
