// Who is told of an event as soon as it is in the log: a tenant's webhook endpoints. The publisher makes the deliveries in the
// transaction that puts the event into the log, so that none is missing and none is there twice. How they are sent: webhooks/.
import type { DeliveryId, EndpointId, EventId, MintId, TenantId } from '../ids.ts'
import type { EpochSeconds } from '../time.ts'
import { type LoggedEvent, subjectOf } from './event.ts'
import { isOfType } from './event-types.ts'

export interface Subscriber {
  readonly endpointId: EndpointId
  /** The types that it gets. Absent: all types. */
  readonly types?: readonly string[]
}

/** An event that is to be sent to an endpoint. */
export interface NewDelivery {
  readonly id: DeliveryId
  readonly tenantId: TenantId
  readonly endpointId: EndpointId
  readonly event: { readonly id: EventId; readonly type: string; readonly position: number }
  /** What the event is about. An endpoint gets the events about one thing in their order. */
  readonly subject: string
  readonly sequence: number
  readonly createdAt: EpochSeconds
}

export type DeliveryRef = Pick<NewDelivery, 'id' | 'tenantId' | 'endpointId'>

export interface Subscribers {
  /** The endpoints of a tenant that are enabled. */
  subscribers(tenant: TenantId): Promise<readonly Subscriber[]>
}

export interface Wake {
  /** Default: at once. At most 900. */
  readonly delaySeconds?: number
  /** How often the senders were woken for these deliveries in vain, because others were under way. */
  readonly vain?: number
}

/** Wakes the senders. If that fails, the schedule finds the deliveries when they are overdue. */
export interface Senders {
  wake(deliveries: readonly DeliveryRef[], wake?: Wake): Promise<void>
}

export function deliveriesOf(
  events: readonly LoggedEvent[],
  subscribers: readonly Subscriber[],
  newId: MintId,
): readonly NewDelivery[] {
  return events.flatMap((event) =>
    subscribers
      .filter(({ types }) => types === undefined || types.some((wanted) => isOfType(event.type, wanted)))
      .map(({ endpointId }) => ({
        id: newId('delivery'),
        tenantId: event.tenantId,
        endpointId,
        event: { id: event.id, type: event.type, position: event.position },
        subject: subjectOf(event),
        sequence: event.data.sequence,
        createdAt: event.publishedAt,
      })),
  )
}
