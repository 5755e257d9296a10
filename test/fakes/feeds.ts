// Feeds and the ids of received events in maps, beside the fakes of connections and apps, whose events they number.
import { connectionEvent } from '#domain/connections/connection-events.ts'
import {
  clickfunnelsEvent,
  FEED_REFUSED,
  type Feed,
  type FeedRef,
  type Feeds,
  type Receipt,
  type ReceivedEvent,
  type Tell,
} from '#domain/connections/feed.ts'
import type { AppId, ConnectionId, TenantId, WorkspaceId } from '#domain/ids.ts'
import { annotationsOf } from '#domain/tenants/annotations.ts'
import type { FakeConnections } from './connections.ts'
import type { FakeEvents } from './events.ts'
import type { FakeApps } from './tenants.ts'

export class FakeFeeds implements Feeds {
  readonly items = new Map<string, Feed>()
  /** The keys of received events, and their tenants. */
  readonly received = new Map<string, { readonly tenantId: TenantId }>()
  readonly #connections: FakeConnections
  readonly #apps: FakeApps
  readonly #events: FakeEvents
  readonly #isDeleted: (tenant: TenantId) => boolean

  constructor(
    connections: FakeConnections,
    apps: FakeApps,
    events: FakeEvents,
    isDeleted: (tenant: TenantId) => boolean,
  ) {
    this.#connections = connections
    this.#apps = apps
    this.#events = events
    this.#isDeleted = isDeleted
  }

  async get(ref: FeedRef): Promise<Feed | undefined> {
    return structuredClone(this.items.get(keyOf(ref)))
  }

  async create(feed: Feed): Promise<boolean> {
    if (this.items.has(keyOf(feed)) || this.#isDeleted(feed.tenantId)) return false
    this.items.set(keyOf(feed), structuredClone(feed))
    return true
  }

  async save(read: Feed, changed: Feed, tell?: Tell): Promise<boolean> {
    if (this.items.get(keyOf(read))?.version !== read.version) return false
    const about = this.#connections.items.get(keyOf(read))
    if (tell !== undefined) {
      if (about === undefined) return false
      const draft = connectionEvent(about, tell, { reason: FEED_REFUSED })
      this.#connections.items.set(keyOf(read), { ...about, eventCount: draft.data.sequence })
      this.#events.write(draft)
    }
    this.items.set(keyOf(read), structuredClone(changed))
    return true
  }

  async receive(ref: FeedRef, event: ReceivedEvent): Promise<Receipt> {
    const { tenantId } = ref
    const connection = this.#connections.items.get(keyOf(ref))
    const app = [...this.#apps.items.values()].find(({ id }) => id === ref.owner)
    if (connection === undefined && app === undefined) return 'gone'
    const key = `${keyOf(ref)}/${event.eventId.replaceAll('-', '').toLowerCase()}`
    if (this.received.has(key)) return 'repeated'
    this.received.set(key, { tenantId })
    const about = connection
      ? {
          connectionId: connection.id,
          appId: connection.appId,
          endUserId: connection.endUser.id,
          ...annotationsOf(connection),
        }
      : { appId: ref.owner as AppId }
    const { eventCount = 0 } = connection ?? app ?? {}
    const draft = clickfunnelsEvent({ tenantId, data: about }, eventCount, event)
    const counted = { eventCount: draft.data.sequence }
    if (connection) this.#connections.items.set(keyOf(ref), { ...connection, ...counted })
    else if (app) Object.assign(app, counted)
    this.#events.write(draft)
    return 'stored'
  }

  async connectionsTo(
    tenant: TenantId,
    app: AppId,
    workspace: WorkspaceId,
  ): Promise<readonly ConnectionId[]> {
    return [...this.#connections.items.values()]
      .filter((one) => one.tenantId === tenant && one.appId === app && one.workspace.id === workspace)
      .map(({ id }) => id)
  }
}

function keyOf({ tenantId, owner }: FeedRef): string {
  return `${tenantId}/${owner}`
}
