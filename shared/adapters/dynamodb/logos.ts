// Logos in DynamoDB. The tenant's item says what kind of image there is; the image is beside it.
import type { TenantId } from '#domain/ids.ts'
import type { ImageFacts } from '#domain/tenants/image.ts'
import type { Logo, Logos } from '#domain/tenants/logo.ts'
import type { EpochSeconds } from '#domain/time.ts'
import { logoKey, tenantKey } from './schema.ts'
import type { Table } from './table.ts'
import { LIVING, withoutKey } from './tenant-items.ts'

/** The bytes have the name of the tenant's attribute, so that one policy keeps other functions from both (partitions.ts). */
type LogoItem = ImageFacts & { readonly logo: Uint8Array }

export class DynamoDbLogos implements Logos {
  readonly #table: Table

  constructor(table: Table) {
    this.#table = table
  }

  async get(tenant: TenantId): Promise<Logo | undefined> {
    const item = await this.#table.get(logoKey(tenant))
    if (item === undefined) return undefined
    const { logo: bytes, ...facts } = withoutKey<LogoItem>(item)
    return { ...facts, bytes }
  }

  put(tenant: TenantId, { bytes, ...facts }: Logo, updatedAt: EpochSeconds): Promise<boolean> {
    const item: LogoItem = { ...facts, logo: bytes }
    return this.#table.transact([
      { update: tenantKey(tenant), change: { set: { logo: facts, updatedAt } }, condition: LIVING },
      { put: { ...logoKey(tenant), ...item } },
    ])
  }

  remove(tenant: TenantId, updatedAt: EpochSeconds): Promise<boolean> {
    const change = { set: { updatedAt }, remove: ['logo'] }
    return this.#table.transact([
      { update: tenantKey(tenant), change, condition: LIVING },
      { delete: logoKey(tenant) },
    ])
  }
}
