// Apps in DynamoDB: an item each, among the tenant's.
import type { App, Apps } from '#domain/apps/app.ts'
import { eventOfHealth } from '#domain/apps/app-events.ts'
import type { Stamp } from '#domain/events/event.ts'
import type { AppId, TenantId } from '#domain/ids.ts'
import type { EpochSeconds } from '#domain/time.ts'
import { outboxWrites } from './events/outbox-item.ts'
import { ABSENT, type Condition } from './expressions.ts'
import { appKey, feedKey, prefixOf, tenantKey } from './schema.ts'
import type { Table } from './table.ts'
import { allOfTenant, unlessDeleted, unlessShredded, withoutKey } from './tenant-items.ts'

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
    // The SDK repeats a put whose answer was lost. The second one finds the app as the first one stored it.
    const [unchanged, done] = [asRead(read), asRead(app, 'own_')]
    return this.#table.put(
      { ...appKey(app.tenantId, app.id), ...app },
      {
        ...unchanged,
        expression: `(${unchanged.expression}) OR (${done.expression})`,
        values: { ...unchanged.values, ...done.values },
      },
    )
  }

  remove(read: App, suspendedSince: EpochSeconds): Promise<boolean> {
    return this.#table.transact([
      { delete: appKey(read.tenantId, read.id), condition: asRead(read) },
      { delete: feedKey(read.tenantId, read.id) },
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

/**
 * The app is as it was read. What was learnt about its secrets is compared, too, because it changes without `updatedAt`.
 * @param prefix of the placeholders, where two such conditions are in one expression
 */
function asRead(app: App, prefix = ''): Condition {
  const learnt = LEARNT.map((name) => asIn(app, name, prefix))
  const { name, updatedAt, clientSecrets } = app
  return {
    expression: [
      `#name = :${prefix}name AND updatedAt = :${prefix}updatedAt AND clientSecrets = :${prefix}clientSecrets`,
      ...learnt.map(({ expression }) => expression),
    ].join(' AND '),
    names: { '#name': 'name' },
    values: Object.assign(
      {
        [`:${prefix}name`]: name,
        [`:${prefix}updatedAt`]: updatedAt,
        [`:${prefix}clientSecrets`]: clientSecrets,
      },
      ...learnt.map(({ values }) => values),
    ),
  }
}

type Learnt =
  | 'trouble'
  | 'refusals'
  | 'workingSecret'
  | 'untriedSecret'
  | 'eventCount'
  | 'eventTypes'
  | 'ingestKey'

const LEARNT: readonly Learnt[] = [
  'trouble',
  'refusals',
  'workingSecret',
  'untriedSecret',
  'eventCount',
  'eventTypes',
  'ingestKey',
]

/** An attribute has the value that the app has, or is absent if the app has none. */
function asIn(app: App, name: Learnt, prefix = ''): Condition {
  return app[name] === undefined
    ? { expression: `attribute_not_exists(${name})` }
    : { expression: `${name} = :${prefix}${name}`, values: { [`:${prefix}${name}`]: app[name] } }
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
