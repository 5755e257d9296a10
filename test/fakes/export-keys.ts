// Export keys in a map.
import type { ExportKey, ExportKeys } from '#domain/exports/export-key.ts'
import type { TenantId } from '#domain/ids.ts'
import type { EpochSeconds } from '#domain/time.ts'

export class FakeExportKeys implements ExportKeys {
  readonly items = new Map<string, ExportKey>()
  readonly #isDeleted: (tenant: TenantId) => boolean

  constructor(isDeleted: (tenant: TenantId) => boolean) {
    this.#isDeleted = isDeleted
  }

  async put(key: ExportKey): Promise<boolean> {
    if (this.#isDeleted(key.tenantId)) return false
    this.items.set(key.tenantId, structuredClone(key))
    return true
  }

  async get(tenant: TenantId, now: EpochSeconds): Promise<ExportKey | undefined> {
    const key = this.items.get(tenant)
    return key !== undefined && key.expiresAt > now ? structuredClone(key) : undefined
  }

  async remove(tenant: TenantId): Promise<void> {
    this.items.delete(tenant)
  }
}
