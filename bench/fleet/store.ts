// The store of the simulation: connections in memory under the conditions of the real one, each call after a latency, what
// it consumes counted as DynamoDB counts (a write of an item under 1 KB is one unit; moving it in the due index, two more).

import type { Connection, ConnectionRef, Lease } from '#domain/connections/connection.ts'
import type { ConnectionChange, Fence } from '#domain/connections/connection-store.ts'
import { DUE_PARTITIONS, type DueCursor, type DueIndex, type DueWork } from '#domain/keep-alive/due.ts'
import type { EpochSeconds } from '#domain/time.ts'
import type { VirtualTime } from './virtual-time.ts'

const READ_MILLISECONDS = 4
const WRITE_MILLISECONDS = 6
/** Entries of the due index take about 200 bytes; a read unit of an eventually consistent query is 8 KB. */
const ENTRIES_PER_READ_UNIT = 40

/** A partition key takes so many write units a second (AWS, "Best practices for designing partition keys"). */
const UNITS_PER_SECOND = 1000
/** The SDK's first retries of a throttled call. */
const RETRY_MILLISECONDS = 75

export const partitionOf = (number: number): number => number % DUE_PARTITIONS

export class FleetStore implements DueIndex {
  readonly items = new Map<string, Connection>()
  readUnits = 0
  writeUnits = 0
  readonly #time: VirtualTime
  throttled = 0
  /** By partition key: the write units of the present second. */
  readonly #used = new Map<string, { second: number; units: number }>()
  /** By partition: what becomes due in a second. Entries are checked when read: moved ones stay behind. */
  readonly #due: Map<number, string[]>[]

  constructor(time: VirtualTime) {
    this.#time = time
    this.#due = Array.from({ length: DUE_PARTITIONS }, () => new Map())
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

  async acquireLease(
    { tenantId, connectionId }: ConnectionRef,
    generation: number,
    lease: Lease,
    now: EpochSeconds,
  ) {
    await this.#write(tenantId, 1)
    const stored = this.items.get(connectionId)
    if (stored?.generation !== generation) return false
    if (stored.lease !== undefined && stored.lease.until > now) return false
    this.items.set(connectionId, { ...stored, lease })
    return true
  }

  async update(
    { tenantId, connectionId }: ConnectionRef,
    fence: Fence,
    change: ConnectionChange,
  ): Promise<boolean> {
    await this.#write(tenantId, 1)
    const stored = this.items.get(connectionId)
    if (stored?.generation !== fence.generation) return false
    if (fence.leaseOwner !== undefined && stored.lease?.owner !== fence.leaseOwner) return false
    const changed: Record<string, unknown> = { ...stored, ...change }
    for (const [name, value] of Object.entries(change)) if (value === null) delete changed[name]
    this.items.set(connectionId, changed as unknown as Connection)
    if (change.dueAt !== undefined) {
      this.writeUnits += 2
      this.#take(`due#${partitionOf(Number(connectionId.slice(5)))}`, 2)
      this.#enter(changed as unknown as Connection)
    }
    return true
  }

  addTimelineEntry(tenant: string): Promise<void> {
    return this.#write(`timeline#${tenant}`, 1)
  }

  async due(partition: number, now: EpochSeconds, limit: number, after?: DueCursor) {
    await this.#time.sleep(READ_MILLISECONDS)
    const from = (after as unknown as { second: number; place: number } | undefined) ?? {
      second: 0,
      place: 0,
    }
    const items: DueWork[] = []
    const seconds = [...(this.#due[partition] ?? new Map<number, string[]>()).keys()]
      .filter((second) => second >= from.second && second <= now)
      .sort((one, other) => one - other)
    let next: DueCursor | undefined
    for (const second of seconds) {
      const ids = this.#due[partition]?.get(second) ?? []
      let place = second === from.second ? from.place : 0
      for (; place < ids.length && items.length < limit; place++) {
        const connection = this.items.get(ids[place] ?? '')
        if (connection?.dueAt !== second) continue
        const { tenantId, appId, id: connectionId } = connection
        items.push({ kind: 'connection', tenantId, appId, connectionId, dueAt: second as EpochSeconds })
      }
      if (items.length === limit) {
        next = { second, place } as unknown as DueCursor
        break
      }
      // Nothing of a past second is entered any more.
      if (after === undefined && !ids.some((id) => this.items.get(id)?.dueAt === second)) {
        this.#due[partition]?.delete(second)
      }
    }
    this.readUnits += Math.max(0.5, items.length / ENTRIES_PER_READ_UNIT)
    return next === undefined ? { items } : { items, next }
  }

  /** A write takes its time, and more where its partition key has no units left this second. */
  async #write(tenant: string, units: number): Promise<void> {
    this.writeUnits += units
    while (!this.#take(tenant, units)) {
      this.throttled += 1
      await this.#time.sleep(RETRY_MILLISECONDS)
    }
    await this.#time.sleep(WRITE_MILLISECONDS)
  }

  /** Whether the partition key has the units left in this second; then they are taken. */
  #take(key: string, units: number): boolean {
    const second = Math.floor(this.#time.now / 1000)
    const used = this.#used.get(key)
    if (used?.second !== second) {
      this.#used.set(key, { second, units })
      return true
    }
    if (used.units + units > UNITS_PER_SECOND) return false
    used.units += units
    return true
  }

  #enter({ id, dueAt }: Connection): void {
    if (dueAt === undefined) return
    const partition = this.#due[partitionOf(Number(id.slice(5)))]
    const ids = partition?.get(dueAt)
    if (ids) ids.push(id)
    else partition?.set(dueAt, [id])
  }
}
