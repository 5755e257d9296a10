// A map with room for a number of entries: what a process remembers must not grow without end.

/** Setting a key makes its entry the newest. Beyond `max` entries the oldest one is evicted. */
export class BoundedMap<K, V> extends Map<K, V> {
  readonly #max: number
  readonly #onEviction: ((evicted: V) => void) | undefined

  constructor(max: number, onEviction?: (evicted: V) => void) {
    super()
    this.#max = max
    this.#onEviction = onEviction
  }

  override set(key: K, value: V): this {
    this.delete(key)
    super.set(key, value)
    if (this.size > this.#max) this.#evictOldest()
    return this
  }

  #evictOldest(): void {
    // A map iterates in the order of insertion.
    for (const [oldest, evicted] of this) {
      this.delete(oldest)
      this.#onEviction?.(evicted)
      return
    }
  }
}
