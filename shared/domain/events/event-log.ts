// The stores of events: the outbox that changes write to, and the log that tenants read.
import type { ConnectionId, EndUserId, TenantId } from '../ids.ts'
import type { EpochSeconds } from '../time.ts'
import type { LoggedEvent, TenantEvent } from './event.ts'
import type { NewDelivery } from './subscribers.ts'

/** Events that were written with their changes and are not in the log yet. */
export interface Outbox {
  /** At most `limit` events of a tenant. If one about a thing is given, all earlier ones about it are, too. */
  waiting(tenant: TenantId, limit: number): Promise<readonly TenantEvent[]>
  /**
   * Moves events into the log and stores their deliveries, all in one transaction. False if one of the events was moved already,
   * or if the log has grown beyond `last` since that was read.
   */
  publish(
    tenant: TenantId,
    last: number,
    events: readonly LoggedEvent[],
    deliveries: readonly NewDelivery[],
  ): Promise<boolean>
  /** Tenants with events that have waited for a minute by `now`. Some may be missing for a moment. */
  overdue(now: EpochSeconds): Promise<readonly TenantId[]>
}

export interface EventFilter {
  readonly types?: readonly string[]
  readonly connectionId?: ConnectionId
  readonly endUserId?: EndUserId
}

export interface EventPage {
  readonly events: readonly LoggedEvent[]
  /** The position up to which the log was read: where the next page starts. */
  readonly next: number
}

export interface EventLog {
  /** The position of a tenant's newest event; 0 if there was none. */
  lastPosition(tenant: TenantId): Promise<number>
  /** The events after a position, oldest first, at most `limit`, expired ones included if they are still there. */
  after(tenant: TenantId, position: number, limit: number): Promise<readonly LoggedEvent[]>
}
