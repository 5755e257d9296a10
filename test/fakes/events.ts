// The outbox and the event log in maps. The other fakes put their events into it, in the same step as the change.
import { entryOfEvent } from '#domain/connections/timeline.ts'
import {
  type EventDraft,
  type LoggedEvent,
  type Stamp,
  subjectOf,
  type TenantEvent,
} from '#domain/events/event.ts'
import type { EventLog, Outbox } from '#domain/events/event-log.ts'
import type { NewDelivery } from '#domain/events/subscribers.ts'
import type { TenantId } from '#domain/ids.ts'
import { type EpochSeconds, later } from '#domain/time.ts'
import type { FakeDeliveries } from './deliveries.ts'
import { FakeTimeline } from './timeline.ts'

export class FakeEvents implements Outbox, EventLog {
  readonly #stamp: Stamp
  readonly #deliveries: FakeDeliveries
  readonly #outbox = new Map<string, TenantEvent>()
  readonly #logs = new Map<TenantId, LoggedEvent[]>()

  readonly #timeline: FakeTimeline

  constructor(stamp: Stamp, deliveries: FakeDeliveries, timeline = new FakeTimeline()) {
    this.#stamp = stamp
    this.#deliveries = deliveries
    this.#timeline = timeline
  }

  /** Puts the event of a change into the outbox, and its entry into the timeline. */
  write(draft: EventDraft | undefined): void {
    if (draft === undefined) return
    const event = structuredClone(this.#stamp(draft))
    this.#outbox.set(placeOf(draft), event)
    this.#timeline.put(entryOfEvent(event))
  }

  async waiting(tenant: TenantId, limit: number): Promise<readonly TenantEvent[]> {
    const own = [...this.#outbox].filter(([, { tenantId }]) => tenantId === tenant)
    const sorted = own.toSorted(([one], [other]) => (one < other ? -1 : 1))
    return structuredClone(sorted.slice(0, limit).map(([, event]) => event))
  }

  async publish(
    tenant: TenantId,
    last: number,
    events: readonly LoggedEvent[],
    deliveries: readonly NewDelivery[],
  ): Promise<boolean> {
    const log = this.#logs.get(tenant) ?? []
    const isWaiting = events.every((event) => this.#outbox.has(placeOf(event)))
    if (!isWaiting || (log.at(-1)?.position ?? 0) !== last) return false
    for (const event of events) this.#outbox.delete(placeOf(event))
    this.#logs.set(tenant, [...log, ...structuredClone(events)])
    this.#deliveries.make(deliveries)
    return true
  }

  async overdue(now: EpochSeconds): Promise<readonly TenantId[]> {
    const late = [...this.#outbox.values()].filter(({ at }) => later(at, 60) <= now)
    return [...new Set(late.map(({ tenantId }) => tenantId))]
  }

  async lastPosition(tenant: TenantId): Promise<number> {
    return this.#logs.get(tenant)?.at(-1)?.position ?? 0
  }

  async after(tenant: TenantId, position: number, limit: number): Promise<readonly LoggedEvent[]> {
    const later = (this.#logs.get(tenant) ?? []).filter((event) => event.position > position)
    return structuredClone(later.slice(0, limit))
  }

  erase(tenant: TenantId, limit: number): number {
    const waiting = [...this.#outbox].filter(([, { tenantId }]) => tenantId === tenant).slice(0, limit)
    for (const [key] of waiting) this.#outbox.delete(key)
    const logged = waiting.length < limit && this.#logs.delete(tenant)
    return waiting.length + (logged ? 1 : 0)
  }

  /** The types of all events that were written, published or not, in the order in which they were written. */
  story(): string[] {
    const published = [...this.#logs.values()].flat()
    const all = [...published, ...this.#outbox.values()].toSorted((one, other) =>
      one.id < other.id ? -1 : 1,
    )
    return all.map(({ type, data }) => (data.reason === undefined ? type : `${type}: ${data.reason}`))
  }
}

/** Where an event is in the outbox: no two have the same place. */
function placeOf(event: EventDraft): string {
  return `${event.tenantId}/${subjectOf(event)}/${String(event.data.sequence).padStart(12, '0')}`
}
