// A feed: the events that ClickFunnels sends about one connection, or about an app. For a connection, this service creates an
// endpoint in the workspace at ClickFunnels and keeps its secret sealed (feeds/maintain-feed.ts). For an app, the tenant creates
// one and gives us its secret. An ingest id is the last part of the URL that ClickFunnels calls. It names the tenant and the
// feed, and ends with 256 random bits, which are compared. So a feed is found without an item outside its tenant's partition.
import type { EventDraft } from '../events/event.ts'
import { type AppId, type ConnectionId, parseId, type TenantId, type WorkspaceId } from '../ids.ts'
import type { Workspace } from '../provider/workspace.ts'
import type { EpochSeconds } from '../time.ts'
import type { SealBinding, Sealed } from '../vault/vault.ts'

export type FeedOwner = ConnectionId | AppId

export interface FeedRef {
  readonly tenantId: TenantId
  readonly owner: FeedOwner
}

/** What ClickFunnels signs events with. */
export interface FeedEndpoint {
  /** ClickFunnels' id of the endpoint; absent if the tenant created it. */
  readonly id?: string
  /** Counts the secrets of this feed: a seal is bound to it. */
  readonly serial: number
  readonly secret: Sealed
  /** The event types that it was created for; absent if the tenant created it. */
  readonly types?: readonly string[]
}

export interface Feed extends FeedRef {
  readonly appId: AppId
  /** The random part of the ingest id. */
  readonly ingestKey: string
  /** Raised by each write. A write depends on the version that was read. */
  readonly version: number
  readonly workspace?: Workspace
  /** Events from before that are not repaired. */
  readonly since: EpochSeconds
  readonly endpoint?: FeedEndpoint
  /** The creation of an endpoint was begun. Without `endpoint`, it is unknown whether ClickFunnels has one. */
  readonly begun?: true
  /** Until then, one process creates, changes or repairs. */
  readonly claimedUntil?: EpochSeconds
  /** When it next needs work. Absent for the feed of an app, and after the end. */
  readonly dueAt?: EpochSeconds
  /** ClickFunnels does not let the token manage endpoints. The tenant was told. */
  readonly refused?: true
  /** The id in ClickFunnels' list of events up to which none is missing. */
  readonly cursor?: string
  /** The connection has ended, or the app wants no events any more. */
  readonly endedAt?: EpochSeconds
}

/** An event of ClickFunnels, verified and parsed as far as this service needs it. */
export interface ReceivedEvent {
  /** ClickFunnels' `event_id`: the same for every endpoint and attempt. */
  readonly eventId: string
  readonly eventType: string
  /** As it came. */
  readonly body: string
  /** It was not delivered, but found in ClickFunnels' list. */
  readonly repaired?: true
}

/** stored: it is new. repeated: it was stored before. gone: the connection or the app does not exist any more. */
export type Receipt = 'stored' | 'repeated' | 'gone'

export interface Feeds {
  get(ref: FeedRef): Promise<Feed | undefined>
  /** False if the feed exists, or if the tenant's deletion has begun. */
  create(feed: Feed): Promise<boolean>
  /**
   * Replaces a feed, and tells the tenant of it in the same transaction. False if it has changed since it was read, or, with
   * something to tell, if its connection is gone.
   */
  save(read: Feed, changed: Feed, tell?: Tell): Promise<boolean>
  /** Puts an event of ClickFunnels into the outbox, once for each feed and `eventId`. */
  receive(feed: FeedRef, event: ReceivedEvent): Promise<Receipt>
  /** The connections of an app to a workspace. */
  connectionsTo(tenant: TenantId, app: AppId, workspace: WorkspaceId): Promise<readonly ConnectionId[]>
}

/** What a tenant is told about a feed, by an event of its connection. */
export type Tell = 'connection.at_risk' | 'connection.recovered'
export const FEED_REFUSED = 'events_refused'

/** How long an event is remembered by its id. ClickFunnels repeats one for 37 hours, and a repair looks back this far, less a week. */
export const REMEMBERED_DAYS = 37
export const REPAIRED_DAYS = 30
/** How long the feed of an ended connection answers. */
export const ENDED_DAYS = 30

/** What the seal of a feed's secret is bound to. */
export function feedSecretOf({ tenantId, owner }: FeedRef, serial: number): SealBinding {
  return { tenantId, record: owner, generation: serial, field: 'webhook_secret' }
}

const INGEST_ID = /^([0-9a-z]{26})-(conn|app)-([0-9a-z]{26})-([\w-]{43})$/
const MINTED = 26

export function ingestUrl(publicUrl: string, feed: Pick<Feed, 'tenantId' | 'owner' | 'ingestKey'>): string {
  const { tenantId, owner, ingestKey } = feed
  const kind = owner.slice(0, owner.indexOf('_'))
  const id = `${tenantId.slice(-MINTED)}-${kind}-${owner.slice(-MINTED)}-${ingestKey}`
  return `${publicUrl}/v1/clickfunnels-events/${id}`
}

/** Reads an ingest id from a URL; `undefined` if it does not have the form of one. */
export function parseIngestId(text: string): (FeedRef & Pick<Feed, 'ingestKey'>) | undefined {
  const [, tenant, kind, id, ingestKey] = INGEST_ID.exec(text) ?? []
  const tenantId = parseId('tenant', `ten_${tenant}`)
  const owner = kind === 'app' ? parseId('app', `app_${id}`) : parseId('connection', `conn_${id}`)
  return tenantId && owner && ingestKey ? { tenantId, owner, ingestKey } : undefined
}

/** The tenant's event for an event of ClickFunnels. @param about the connection or the app as it is stored */
export function clickfunnelsEvent(
  about: Pick<EventDraft, 'tenantId'> & { readonly data: Omit<EventDraft['data'], 'sequence'> },
  eventCount: number,
  { eventId, eventType, body, repaired }: ReceivedEvent,
): EventDraft {
  const data = { ...about.data, sequence: eventCount + 1, eventId, body, ...(repaired && { repaired }) }
  return { tenantId: about.tenantId, type: `clickfunnels.${eventType}`, data }
}
