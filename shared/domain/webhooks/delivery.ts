// A delivery: one event on its way to one endpoint, with every attempt. A sender claims it before each attempt, so that no two send
// it at the same time. If the sender dies, the claim ends, and the delivery is due again.
//
//   waiting ─▶ claimed ─▶ 2xx: delivered
//      ▲          └─▶ anything else: waiting for the next attempt, or failed after the last one
//      └──────────────┘
import type { TenantEvent } from '../events/event.ts'
import type { DeliveryRef, NewDelivery } from '../events/subscribers.ts'
import type { DeliveryId, TenantId } from '../ids.ts'
import { DAY_SECONDS, type EpochSeconds, later } from '../time.ts'
import type { EndpointRef } from './endpoint.ts'

/** How long a delivery is kept after it was made. */
const KEPT_DAYS = 30
/** How many attempts of a delivery are kept. One that is sent again may have more. */
const MAX_KEPT_ATTEMPTS = 20

/**
 * Why an attempt had no answer. address_refused: the URL leads to an address that may not be called. unreachable: no connection.
 * untrusted: the certificate does not hold. timeout: no answer within 15 s. lost: the connection broke.
 */
export type AttemptFault = 'address_refused' | 'unreachable' | 'untrusted' | 'timeout' | 'lost'

export interface Attempt {
  readonly at: EpochSeconds
  /** Of the answer. Absent if there was none. */
  readonly status?: number
  readonly fault?: AttemptFault
  readonly milliseconds: number
  /** The first KB of the answer's body. */
  readonly answer?: string
}

/**
 * exhausted: the last attempt failed. gone: the endpoint answered 410. endpoint_disabled, endpoint_deleted: nothing was sent any
 * more. event_expired: the event is no longer in the log.
 */
export type DeliveryFailure =
  | 'exhausted'
  | 'gone'
  | 'endpoint_disabled'
  | 'endpoint_deleted'
  | 'event_expired'

export interface Delivery extends NewDelivery {
  readonly status: 'waiting' | 'delivered' | 'failed'
  readonly failure?: DeliveryFailure
  /** Oldest first. */
  readonly attempts: readonly Attempt[]
  /** How many attempts the schedule has counted. */
  readonly tries: number
  /** When the next attempt is made. Absent if there is none. */
  readonly nextAt?: EpochSeconds
  readonly claimedUntil?: EpochSeconds
  /** It stands in no line: it is sent again, replayed or a test, and the endpoint orders it by its sequence. */
  readonly alone?: true
  /** The event, if it is a test, which is not in the log. A test is attempted once. */
  readonly test?: TenantEvent
  /** Rises with every change. */
  readonly version: number
  readonly expiresAt: EpochSeconds
}

/** One of a few sends to an endpoint that may be under way at the same time. */
export interface Slot extends EndpointRef {
  readonly number: number
  readonly until: EpochSeconds
}

export interface DeliveryPage {
  readonly items: readonly Delivery[]
  /** The delivery after which the next page starts. Absent on the last page. */
  readonly next?: DeliveryId
}

export interface Deliveries {
  /** Those that are still there, in no particular order. */
  getMany(refs: readonly DeliveryRef[]): Promise<readonly Delivery[]>
  /** Stores deliveries that stand in no line, all or none. False if the tenant's deletion has begun. */
  create(tenant: TenantId, deliveries: readonly Delivery[]): Promise<boolean>
  /** Those of an endpoint, newest first, at most `limit`, starting after `after`. */
  list(ref: EndpointRef, limit: number, after?: DeliveryId): Promise<DeliveryPage>
  /** Stores a delivery in place of the one that was read. False if that has changed or is gone. One that ended leaves its line. */
  save(read: Delivery, changed: Delivery): Promise<boolean>
  /** When the delivery was made that is before this one in the line of its subject. `undefined` if this one is the first. */
  previous(delivery: Delivery): Promise<EpochSeconds | undefined>
  /** The delivery after this one in the line of its subject. */
  next(delivery: Delivery): Promise<DeliveryRef | undefined>
  /** Deliveries that wait in the lines of an endpoint, at most `limit`, in no particular order. */
  inLine(ref: EndpointRef, limit: number): Promise<readonly DeliveryRef[]>
  /** Deliveries whose attempt is overdue at `now`. Some may be missing for a moment. */
  due(now: EpochSeconds): Promise<readonly DeliveryRef[]>
  /** Takes one of an endpoint's slots until a moment; `undefined` if all are taken. */
  takeSlot(ref: EndpointRef, now: EpochSeconds, until: EpochSeconds): Promise<Slot | undefined>
  giveSlotBack(slot: Slot): Promise<void>
}

/** A delivery as it is stored first. */
export function firstOf(made: NewDelivery): Delivery {
  const { createdAt } = made
  const expiresAt = later(createdAt, KEPT_DAYS * DAY_SECONDS)
  return { ...made, status: 'waiting', attempts: [], tries: 0, nextAt: createdAt, version: 1, expiresAt }
}

/** The delivery after a change by this process. It has given back its claim. */
export function changedTo({ nextAt, claimedUntil, ...read }: Delivery, change: Partial<Delivery>): Delivery {
  return { ...read, ...change, version: read.version + 1 }
}

export function withAttempt({ attempts }: Delivery, attempt: Attempt): readonly Attempt[] {
  return [...attempts, attempt].slice(-MAX_KEPT_ATTEMPTS)
}
