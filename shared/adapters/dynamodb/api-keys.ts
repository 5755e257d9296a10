// API keys in DynamoDB, two items each: one of the tenant's, and one that is found by the key's hash. The second holds all that
// authentication needs, so that one read is enough. A change of both is one transaction.
import type { ApiKey, ApiKeys, KnownApiKey } from '#domain/callers/api-key.ts'
import { SCOPES } from '#domain/callers/caller.ts'
import type { ApiKeyId, TenantId } from '#domain/ids.ts'
import type { EpochSeconds } from '#domain/time.ts'
import { ABSENT, type Item, type Write } from './expressions.ts'
import { apiKeyHashKey, apiKeyKey, prefixOf } from './schema.ts'
import type { Table } from './table.ts'
import { allOfTenant, EXISTS, unlessDeleted, withoutKey } from './tenant-items.ts'

export class DynamoDbApiKeys implements ApiKeys {
  readonly #table: Table

  constructor(table: Table) {
    this.#table = table
  }

  create(key: ApiKey): Promise<boolean> {
    return this.#table.transact([...puts(key), unlessDeleted(key.tenantId)])
  }

  async findByHash(hash: string): Promise<KnownApiKey | undefined> {
    return known(await this.#table.get(apiKeyHashKey(hash)))
  }

  async findUsed(hash: string, hour: EpochSeconds): Promise<KnownApiKey | undefined> {
    const { item } = await this.#table.change(
      apiKeyHashKey(hash),
      { set: { lastUsedAt: hour } },
      {
        expression: 'attribute_exists(pk) AND (attribute_not_exists(lastUsedAt) OR lastUsedAt < :hour)',
        values: { ':hour': hour },
      },
    )
    return known(item)
  }

  async get(tenant: TenantId, id: ApiKeyId): Promise<ApiKey | undefined> {
    const item = await this.#table.get(apiKeyKey(tenant, id))
    return item && withScopes(withoutKey<ApiKey>(item))
  }

  /** The time of the last use is in the item that authentication reads. */
  async list(tenant: TenantId): Promise<readonly ApiKey[]> {
    const items = await allOfTenant(this.#table, tenant, prefixOf.apiKeys)
    const keys = items.map((item) => withScopes(withoutKey<ApiKey>(item)))
    const found = await this.#table.getMany(keys.map(({ hash }) => apiKeyHashKey(hash)))
    const lastUses = new Map(found.map(({ id, lastUsedAt }) => [id, lastUsedAt as EpochSeconds | undefined]))
    return keys.map((key) => {
      const lastUsedAt = lastUses.get(key.id)
      return lastUsedAt === undefined ? key : { ...key, lastUsedAt }
    })
  }

  succeed(key: ApiKey, successor: ApiKey, endsAt: EpochSeconds): Promise<boolean> {
    const set = { expiresAt: endsAt }
    return this.#table.transact([
      {
        update: apiKeyKey(key.tenantId, key.id),
        change: { set: { ...set, successor: successor.id } },
        condition: { expression: 'attribute_exists(pk) AND attribute_not_exists(successor)' },
      },
      { update: apiKeyHashKey(key.hash), change: { set }, condition: EXISTS },
      ...puts(successor),
      unlessDeleted(key.tenantId),
    ])
  }

  async remove(tenant: TenantId, id: ApiKeyId): Promise<boolean> {
    const key = await this.get(tenant, id)
    if (key === undefined) return false
    return this.#table.transact([
      { delete: apiKeyKey(tenant, id), condition: EXISTS },
      { delete: apiKeyHashKey(key.hash) },
    ])
  }
}

function puts(key: ApiKey): readonly Write[] {
  const { id, tenantId, hash, scopes, expiresAt } = key
  return [
    { put: { ...apiKeyKey(tenantId, id), ...key }, condition: ABSENT },
    { put: { ...apiKeyHashKey(hash), id, tenantId, scopes, expiresAt }, condition: ABSENT },
  ]
}

function known(item: Item | undefined): KnownApiKey | undefined {
  if (item === undefined) return undefined
  const { lastUsedAt: _, ...key } = withoutKey<ApiKey>(item)
  return withScopes(key)
}

/** Keys from before there were scopes have all of them. */
function withScopes<T extends KnownApiKey>(key: T): T {
  return { ...key, scopes: key.scopes ?? SCOPES }
}
