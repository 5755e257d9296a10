// Tenants, apps and API keys in DynamoDB.
import type { ApiKeyId, AppId, TenantId } from '#domain/ids.ts'
import type { ApiKeys, Apps, Tenants } from '#domain/ports.ts'
import type { ApiKey, App, Tenant } from '#domain/tenant.ts'
import type { EpochSeconds } from '#domain/time.ts'
import { ABSENT, type Condition, type Item } from './dynamodb-expressions.ts'
import type { Table } from './dynamodb-table.ts'
import {
  apiKeyHashKey,
  apiKeyKey,
  appKey,
  PARTITION_KEY,
  prefixOf,
  SORT_KEY,
  TENANT_LIST,
  tenantKey,
  tenantListKey,
} from './table.ts'

const EXISTS = { expression: 'attribute_exists(pk)' }

export class DynamoDbTenants implements Tenants {
  readonly #table: Table

  constructor(table: Table) {
    this.#table = table
  }

  async create(tenant: Tenant): Promise<void> {
    await this.#table.transact([
      { put: { ...tenantKey(tenant.id), ...tenant }, condition: ABSENT },
      { put: tenantListKey(tenant.id), condition: ABSENT },
    ])
  }

  async get(id: TenantId): Promise<Tenant | undefined> {
    const item = await this.#table.get(tenantKey(id))
    return item && withoutKey<Tenant>(item)
  }

  async update(
    id: TenantId,
    { kmsKeyArn, branding, ...change }: Parameters<Tenants['update']>[1],
    updatedAt: EpochSeconds,
  ): Promise<Tenant | undefined> {
    const members = Object.entries({ kmsKeyArn, branding })
    const kept = members.filter(([, value]) => value !== undefined && value !== null)
    const set = { ...change, ...Object.fromEntries(kept), updatedAt }
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
    return (await all(this.#table, tenant, prefixOf.apps)).map((item) => withoutKey<App>(item))
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

export class DynamoDbApiKeys implements ApiKeys {
  readonly #table: Table

  constructor(table: Table) {
    this.#table = table
  }

  async create(key: ApiKey): Promise<void> {
    await this.#table.transact([
      { put: { ...apiKeyKey(key.tenantId, key.id), ...key }, condition: ABSENT },
      { put: { ...apiKeyHashKey(key.hash), id: key.id, tenantId: key.tenantId }, condition: ABSENT },
    ])
  }

  async findByHash(hash: string): Promise<Pick<ApiKey, 'id' | 'tenantId'> | undefined> {
    const item = await this.#table.get(apiKeyHashKey(hash))
    return item && withoutKey<Pick<ApiKey, 'id' | 'tenantId'>>(item)
  }

  async list(tenant: TenantId): Promise<readonly ApiKey[]> {
    return (await all(this.#table, tenant, prefixOf.apiKeys)).map((item) => withoutKey<ApiKey>(item))
  }

  async remove(tenant: TenantId, id: ApiKeyId): Promise<boolean> {
    const item = await this.#table.get(apiKeyKey(tenant, id))
    if (item === undefined) return false
    return this.#table.transact([
      { delete: apiKeyKey(tenant, id), condition: EXISTS },
      { delete: apiKeyHashKey(String(item.hash)) },
    ])
  }
}

/** All of a tenant's items of one kind; there are few of each. */
async function all(table: Table, tenant: TenantId, prefix: string): Promise<readonly Item[]> {
  const items: Item[] = []
  for (let after: Item | undefined; ; ) {
    const page = await table.query({
      partition: [PARTITION_KEY, tenantKey(tenant).pk],
      sort: { attribute: SORT_KEY, expression: 'begins_with(#sort, :prefix)', values: { ':prefix': prefix } },
      ...(after && { after }),
    })
    items.push(...page.items)
    if (page.last === undefined) return items
    after = page.last
  }
}

function withoutKey<T>({ pk, sk, ...rest }: Item): T {
  return rest as T
}
