// API keys in a map, by their hash.
import type { ApiKey, ApiKeys, KnownApiKey } from '#domain/callers/api-key.ts'
import type { ApiKeyId, TenantId } from '#domain/ids.ts'
import type { EpochSeconds } from '#domain/time.ts'

export class FakeApiKeys implements ApiKeys {
  readonly #items = new Map<string, ApiKey>()
  readonly #isDeleted: (tenant: TenantId) => boolean

  constructor(isDeleted: (tenant: TenantId) => boolean) {
    this.#isDeleted = isDeleted
  }

  async create(key: ApiKey): Promise<boolean> {
    if (this.#isDeleted(key.tenantId)) return false
    this.#items.set(key.hash, structuredClone(key))
    return true
  }

  async findByHash(hash: string): Promise<KnownApiKey | undefined> {
    const key = this.#items.get(hash)
    if (key === undefined) return undefined
    const { id, tenantId, scopes, expiresAt } = structuredClone(key)
    return { id, tenantId, scopes, ...(expiresAt !== undefined && { expiresAt }) }
  }

  async findUsed(hash: string, hour: EpochSeconds): Promise<KnownApiKey | undefined> {
    const key = this.#items.get(hash)
    if (key !== undefined && (key.lastUsedAt ?? 0) < hour) this.#items.set(hash, { ...key, lastUsedAt: hour })
    return this.findByHash(hash)
  }

  async get(tenant: TenantId, id: ApiKeyId): Promise<ApiKey | undefined> {
    const key = this.#find(tenant, id)
    if (key === undefined) return undefined
    const { lastUsedAt: _, ...rest } = structuredClone(key)
    return rest
  }

  async list(tenant: TenantId): Promise<readonly ApiKey[]> {
    const own = [...this.#items.values()].filter(({ tenantId }) => tenantId === tenant)
    return structuredClone(own.toSorted((one, other) => (one.id < other.id ? -1 : 1)))
  }

  async succeed(key: ApiKey, successor: ApiKey, expiresAt: EpochSeconds): Promise<boolean> {
    const stored = this.#items.get(key.hash)
    if (stored === undefined || stored.successor !== undefined) return false
    if (this.#isDeleted(key.tenantId)) return false
    this.#items.set(key.hash, { ...stored, expiresAt, successor: successor.id })
    return this.create(successor)
  }

  async remove(tenant: TenantId, id: ApiKeyId): Promise<boolean> {
    const found = this.#find(tenant, id)
    return found !== undefined && this.#items.delete(found.hash)
  }

  #find(tenant: TenantId, id: ApiKeyId): ApiKey | undefined {
    return [...this.#items.values()].find((key) => key.tenantId === tenant && key.id === id)
  }
}
