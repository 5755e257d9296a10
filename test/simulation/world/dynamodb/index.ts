// A global secondary index: a copy of the items that have its keys. Each change reaches it some time after the table.
import { type Place, putPlace, type Row, type SortType, takePlace } from './places.ts'
import { type AttributeValue, equal, type Item, sizeOfItem } from './value.ts'

export interface IndexShape {
  readonly name: string
  readonly partitionKey: string
  readonly sortKey: string
  readonly sortType: SortType
  /** What it holds besides the keys. */
  readonly attributes: readonly string[]
}

interface Change {
  readonly id: string
  readonly row: Row | undefined
  /** In milliseconds since the epoch. */
  readonly visibleAt: number
}

export class StoredIndex {
  readonly shape: IndexShape
  readonly partitions: Map<string, Place[]>
  readonly #kept: ReadonlySet<string>
  /** What it holds of each item. */
  readonly #rows: Map<string, Row>
  #pending: Change[]

  constructor(shape: IndexShape, tableKeys: readonly string[], from?: StoredIndex) {
    this.shape = shape
    this.#kept = new Set([...tableKeys, shape.partitionKey, shape.sortKey, ...shape.attributes])
    this.partitions = new Map([...(from?.partitions ?? [])].map(([key, places]) => [key, [...places]]))
    this.#rows = new Map(from ? from.#rows : [])
    this.#pending = from ? [...from.#pending] : []
  }

  clone(): StoredIndex {
    return new StoredIndex(this.shape, [...this.#kept], this)
  }

  /** What the index will hold of an item; `undefined` if the item has not both keys. */
  rowOf(item: Item | undefined): Row | undefined {
    const { partitionKey, sortKey } = this.shape
    if (item?.[partitionKey] === undefined || item[sortKey] === undefined) return undefined
    const kept: Record<string, AttributeValue> = {}
    for (const name of this.#kept) if (item[name] !== undefined) kept[name] = item[name]
    return { item: kept, bytes: sizeOfItem(kept) }
  }

  /**
   * Takes a change of an item. Changes of one item stay in order, those of different items need not.
   * @param visibleAt when a reader sees it, in milliseconds
   */
  change(
    id: string,
    before: Item | undefined,
    after: Item | undefined,
    now: number,
    visibleAt: number,
  ): void {
    if (before && after && this.#showsSame(before, after)) return
    const row = this.rowOf(after)
    if (row === undefined && this.rowOf(before) === undefined) return
    const earlier = this.#pending.findLast((change) => change.id === id)
    if (earlier === undefined && visibleAt <= now) this.#apply(id, row)
    else this.#pending.push({ id, row, visibleAt: Math.max(visibleAt, earlier?.visibleAt ?? 0) })
  }

  /** Applies what is visible by now. */
  catchUp(now: number): void {
    if (this.#pending.length === 0) return
    const later: Change[] = []
    for (const change of this.#pending) {
      if (change.visibleAt > now) later.push(change)
      else this.#apply(change.id, change.row)
    }
    this.#pending = later
  }

  #showsSame(before: Item, after: Item): boolean {
    for (const name of this.#kept) {
      const [one, other] = [before[name], after[name]]
      if (one !== other && (one === undefined || other === undefined || !equal(one, other))) return false
    }
    return true
  }

  #apply(id: string, row: Row | undefined): void {
    const { sortType } = this.shape
    const former = this.#rows.get(id)
    if (former) {
      const { partition, sort } = this.#keysOf(former)
      const places = this.partitions.get(partition) ?? []
      takePlace(places, sortType, { sort, id })
      if (places.length === 0) this.partitions.delete(partition)
    }
    if (row === undefined) {
      this.#rows.delete(id)
      return
    }
    this.#rows.set(id, row)
    const { partition, sort } = this.#keysOf(row)
    const places = this.partitions.get(partition) ?? []
    if (places.length === 0) this.partitions.set(partition, places)
    putPlace(places, sortType, { sort, id, row })
  }

  #keysOf({ item }: Row): { readonly partition: string; readonly sort: string } {
    const { partitionKey, sortKey, sortType } = this.shape
    return { partition: item[partitionKey]?.S ?? '', sort: item[sortKey]?.[sortType] ?? '' }
  }
}
