// A table in memory: its items, its indexes, and what makes DynamoDB slow to show a change (index lag, replicas, TTL).
import type { Random } from '../random.ts'
import { type IndexShape, StoredIndex } from './index.ts'
import { type Place, putPlace, type Row, takePlace } from './places.ts'
import { type Item, sizeOfItem } from './value.ts'

export interface TableShape {
  readonly name: string
  readonly partitionKey: string
  readonly sortKey: string
  readonly ttl: string
  readonly indexes: readonly IndexShape[]
}

/** How late DynamoDB is, at most. Each delay is drawn anew. */
export interface Lateness {
  /** Until an index shows a change. */
  indexMilliseconds: number
  /** Until every read that is not consistent shows a change. */
  replicaMilliseconds: number
  /** Until an expired item is deleted; DynamoDB says "within a few days", so up to 48 h. */
  ttlMilliseconds: number
  /** How long a transaction keeps others from its items. */
  transactionMilliseconds: number
}

export const NEVER_LATE: Lateness = {
  indexMilliseconds: 0,
  replicaMilliseconds: 0,
  ttlMilliseconds: 48 * 60 * 60 * 1000,
  transactionMilliseconds: 0,
}

/** DynamoDB does not delete what expired longer ago. */
const OLDEST_TTL_MILLISECONDS = 5 * 365 * 24 * 60 * 60 * 1000

interface Former {
  readonly row: Row | undefined
  readonly until: number
}

export class StoredTable {
  readonly shape: TableShape
  readonly lateness: Lateness
  readonly random: Random
  readonly rows: Map<string, Row>
  readonly partitions: Map<string, Place[]>
  readonly indexes: readonly StoredIndex[]
  /** Until when a partition of the table or of an index is throttled, by its key, in milliseconds. */
  readonly throttled: Map<string, number>
  /** Until when items are in a transaction, in milliseconds. */
  readonly busy: Map<string, number>
  readonly #former: Map<string, Former>
  /** When an item with a TTL will be deleted. */
  readonly #ends: Map<string, number>
  #nextEnd: number

  constructor(shape: TableShape, lateness: Lateness, random: Random, from?: StoredTable) {
    this.shape = shape
    this.lateness = { ...lateness }
    this.random = random
    const keys = [shape.partitionKey, shape.sortKey]
    this.indexes =
      from?.indexes.map((index) => index.clone()) ?? shape.indexes.map((one) => new StoredIndex(one, keys))
    this.rows = new Map(from?.rows)
    this.partitions = new Map([...(from?.partitions ?? [])].map(([key, places]) => [key, [...places]]))
    this.throttled = new Map(from?.throttled)
    this.busy = new Map(from?.busy)
    this.#former = new Map(from ? from.#former : [])
    this.#ends = new Map(from ? from.#ends : [])
    this.#nextEnd = from ? from.#nextEnd : Number.POSITIVE_INFINITY
  }

  clone(random: Random): StoredTable {
    return new StoredTable(this.shape, this.lateness, random, this)
  }

  idOf(key: Item): string {
    return `${key[this.shape.partitionKey]?.S}\0${key[this.shape.sortKey]?.S}`
  }

  /** An item; a read that is not consistent may show what it was before its last change. */
  read(key: Item, consistent: boolean, now: number): Row | undefined {
    const id = this.idOf(key)
    if (!consistent && this.#former.size > 0) {
      const former = this.#former.get(id)
      if (former && former.until > now && this.random.next() < 0.5) return former.row
    }
    return this.rows.get(id)
  }

  /** Stores an item under its key, or deletes the item of the key. */
  store(key: Item, item: Item | undefined, now: number): void {
    const id = this.idOf(key)
    const [partition, sort] = [key[this.shape.partitionKey]?.S ?? '', key[this.shape.sortKey]?.S ?? '']
    const before = this.rows.get(id)
    const { indexMilliseconds, replicaMilliseconds } = this.lateness
    if (replicaMilliseconds > 0) {
      this.#former.set(id, { row: before, until: now + this.random.next() * replicaMilliseconds })
    }
    for (const index of this.indexes) {
      const visibleAt = indexMilliseconds > 0 ? now + this.random.next() * indexMilliseconds : now
      index.change(id, before?.item, item, now, visibleAt)
    }
    this.#expire(id, item, now)
    const places = this.partitions.get(partition) ?? []
    if (item === undefined) {
      this.rows.delete(id)
      takePlace(places, 'S', { sort, id })
      if (places.length === 0) this.partitions.delete(partition)
      return
    }
    const row = { item, bytes: sizeOfItem(item) }
    this.rows.set(id, row)
    if (places.length === 0) this.partitions.set(partition, places)
    putPlace(places, 'S', { sort, id, row })
  }

  /** Deletes what has expired and was found by DynamoDB by now. */
  sweep(now: number): void {
    if (now < this.#nextEnd) return
    this.#nextEnd = Number.POSITIVE_INFINITY
    for (const [id, end] of this.#ends) {
      if (end > now) {
        this.#nextEnd = Math.min(this.#nextEnd, end)
        continue
      }
      const item = this.rows.get(id)?.item
      if (item) this.store(item, undefined, now)
    }
  }

  #expire(id: string, item: Item | undefined, now: number): void {
    const seconds = item?.[this.shape.ttl]?.N
    this.#ends.delete(id)
    if (seconds === undefined || Number(seconds) * 1000 < now - OLDEST_TTL_MILLISECONDS) return
    const end = Math.max(now, Number(seconds) * 1000) + this.random.next() * this.lateness.ttlMilliseconds
    this.#ends.set(id, end)
    this.#nextEnd = Math.min(this.#nextEnd, end)
  }
}
