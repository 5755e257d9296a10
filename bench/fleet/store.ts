// The store of the simulation: connections in memory under the conditions of the real one, each call after a latency, what
// it consumes counted as DynamoDB counts (a write of an item under 1 KB is one unit; moving it in the due index, two more).

import { dueShardOf } from '#adapters/dynamodb/schema.ts'
import type { Connection, ConnectionRef, Lease } from '#domain/connections/connection.ts'
import type { ConnectionChange, Fence } from '#domain/connections/connection-store.ts'
import type { DueCursor, DueIndex, DueWork } from '#domain/keep-alive/due.ts'
import type { EpochSeconds } from '#domain/time.ts'
import type { VirtualTime } from './virtual-time.ts'

const READ_MILLISECONDS = 4
const WRITE_MILLISECONDS = 6
/** Entries of the due index take about 200 bytes; a read unit of an eventually consistent query is 8 KB. */
const ENTRIES_PER_READ_UNIT = 40

export class FleetStore implements DueIndex {
  readonly items = new Map<string, Connection>()
  readUnits = 0
  writeUnits = 0
  readonly #time: VirtualTime
  /** By shard: what becomes due in a second. Entries are checked when read: moved ones stay behind. */
  readonly #due: Map<number, string[]>[]

  constructor(time: VirtualTime, shards: number) {
    this.#time = time
    this.#due = Array.from({ length: shards }, () => new Map())
  }

  add(connection: Connection): void {
    this.items.set(connection.id, connection)
    this.#enter(connection)
  }

  async get({ connectionId }: ConnectionRef): Promise<Connection | undefined> {
    this.readUnits += 1
    await this.#time.sleep(READ_MILLISECONDS)
    return this.items.get(connectionId)
  }

  async acquireLease({ connectionId }: ConnectionRef, generation: number, lease: Lease, now: EpochSeconds) {
    this.writeUnits += 1
    await this.#time.sleep(WRITE_MILLISECONDS)
    const stored = this.items.get(connectionId)
    if (stored?.generation !== generation) return false
    if (stored.lease !== undefined && stored.lease.until > now) return false
    this.items.set(connectionId, { ...stored, lease })
    return true
  }

  async update({ connectionId }: ConnectionRef, fence: Fence, change: ConnectionChange): Promise<boolean> {
    this.writeUnits += 1
    await this.#time.sleep(WRITE_MILLISECONDS)
    const stored = this.items.get(connectionId)
    if (stored?.generation !== fence.generation) return false
    if (fence.leaseOwner !== undefined && stored.lease?.owner !== fence.leaseOwner) return false
    const changed: Record<string, unknown> = { ...stored, ...change }
    for (const [name, value] of Object.entries(change)) if (value === null) delete changed[name]
    this.items.set(connectionId, changed as unknown as Connection)
    if (change.dueAt !== undefined) {
      this.writeUnits += 2
      this.#enter(changed as unknown as Connection)
    }
    return true
  }

  async due(shard: number, now: EpochSeconds, limit: number, after?: DueCursor) {
    await this.#time.sleep(READ_MILLISECONDS)
    const from = (after as unknown as { second: number; place: number } | undefined) ?? {
      second: 0,
      place: 0,
    }
    const items: DueWork[] = []
    const seconds = [...(this.#due[shard] ?? new Map<number, string[]>()).keys()]
      .filter((second) => second >= from.second && second <= now)
      .sort((one, other) => one - other)
    let next: DueCursor | undefined
    for (const second of seconds) {
      const ids = this.#due[shard]?.get(second) ?? []
      let place = second === from.second ? from.place : 0
      for (; place < ids.length && items.length < limit; place++) {
        const connection = this.items.get(ids[place] ?? '')
        if (connection?.dueAt !== second) continue
        const { tenantId, appId, id: connectionId } = connection
        items.push({ kind: 'connection', tenantId, appId, connectionId })
      }
      if (items.length === limit) {
        next = { second, place } as unknown as DueCursor
        break
      }
      // Nothing of a past second is entered any more.
      if (after === undefined && !ids.some((id) => this.items.get(id)?.dueAt === second)) {
        this.#due[shard]?.delete(second)
      }
    }
    this.readUnits += Math.max(0.5, items.length / ENTRIES_PER_READ_UNIT)
    return next === undefined ? { items } : { items, next }
  }

  #enter({ id, dueAt }: Connection): void {
    if (dueAt === undefined) return
    const shard = this.#due[dueShardOf(id)]
    const ids = shard?.get(dueAt)
    if (ids) ids.push(id)
    else shard?.set(dueAt, [id])
  }
}
