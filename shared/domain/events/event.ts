// Events for the tenant: what happened to its connections, sessions and apps. Each is written to an outbox in the transaction of
// the change, and from there into the tenant's log (publish-events.ts). An event names ids, never a token. docs/events.md
// explains the types; docs/adr/0024 explains the order.
import type { Ambient } from '../ambient.ts'
import type {
  AppId,
  ConnectionId,
  ConnectSessionId,
  EndpointId,
  EndUserId,
  EventId,
  TenantId,
} from '../ids.ts'
import type { Annotations } from '../tenants/annotations.ts'
import type { EpochSeconds } from '../time.ts'
import type { EventType } from './event-types.ts'

/** Who asked for a disconnection. */
export type Disconnecter = 'api_key' | 'end_user' | 'operator'

/** With the annotations of the connection or connect session, as they were when the change began. */
export interface EventData extends Annotations {
  readonly connectionId?: ConnectionId
  readonly connectSessionId?: ConnectSessionId
  readonly appId?: AppId
  readonly endUserId?: EndUserId
  readonly endpointId?: EndpointId
  /** The number of this event among those about the same connection, session, app, tenant or endpoint: 1, 2, 3, … */
  readonly sequence: number
  readonly reason?: string
  readonly by?: Disconnecter
  /** The tokens came with an import, not from an end user's approval. */
  readonly imported?: true
  /** Of ClickFunnels' events: its id there, its body as it came, and whether it was fetched because it was not delivered. */
  readonly eventId?: string
  readonly body?: string
  readonly repaired?: true
}

/** An event before the store that writes it gives it an id and a time. */
export interface EventDraft {
  readonly tenantId: TenantId
  readonly type: EventType
  readonly data: EventData
}

export interface TenantEvent extends EventDraft {
  readonly id: EventId
  readonly at: EpochSeconds
}

/** An event in the tenant's log. */
export interface LoggedEvent extends TenantEvent {
  /** Its place in the log. The first event of a tenant has 1, and no number is left out. */
  readonly position: number
  readonly publishedAt: EpochSeconds
  readonly expiresAt: EpochSeconds
}

/** Gives a draft its id and time. */
export type Stamp = (draft: EventDraft) => TenantEvent

export function stampFor({ newId, now }: Pick<Ambient, 'newId' | 'now'>): Stamp {
  return (draft) => ({ ...draft, id: newId('event'), at: now() })
}

/** The id of what an event is about. Events about the same thing keep their order. */
export function subjectOf({ data }: Pick<EventDraft, 'data'>): string {
  return data.connectionId ?? data.connectSessionId ?? data.appId ?? data.endpointId ?? 'tenant'
}
