// A delivery as items: itself, and its place in the line of its subject while it waits. While it waits it is in the due index, too.
import type { NewDelivery } from '#domain/events/subscribers.ts'
import { later } from '#domain/time.ts'
import { type Delivery, firstOf } from '#domain/webhooks/delivery.ts'
import { ABSENT, type Item, type Write } from '../expressions.ts'
import { DUE_INDEX, duePartitionOf, TTL_ATTRIBUTE } from '../schema.ts'
import { withoutKey } from '../tenant-items.ts'
import { DELIVERY_PARTITIONS, deliveryKey, dueDeliveryPartition, lineKey } from './keys.ts'

/** How long the queue has to wake a sender before the schedule does. */
const OVERDUE_SECONDS = 60

/** The parts of a transaction that store new deliveries. */
export function deliveryWrites(made: readonly NewDelivery[]): readonly Write[] {
  return made.flatMap((one) => {
    const delivery = firstOf(one)
    const { id, createdAt, expiresAt } = delivery
    const place = { ...lineKey(one), id, createdAt, [TTL_ATTRIBUTE]: expiresAt }
    return [
      { put: deliveryItem(delivery), condition: ABSENT },
      { put: place, condition: ABSENT },
    ]
  })
}

export function deliveryItem(delivery: Delivery): Item {
  const { nextAt, claimedUntil, id, expiresAt } = delivery
  const dueAt = claimedUntil ?? (nextAt && later(nextAt, OVERDUE_SECONDS))
  const due = dueAt !== undefined && {
    [DUE_INDEX.partitionKey]: dueDeliveryPartition(duePartitionOf(id) % DELIVERY_PARTITIONS),
    [DUE_INDEX.sortKey]: dueAt,
  }
  return { ...deliveryKey(delivery), ...delivery, ...due, [TTL_ATTRIBUTE]: expiresAt }
}

export function deliveryOf(item: Item): Delivery {
  const { [DUE_INDEX.partitionKey]: _, [DUE_INDEX.sortKey]: __, ...delivery } = withoutKey<Item>(item)
  return delivery as unknown as Delivery
}
