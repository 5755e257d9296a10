// Tenants in DynamoDB.
import type { TenantId } from '#domain/ids.ts'
import type { SuspendedApps, Tenant, Tenants } from '#domain/tenants/tenant.ts'
import type { EpochSeconds } from '#domain/time.ts'
import { ABSENT, type Condition, type Item } from './expressions.ts'
import { PARTITION_KEY, prefixOf, TENANT_LIST, tenantKey, tenantListKey } from './schema.ts'
import type { Table } from './table.ts'
import { allOfTenant, LIVING, withoutKey } from './tenant-items.ts'

const inStatus = (status: Tenant['status']): Condition => ({
  expression: '#current = :current',
  names: { '#current': 'status' },
  values: { ':current': status },
})

export class DynamoDbTenants implements Tenants {
  readonly #table: Table
  readonly #onKeys: (tenant: TenantId, items: readonly Item[]) => void

  /** @param onKeys gets the tenant's wrapped keys, which are read together with the tenant */
  constructor(table: Table, onKeys: (tenant: TenantId, items: readonly Item[]) => void = () => {}) {
    this.#table = table
    this.#onKeys = onKeys
  }

  async create(tenant: Tenant): Promise<void> {
    await this.#table.transact([
      { put: { ...tenantKey(tenant.id), ...tenant }, condition: ABSENT },
      { put: tenantListKey(tenant.id), condition: ABSENT },
    ])
  }

  async get(id: TenantId): Promise<Tenant | undefined> {
    // One call for all that the first request of a tenant needs. A tenant has few keys, and they are small.
    const items = await allOfTenant(this.#table, id, prefixOf.tenantAndKeys)
    const { sk } = tenantKey(id)
    const item = items.find((one) => one.sk === sk)
    this.#onKeys(
      id,
      items.filter((one) => one !== item),
    )
    return item && withoutKey<Tenant>(item)
  }

  async update(
    id: TenantId,
    change: Parameters<Tenants['update']>[1],
    updatedAt: EpochSeconds,
  ): Promise<Tenant | undefined> {
    const members = Object.entries({ ...change, updatedAt })
    const set = Object.fromEntries(members.filter(([, value]) => value !== null))
    const removed = members.filter(([, value]) => value === null).map(([name]) => name)
    const { status } = change
    const remove = status === 'active' ? [...removed, 'suspendedAt'] : removed
    const setIfAbsent = status === 'suspended' ? { suspendedAt: updatedAt } : {}
    const item = await this.#table.update(tenantKey(id), { set, setIfAbsent, remove }, LIVING)
    return item && withoutKey<Tenant>(item)
  }

  async setLookUntil(id: TenantId, lookUntil: EpochSeconds): Promise<void> {
    await this.#table.update(tenantKey(id), { set: { lookUntil } }, LIVING)
  }

  async beginDeletion(id: TenantId, updatedAt: EpochSeconds): Promise<boolean> {
    const set = { status: 'deleting', updatedAt }
    return (await this.#table.update(tenantKey(id), { set }, inStatus('suspended'))) !== undefined
  }

  async replaceWithTombstone({ id, name, createdAt }: Tenant, now: EpochSeconds): Promise<void> {
    const times = { createdAt, updatedAt: now, deletedAt: now }
    const tombstone: Tenant = { id, name, status: 'deleted', returnUrls: [], origins: [], ...times }
    await this.#table.transact([
      { put: { ...tenantKey(id), ...tombstone }, condition: inStatus('deleting') },
      { delete: tenantListKey(id) },
    ])
  }

  async setSuspendedApps(read: Tenant, suspendedApps: SuspendedApps, updatedAt: EpochSeconds) {
    const before = read.suspendedApps
    const condition =
      before === undefined
        ? { expression: 'attribute_exists(pk) AND attribute_not_exists(suspendedApps)' }
        : { expression: 'suspendedApps = :before', values: { ':before': before } }
    const change = { set: { suspendedApps, updatedAt } }
    return (await this.#table.update(tenantKey(read.id), change, condition)) !== undefined
  }

  async newest(limit: number, after?: TenantId): Promise<readonly Tenant[]> {
    const { items } = await this.#table.query({
      partition: [PARTITION_KEY, TENANT_LIST],
      newestFirst: true,
      limit,
      ...(after && { after: tenantListKey(after) }),
    })
    const found = await this.#table.getMany(items.map(({ sk }) => tenantKey(sk as TenantId)))
    const tenants = found.map((item) => withoutKey<Tenant>(item))
    return tenants.toSorted((one, other) => (one.id < other.id ? 1 : -1))
  }

  async list(limit: number, after?: TenantId): Promise<readonly TenantId[]> {
    const { items } = await this.#table.query({
      partition: [PARTITION_KEY, TENANT_LIST],
      limit,
      ...(after && { after: tenantListKey(after) }),
    })
    return items.map(({ sk }) => sk as TenantId)
  }
}
