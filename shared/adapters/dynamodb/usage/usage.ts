// What tenants have used, in DynamoDB. Counters are added to, never read and written back, so that no count is lost.

import type { Stamp } from '#domain/events/event.ts'
import type { TenantId } from '#domain/ids.ts'
import {
  type ConnectionUse,
  type Spender,
  type Spent,
  type Usage,
  type UseLevel,
  WINDOW_SECONDS,
} from '#domain/tenants/usage.ts'
import type { Item, Write } from '../expressions.ts'
import { PARTITION_KEY, prefixOf, SORT_KEY, TTL_ATTRIBUTE, tenantKey } from '../schema.ts'
import type { Table } from '../table.ts'
import { connectionCountKey, requestCountKey, sessionCountKey } from './keys.ts'

/** How long a count is kept after its minute or window, for an operator who investigates. */
const MEMORY_SECONDS = 60 * 60
const RECOUNTS = 5

export class DynamoDbUsage implements Usage {
  readonly #table: Table

  readonly #stamp: Stamp

  constructor(table: Table, stamp: Stamp) {
    this.#table = table
    this.#stamp = stamp
  }

  async connections(tenant: TenantId): Promise<number> {
    return (await this.connectionUse(tenant)).count
  }

  async connectionUse(tenant: TenantId): Promise<ConnectionUse> {
    const { count, level, eventCount } = (await this.#table.get(connectionCountKey(tenant))) ?? {}
    const noted = level as UseLevel | undefined
    return { count: Number(count ?? 0), ...(noted && { level: noted }), eventCount: Number(eventCount ?? 0) }
  }

  async noteUseLevel(tenant: TenantId, read: ConnectionUse, level: UseLevel | undefined): Promise<boolean> {
    const { useLevelNoted } = await import('./use-level.ts')
    return this.#table.transact(useLevelNoted(tenant, read, level, this.#stamp))
  }

  /** Every connection that is made or removed raises "changes". A count is stored only if that has not changed in between. */
  async recountConnections(tenant: TenantId): Promise<number> {
    const key = connectionCountKey(tenant)
    for (let attempt = 0; attempt < RECOUNTS; attempt++) {
      const before = await this.#table.get(key)
      const count = await this.#stored(tenant)
      // A tenant that was erased in the meantime must get no item again.
      if (before === undefined && count === 0) return 0
      const unchanged =
        before?.changes === undefined
          ? { expression: 'attribute_not_exists(changes)' }
          : { expression: 'changes = :changes', values: { ':changes': before.changes } }
      if ((await this.#table.update(key, { set: { count } }, unchanged)) !== undefined) return count
    }
    throw new Error(`The connections of tenant "${tenant}" kept changing while they were counted`)
  }

  async #stored(tenant: TenantId): Promise<number> {
    let count = 0
    for (let after: Item | undefined; ; ) {
      const { items, last } = await this.#table.query({
        partition: [PARTITION_KEY, tenantKey(tenant).pk],
        sort: {
          attribute: SORT_KEY,
          expression: 'begins_with(#sort, :prefix)',
          values: { ':prefix': prefixOf.connections },
        },
        ...(after && { after }),
      })
      count += items.length
      if (last === undefined) return count
      after = last
    }
  }

  async countSession(spender: Spender, minute: number, max: number): Promise<boolean> {
    const counted = await this.#table.update(
      sessionCountKey(spender, minute),
      { set: { [TTL_ATTRIBUTE]: minute * 60 + MEMORY_SECONDS }, add: { count: 1 } },
      below(max),
    )
    return counted !== undefined
  }

  async addRequests(spender: Spender, window: number, spent: Spent): Promise<Spent> {
    const { requests, shared, busySeconds } = spent
    const sums = await this.#table.update(requestCountKey(spender, window), {
      set: { [TTL_ATTRIBUTE]: window * WINDOW_SECONDS + MEMORY_SECONDS },
      add: { requests, shared, busyMs: Math.round(busySeconds * 1000) },
    })
    return spentOf(sums)
  }

  async requests(spender: Spender, window: number): Promise<Spent> {
    return spentOf(await this.#table.get(requestCountKey(spender, window)))
  }
}

/** Items of earlier versions have no time. */
function spentOf({ requests = 0, shared = 0, busyMs = 0 }: Item = {}): Spent {
  return { requests: Number(requests), shared: Number(shared), busySeconds: Number(busyMs) / 1000 }
}

/** The part of a transaction that counts a connection in or out. */
export function connectionCounted(tenant: TenantId, by: 1 | -1, max?: number): Write {
  return {
    update: connectionCountKey(tenant),
    change: { set: {}, add: { count: by, changes: 1 } },
    ...(max !== undefined && { condition: below(max) }),
  }
}

function below(max: number) {
  return {
    expression: 'attribute_not_exists(#count) OR #count < :max',
    names: { '#count': 'count' },
    values: { ':max': max },
  }
}
