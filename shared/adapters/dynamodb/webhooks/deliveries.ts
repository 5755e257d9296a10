// Deliveries in DynamoDB. The publisher makes them (event-log.ts). Here they are found, changed, and taken out of their lines.
import type { DeliveryRef } from '#domain/events/subscribers.ts'
import type { DeliveryId, EndpointId, TenantId } from '#domain/ids.ts'
import type { EpochSeconds } from '#domain/time.ts'
import type { Deliveries, Delivery, DeliveryPage, Slot } from '#domain/webhooks/delivery.ts'
import type { EndpointRef } from '#domain/webhooks/endpoint.ts'
import { ABSENT, type Condition, type Item } from '../expressions.ts'
import { DUE_INDEX, PARTITION_KEY, SORT_KEY, TTL_ATTRIBUTE } from '../schema.ts'
import type { Table } from '../table.ts'
import { unlessDeleted } from '../tenant-items.ts'
import { deliveryItem, deliveryOf } from './delivery-item.ts'
import {
  DELIVERY_PARTITIONS,
  deliveryKey,
  deliveryPrefix,
  dueDeliveryPartition,
  lineKey,
  linePrefix,
  linesPrefix,
  slotKey,
  webhookPartition,
} from './keys.ts'

/** How many sends to one endpoint may be under way at the same time. */
const SLOTS = 4
/** How many due deliveries of a partition are looked at. The next run finds the others. */
const DUE_AT_ONCE = 500
/** Sorts after every number in a line. */
const LAST = '~'

export class DynamoDbDeliveries implements Deliveries {
  readonly #table: Table

  constructor(table: Table) {
    this.#table = table
  }

  create(tenant: TenantId, deliveries: readonly Delivery[]): Promise<boolean> {
    const puts = deliveries.map((delivery) => ({ put: deliveryItem(delivery), condition: ABSENT }))
    return this.#table.transact([...puts, unlessDeleted(tenant)])
  }

  async list(ref: EndpointRef, limit: number, after?: DeliveryId): Promise<DeliveryPage> {
    const prefix = deliveryPrefix(ref)
    const { items, last } = await this.#table.query({
      partition: [PARTITION_KEY, webhookPartition(ref.tenantId)],
      sort: { attribute: SORT_KEY, expression: 'begins_with(#sort, :prefix)', values: { ':prefix': prefix } },
      newestFirst: true,
      limit,
      ...(after && { after: deliveryKey({ ...ref, id: after }) }),
    })
    const found = items.map(deliveryOf)
    const next = last && found.at(-1)?.id
    return { items: found, ...(next && { next }) }
  }

  /** One by one, because only such reads see what was committed just before. */
  async getMany(refs: readonly DeliveryRef[]): Promise<readonly Delivery[]> {
    const items = await Promise.all(refs.map((ref) => this.#table.get(deliveryKey(ref))))
    return items.filter((item) => item !== undefined).map(deliveryOf)
  }

  save(read: Delivery, changed: Delivery): Promise<boolean> {
    const condition = { expression: 'version = :version', values: { ':version': read.version } }
    const put = { put: deliveryItem(changed), condition }
    if (changed.status === 'waiting' || changed.alone) return this.#table.put(put.put, condition)
    return this.#table.transact([put, { delete: lineKey(changed) }])
  }

  async previous(delivery: Delivery): Promise<EpochSeconds | undefined> {
    const item = await this.#neighbour(delivery, linePrefix(delivery), lineKey(delivery).sk, true)
    return item && (item.createdAt as EpochSeconds)
  }

  async next(delivery: Delivery): Promise<DeliveryRef | undefined> {
    const { tenantId, endpointId } = delivery
    const end = `${linePrefix(delivery)}${LAST}`
    const item = await this.#neighbour(delivery, lineKey(delivery).sk, end, false)
    return item && { tenantId, endpointId, id: item.id as DeliveryId }
  }

  async inLine(ref: EndpointRef, limit: number): Promise<readonly DeliveryRef[]> {
    const { tenantId, endpointId } = ref
    const { items } = await this.#table.query({
      partition: [PARTITION_KEY, webhookPartition(tenantId)],
      sort: {
        attribute: SORT_KEY,
        expression: 'begins_with(#sort, :prefix)',
        values: { ':prefix': linesPrefix(ref) },
      },
      limit,
    })
    return items.map(({ id }) => ({ tenantId, endpointId, id: id as DeliveryId }))
  }

  async due(now: EpochSeconds): Promise<readonly DeliveryRef[]> {
    const { name, partitionKey, sortKey } = DUE_INDEX
    const queries = Array.from({ length: DELIVERY_PARTITIONS }, (_, partition) =>
      this.#table.query({
        index: name,
        partition: [partitionKey, dueDeliveryPartition(partition)],
        sort: { attribute: sortKey, expression: '#sort <= :now', values: { ':now': now } },
        limit: DUE_AT_ONCE,
      }),
    )
    return (await Promise.all(queries)).flatMap(({ items }) => items).map(refOfKey)
  }

  async takeSlot(ref: EndpointRef, now: EpochSeconds, until: EpochSeconds): Promise<Slot | undefined> {
    const first = Math.floor(Math.random() * SLOTS)
    for (let i = 0; i < SLOTS; i++) {
      const slot = { ...ref, number: (first + i) % SLOTS }
      const free = {
        expression: 'attribute_not_exists(pk) OR #until <= :now',
        names: { '#until': 'until' },
        values: { ':now': now },
      }
      const taken = { ...slotKey(slot), until, [TTL_ATTRIBUTE]: until }
      if (await this.#table.put(taken, free)) return { ...slot, until }
    }
    return undefined
  }

  async giveSlotBack(slot: Slot): Promise<void> {
    // After its end, another process may have it.
    const own: Condition = {
      expression: '#until = :until',
      names: { '#until': 'until' },
      values: { ':until': slot.until },
    }
    await this.#table.delete(slotKey(slot), own)
  }

  /** The last or the first of the line between two places, both left out. */
  async #neighbour(
    { tenantId, ...delivery }: Delivery,
    from: string,
    to: string,
    newestFirst: boolean,
  ): Promise<Item | undefined> {
    const own = lineKey({ tenantId, ...delivery }).sk
    const { items } = await this.#table.query({
      partition: [PARTITION_KEY, webhookPartition(tenantId)],
      sort: {
        attribute: SORT_KEY,
        expression: '#sort BETWEEN :from AND :to',
        values: { ':from': from, ':to': to },
      },
      newestFirst,
      limit: 2,
    })
    return items.find(({ sk }) => sk !== own)
  }
}

/** The index has no more than the key: "webhooks#<T>", "delivery#<E>#<D>". */
function refOfKey({ pk, sk }: Item): DeliveryRef {
  const [, endpointId, id] = String(sk).split('#')
  return {
    tenantId: String(pk).slice('webhooks#'.length) as TenantId,
    endpointId: endpointId as EndpointId,
    id: id as DeliveryId,
  }
}
