// An event in the outbox: an item that is put in the transaction of the change. The table's stream tells the publisher at once.
// If that fails, the due index tells it a minute later.
import { entryOfEvent } from '#domain/connections/timeline.ts'
import { subjectOf, type TenantEvent } from '#domain/events/event.ts'
import { later } from '#domain/time.ts'
import { timelineItem } from '../connections/timeline.ts'
import { ABSENT, type Item, type Write } from '../expressions.ts'
import { DUE_INDEX, duePartitionOf, type Key } from '../schema.ts'
import { dueOutboxPartition, OUTBOX_PARTITIONS, outboxKey } from './keys.ts'

/** How long the stream has before the sweep looks after an event. */
const OVERDUE_SECONDS = 60

export function keyInOutbox(event: TenantEvent): Key {
  return outboxKey(event.tenantId, subjectOf(event), event.data.sequence)
}

/** The part of a transaction that writes the event of the change, and its entry in the timeline. No part if there is no event. */
export function outboxWrites(event: TenantEvent | undefined): readonly Write[] {
  if (event === undefined) return []
  const due = {
    [DUE_INDEX.partitionKey]: dueOutboxPartition(duePartitionOf(event.id) % OUTBOX_PARTITIONS),
    [DUE_INDEX.sortKey]: later(event.at, OVERDUE_SECONDS),
  }
  const entry = entryOfEvent(event)
  return [
    { put: { ...keyInOutbox(event), ...event, ...due }, condition: ABSENT },
    ...(entry ? [{ put: timelineItem(entry) }] : []),
  ]
}

export function waitingEventOf(item: Item): TenantEvent {
  const { pk, sk, [DUE_INDEX.partitionKey]: _, [DUE_INDEX.sortKey]: __, ...event } = item
  return event as unknown as TenantEvent
}
