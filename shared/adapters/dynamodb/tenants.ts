// Tenants and apps in DynamoDB.
import type { App, Apps } from '#domain/apps/app.ts'
import { eventOfHealth } from '#domain/apps/app-events.ts'
import type { Stamp } from '#domain/events/event.ts'
import type { AppId, TenantId } from '#domain/ids.ts'
import type { SuspendedApps, Tenant, Tenants } from '#domain/tenants/tenant.ts'
import type { EpochSeconds } from '#domain/time.ts'
import { outboxWrites } from './events/outbox-item.ts'
import { ABSENT, type Condition, type Item } from './expressions.ts'
import { appKey, PARTITION_KEY, prefixOf, TENANT_LIST, tenantKey, tenantListKey } from './schema.ts'
import type { Table } from './table.ts'
import { allOfTenant, LIVING, unlessDeleted, unlessShredded, withoutKey } from './tenant-items.ts'

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
    const remove = members.filter(([, value]) => value === null).map(([name]) => name)
    const item = await this.#table.update(tenantKey(id), { set, remove }, LIVING)
    return item && withoutKey<Tenant>(item)
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

export class DynamoDbApps implements Apps {
  readonly #table: Table
  readonly #stamp: Stamp

  constructor(table: Table, stamp: Stamp) {
    this.#table = table
    this.#stamp = stamp
  }

  create(app: App): Promise<boolean> {
    return this.#table.transact([
      { put: { ...appKey(app.tenantId, app.id), ...app }, condition: ABSENT },
      unlessDeleted(app.tenantId),
      unlessShredded(app.tenantId),
    ])
  }

  async get(tenant: TenantId, id: AppId): Promise<App | undefined> {
    const item = await this.#table.get(appKey(tenant, id))
    return item && withoutKey<App>(item)
  }

  async list(tenant: TenantId): Promise<readonly App[]> {
    return (await allOfTenant(this.#table, tenant, prefixOf.apps)).map((item) => withoutKey<App>(item))
  }

  async setHealth(read: App, health: Parameters<Apps['setHealth']>[1]): Promise<boolean> {
    const { trouble, refusals, workingSecret, alert } = health
    const remove = [
      ...(trouble === undefined ? ['trouble'] : []),
      ...(refusals === undefined ? ['refusals'] : []),
      ...(alert === undefined ? ['alert'] : []),
      ...(workingSecret === undefined ? [] : ['untriedSecret']),
    ]
    const key = appKey(read.tenantId, read.id)
    const set = { trouble, refusals, workingSecret, alert }
    const draft = eventOfHealth(read, health)
    if (draft === undefined)
      return (await this.#table.update(key, { set, remove }, unchanged(read))) !== undefined
    const change = { set: { ...set, eventCount: draft.data.sequence }, remove }
    return this.#table.transact([
      { update: key, change, condition: unchanged(read) },
      ...outboxWrites(this.#stamp(draft)),
    ])
  }

  replace(app: App, read: App): Promise<boolean> {
    return this.#table.put({ ...appKey(app.tenantId, app.id), ...app }, asRead(read))
  }

  remove(read: App, suspendedSince: EpochSeconds): Promise<boolean> {
    return this.#table.transact([
      { delete: appKey(read.tenantId, read.id), condition: asRead(read) },
      {
        check: tenantKey(read.tenantId),
        condition: {
          expression: 'suspendedApps.#app = :since',
          names: { '#app': read.id },
          values: { ':since': suspendedSince },
        },
      },
    ])
  }
}

/** The app is as it was read. What was learnt about its secrets is compared, too, because it changes without `updatedAt`. */
function asRead(app: App): Condition {
  const learnt = (['trouble', 'refusals', 'workingSecret', 'untriedSecret', 'eventCount'] as const).map(
    (name) => asIn(app, name),
  )
  const { name, updatedAt, clientSecrets } = app
  return {
    expression: [
      '#name = :name AND updatedAt = :updatedAt AND clientSecrets = :clientSecrets',
      ...learnt.map(({ expression }) => expression),
    ].join(' AND '),
    names: { '#name': 'name' },
    values: Object.assign(
      { ':name': name, ':updatedAt': updatedAt, ':clientSecrets': clientSecrets },
      ...learnt.map(({ values }) => values),
    ),
  }
}

type Learnt = 'trouble' | 'refusals' | 'workingSecret' | 'untriedSecret' | 'eventCount'

/** An attribute has the value that the app has, or is absent if the app has none. */
function asIn(app: App, name: Learnt): Condition {
  return app[name] === undefined
    ? { expression: `attribute_not_exists(${name})` }
    : { expression: `${name} = :${name}`, values: { [`:${name}`]: app[name] } }
}

/** The app's health and its client secrets are as they were read. */
function unchanged(app: App): Condition {
  const learnt = (['trouble', 'refusals', 'eventCount'] as const).map((name) => asIn(app, name))
  return {
    expression: ['clientSecrets = :clientSecrets', ...learnt.map(({ expression }) => expression)].join(
      ' AND ',
    ),
    values: Object.assign({ ':clientSecrets': app.clientSecrets }, ...learnt.map(({ values }) => values)),
  }
}
