// Feeds and the events of ClickFunnels in DynamoDB. An event is put into the outbox together with an item that remembers its id,
// so that it is there once, however often ClickFunnels sends it. Both depend on the event count of what the event is about.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Connection } from '#domain/connections/connection.ts'
import { connectionEvent } from '#domain/connections/connection-events.ts'
import {
  clickfunnelsEvent,
  ENDED_DAYS,
  FEED_REFUSED,
  type Feed,
  type FeedRef,
  type Feeds,
  REMEMBERED_DAYS,
  type Receipt,
  type ReceivedEvent,
  type Tell,
} from '#domain/connections/feed.ts'
import type { EventDraft, Stamp } from '#domain/events/event.ts'
import { type AppId, type ConnectionId, parseId, type TenantId, type WorkspaceId } from '#domain/ids.ts'
import { annotationsOf } from '#domain/tenants/annotations.ts'
import { DAY_SECONDS, later } from '#domain/time.ts'
import { storageUnavailable } from '../../aws-call.ts'
import { connectionOf, dueAttributes } from '../connections/items.ts'
import { outboxWrites } from '../events/outbox-item.ts'
import { ABSENT, type Condition, type Item, type Write } from '../expressions.ts'
import {
  appKey,
  connectionKey,
  DUE_INDEX,
  feedKey,
  type Key,
  PARTITION_KEY,
  receivedEventKey,
  SORT_KEY,
  TTL_ATTRIBUTE,
  tenantKey,
  workspaceClaims,
} from '../schema.ts'
import type { Table } from '../table.ts'
import { unlessDeleted, withoutKey } from '../tenant-items.ts'

/** How often an event is tried while others about the same thing are stored. ClickFunnels repeats it after that. */
const MAX_ATTEMPTS = 25
/** Pauses double, so that in a burst of a hundred events few attempts meet another one. */
const PAUSE_MILLISECONDS = 15
const MAX_PAUSE_MILLISECONDS = 1500

export class DynamoDbFeeds implements Feeds {
  readonly #table: Table
  readonly #stamp: Stamp

  constructor(table: Table, stamp: Stamp) {
    this.#table = table
    this.#stamp = stamp
  }

  async get({ tenantId, owner }: FeedRef): Promise<Feed | undefined> {
    const item = await this.#table.get(feedKey(tenantId, owner))
    return item && feedOf(item)
  }

  create(feed: Feed): Promise<boolean> {
    return this.#table.transact([{ put: feedItem(feed), condition: ABSENT }, unlessDeleted(feed.tenantId)])
  }

  async save(read: Feed, changed: Feed, tell?: Tell): Promise<boolean> {
    const condition = { expression: 'version = :version', values: { ':version': read.version } }
    if (tell === undefined) return this.#table.put(feedItem(changed), condition)
    const connectionId = parseId('connection', read.owner)
    const key = connectionId && connectionKey(read.tenantId, connectionId)
    for (let attempt = 1; key !== undefined && attempt <= MAX_ATTEMPTS; attempt++) {
      const item = await this.#table.get(key)
      const current = await this.get(read)
      if (item === undefined || current?.version !== read.version) return false
      const draft = connectionEvent(connectionOf(item), tell, { reason: FEED_REFUSED })
      const put = { put: feedItem(changed), condition }
      if (await this.#table.transact([put, ...this.#counted(key, item, draft)])) return true
    }
    return false
  }

  async receive({ tenantId, owner }: FeedRef, event: ReceivedEvent): Promise<Receipt> {
    const connectionId = parseId('connection', owner)
    const key = connectionId ? connectionKey(tenantId, connectionId) : appKey(tenantId, owner as AppId)
    const received = receivedEventKey(tenantId, owner, event.eventId)
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
      const item = await this.#table.get(key)
      if (item === undefined) return 'gone'
      const draft = clickfunnelsEvent(subjectOf(tenantId, item), Number(item.eventCount ?? 0), event)
      const counted = this.#counted(key, item, draft)
      const ttl = later(this.#stamp(draft).at, REMEMBERED_DAYS * DAY_SECONDS)
      const remembered = { put: { ...received, [TTL_ATTRIBUTE]: ttl }, condition: ABSENT }
      if (await this.#table.transact([remembered, ...counted])) return 'stored'
      if ((await this.#table.get(received)) !== undefined) return 'repeated'
      await sleep(Math.min(PAUSE_MILLISECONDS * 2 ** attempt, MAX_PAUSE_MILLISECONDS) * Math.random())
    }
    throw storageUnavailable(new Error(`Many events of "${owner}" arrive at once`))
  }

  async connectionsTo(
    tenant: TenantId,
    app: AppId,
    workspace: WorkspaceId,
  ): Promise<readonly ConnectionId[]> {
    const { items } = await this.#table.query({
      partition: [PARTITION_KEY, tenantKey(tenant).pk],
      sort: {
        attribute: SORT_KEY,
        expression: 'begins_with(#sort, :prefix)',
        values: { ':prefix': workspaceClaims(app, workspace) },
      },
    })
    return items.map(({ connectionId }) => connectionId as ConnectionId)
  }

  /** An event in the outbox, and its number with what it is about. */
  #counted(key: Key, { eventCount }: Item, draft: EventDraft): readonly Write[] {
    const change = { set: { eventCount: draft.data.sequence } }
    return [{ update: key, change, condition: sameCount(eventCount) }, ...outboxWrites(this.#stamp(draft))]
  }
}

/** What an event is about: the connection or the app of an item. */
function subjectOf(tenantId: TenantId, item: Item) {
  const id = String(item.id)
  const connectionId = parseId('connection', id)
  if (connectionId === undefined) return { tenantId, data: { appId: id as AppId } }
  const connection = item as unknown as Connection
  const { appId, endUser } = connection
  return { tenantId, data: { connectionId, appId, endUserId: endUser.id, ...annotationsOf(connection) } }
}

function sameCount(eventCount: unknown): Condition {
  return eventCount === undefined
    ? { expression: 'attribute_exists(pk) AND attribute_not_exists(eventCount)' }
    : { expression: 'eventCount = :eventCount', values: { ':eventCount': eventCount } }
}

export function feedItem(feed: Feed): Item {
  const { tenantId, owner, dueAt, endedAt } = feed
  return {
    ...feedKey(tenantId, owner),
    ...feed,
    ...(dueAt !== undefined && dueAttributes(owner, dueAt)),
    ...(endedAt !== undefined && { [TTL_ATTRIBUTE]: later(endedAt, ENDED_DAYS * DAY_SECONDS) }),
  }
}

export function feedOf(item: Item): Feed {
  const { [DUE_INDEX.partitionKey]: _, ...feed } = withoutKey<Feed & { [DUE_INDEX.partitionKey]?: string }>(
    item,
  )
  return feed
}
