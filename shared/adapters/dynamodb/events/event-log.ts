// The outbox and the event log in DynamoDB. Readers leave out an expired event by its own time; the TTL only cleans up.
import type { LoggedEvent, TenantEvent } from '#domain/events/event.ts'
import type { EventLog, Outbox } from '#domain/events/event-log.ts'
import type { NewDelivery } from '#domain/events/subscribers.ts'
import type { TenantId } from '#domain/ids.ts'
import type { EpochSeconds } from '#domain/time.ts'
import { ABSENT, type Condition, type Item } from '../expressions.ts'
import { DUE_INDEX, PARTITION_KEY, prefixOf, SORT_KEY, TTL_ATTRIBUTE, tenantKey } from '../schema.ts'
import type { Table } from '../table.ts'
import { EXISTS, withoutKey } from '../tenant-items.ts'
import { deliveryWrites } from '../webhooks/delivery-item.ts'
import {
  dueOutboxPartition,
  eventLogPartition,
  lastPositionKey,
  loggedEventKey,
  OUTBOX_PARTITIONS,
  positionsAfter,
} from './keys.ts'
import { keyInOutbox, waitingEventOf } from './outbox-item.ts'

/** How many overdue events of a partition are looked at. The next sweep finds the others. */
const OVERDUE_AT_ONCE = 1000

export class DynamoDbEventLog implements EventLog, Outbox {
  readonly #table: Table

  constructor(table: Table) {
    this.#table = table
  }

  async waiting(tenant: TenantId, limit: number): Promise<readonly TenantEvent[]> {
    const found: Item[] = []
    // DynamoDB reads a megabyte at a time, and events of ClickFunnels have a body.
    for (let after: Item | undefined; found.length < limit; ) {
      const { items, last } = await this.#table.query({
        partition: [PARTITION_KEY, tenantKey(tenant).pk],
        sort: {
          attribute: SORT_KEY,
          expression: 'begins_with(#sort, :prefix)',
          values: { ':prefix': prefixOf.outbox },
        },
        limit: limit - found.length,
        ...(after && { after }),
      })
      found.push(...items)
      if (last === undefined) break
      after = last
    }
    return found.map(waitingEventOf)
  }

  async lastPosition(tenant: TenantId): Promise<number> {
    const item = await this.#table.get(lastPositionKey(tenant))
    return Number(item?.position ?? 0)
  }

  publish(
    tenant: TenantId,
    last: number,
    events: readonly LoggedEvent[],
    deliveries: readonly NewDelivery[],
  ): Promise<boolean> {
    return this.#table.transact([
      {
        put: { ...lastPositionKey(tenant), position: last + events.length },
        condition: last === 0 ? ABSENT : isLast(last),
      },
      ...events.flatMap((event) => [
        {
          put: { ...loggedEventKey(tenant, event.position), ...event, [TTL_ATTRIBUTE]: event.expiresAt },
          condition: ABSENT,
        },
        { delete: keyInOutbox(event), condition: EXISTS },
      ]),
      ...deliveryWrites(deliveries),
    ])
  }

  async overdue(now: EpochSeconds): Promise<readonly TenantId[]> {
    const { name, partitionKey, sortKey } = DUE_INDEX
    const queries = Array.from({ length: OUTBOX_PARTITIONS }, (_, partition) =>
      this.#table.query({
        index: name,
        partition: [partitionKey, dueOutboxPartition(partition)],
        sort: { attribute: sortKey, expression: '#sort <= :now', values: { ':now': now } },
        limit: OVERDUE_AT_ONCE,
      }),
    )
    const found = (await Promise.all(queries)).flatMap(({ items }) => items)
    return [...new Set(found.map(({ pk }) => String(pk).slice('tenant#'.length) as TenantId))]
  }

  async after(tenant: TenantId, position: number, limit: number): Promise<readonly LoggedEvent[]> {
    const { from, to } = positionsAfter(position)
    const { items } = await this.#table.query({
      partition: [PARTITION_KEY, eventLogPartition(tenant)],
      sort: {
        attribute: SORT_KEY,
        expression: '#sort BETWEEN :from AND :to',
        values: { ':from': from, ':to': to },
      },
      limit,
    })
    return items.map((item) => withoutKey<LoggedEvent>(item))
  }
}

function isLast(position: number): Condition {
  return {
    expression: '#position = :last',
    names: { '#position': 'position' },
    values: { ':last': position },
  }
}
