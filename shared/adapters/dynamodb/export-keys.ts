// The export keys of tenants in DynamoDB. Readers refuse an expired key by its own time; the TTL only cleans up.
import type { ExportKey, ExportKeys } from '#domain/exports/export-key.ts'
import type { TenantId } from '#domain/ids.ts'
import type { EpochSeconds } from '#domain/time.ts'
import { exportKeyKey, TTL_ATTRIBUTE } from './schema.ts'
import type { Table } from './table.ts'
import { unlessDeleted, withoutKey } from './tenant-items.ts'

export class DynamoDbExportKeys implements ExportKeys {
  readonly #table: Table

  constructor(table: Table) {
    this.#table = table
  }

  put(key: ExportKey): Promise<boolean> {
    const { tenantId, expiresAt } = key
    return this.#table.transact([
      { put: { ...exportKeyKey(tenantId), ...key, [TTL_ATTRIBUTE]: expiresAt } },
      unlessDeleted(tenantId),
    ])
  }

  async get(tenant: TenantId, now: EpochSeconds): Promise<ExportKey | undefined> {
    const item = await this.#table.get(exportKeyKey(tenant))
    const key = item && withoutKey<ExportKey>(item)
    return key !== undefined && key.expiresAt > now ? key : undefined
  }

  async remove(tenant: TenantId): Promise<void> {
    await this.#table.delete(exportKeyKey(tenant))
  }
}
