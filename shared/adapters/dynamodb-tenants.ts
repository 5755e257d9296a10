// Tenants and apps in DynamoDB.
import type { AppId, TenantId } from '#domain/ids.ts'
import type { Apps, Tenants } from '#domain/ports.ts'
import type { App, Tenant } from '#domain/tenant.ts'
import type { EpochSeconds } from '#domain/time.ts'
import { ABSENT, type Condition, type Item } from './dynamodb-expressions.ts'
import type { Table } from './dynamodb-table.ts'
import { appKey, PARTITION_KEY, prefixOf, TENANT_LIST, tenantKey, tenantListKey } from './table.ts'
import { allOfTenant, EXISTS, withoutKey } from './tenant-items.ts'

export class DynamoDbTenants implements Tenants {
  readonly #table: Table
  readonly #onKeys: (tenant: TenantId, items: readonly Item[]) => void

  /** @param onKeys is given the tenant's wrapped keys, which come along when a tenant is read */
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
    // One call for what the first request of a tenant needs; a tenant has few keys, and they are small.
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
    const remove = members.filter(([, value]) => value === null).map(([name]) => name)
    const item = await this.#table.update(tenantKey(id), { set, remove }, EXISTS)
    return item && withoutKey<Tenant>(item)
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

export class DynamoDbApps implements Apps {
  readonly #table: Table

  constructor(table: Table) {
    this.#table = table
  }

  async create(app: App): Promise<void> {
    await this.#table.put({ ...appKey(app.tenantId, app.id), ...app }, ABSENT)
  }

  async get(tenant: TenantId, id: AppId): Promise<App | undefined> {
    const item = await this.#table.get(appKey(tenant, id))
    return item && withoutKey<App>(item)
  }

  async list(tenant: TenantId): Promise<readonly App[]> {
    return (await allOfTenant(this.#table, tenant, prefixOf.apps)).map((item) => withoutKey<App>(item))
  }

  async setHealth(read: App, { trouble, workingSecret }: Parameters<Apps['setHealth']>[1]): Promise<boolean> {
    const change = { set: { trouble, workingSecret }, remove: trouble === undefined ? ['trouble'] : [] }
    return (await this.#table.update(appKey(read.tenantId, read.id), change, unchanged(read))) !== undefined
  }

  replace(app: App, read: App): Promise<boolean> {
    return this.#table.put(
      { ...appKey(app.tenantId, app.id), ...app },
      {
        expression: '#name = :name AND updatedAt = :updatedAt AND clientSecrets = :clientSecrets',
        names: { '#name': 'name' },
        values: { ':name': read.name, ':updatedAt': read.updatedAt, ':clientSecrets': read.clientSecrets },
      },
    )
  }
}

/** What was learnt about an app and its secrets are as they were read. */
function unchanged({ trouble, clientSecrets }: App): Condition {
  const secrets = 'clientSecrets = :clientSecrets'
  return trouble === undefined
    ? {
        expression: `${secrets} AND attribute_not_exists(trouble)`,
        values: { ':clientSecrets': clientSecrets },
      }
    : {
        expression: `${secrets} AND trouble = :trouble`,
        values: { ':clientSecrets': clientSecrets, ':trouble': trouble },
      }
}
