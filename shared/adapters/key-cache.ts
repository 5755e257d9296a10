// Plain keys in memory, bounded in time, uses and count, and zeroed when they leave. A key that somebody is using at that
// moment is zeroed when the last user is done: users are counted from before the key is there.

export interface KeyCacheBounds {
  readonly seconds: number
  /** After so many uses a key is loaded anew. */
  readonly uses: number
  readonly count: number
}

interface Entry<V> {
  readonly value: Promise<V>
  /** Milliseconds of the monotonic clock. */
  readonly until: number
  loaded?: V
  uses: number
  users: number
  evicted: boolean
}

export class KeyCache<V extends { readonly key: Uint8Array }> {
  readonly #entries = new Map<string, Entry<V>>()
  readonly #bounds: KeyCacheBounds

  constructor(bounds: KeyCacheBounds) {
    this.#bounds = bounds
  }

  /** Runs something with the key of that name, loaded if need be. The key is good for the run alone. */
  async use<R>(name: string, load: () => Promise<V>, run: (value: V) => R): Promise<R> {
    const entry = this.#entry(name, load)
    entry.uses += 1
    entry.users += 1
    try {
      entry.loaded = await entry.value
      return run(entry.loaded)
    } finally {
      entry.users -= 1
      zeroIfDone(entry)
    }
  }

  /** Evicts every key whose name begins so. */
  forget(prefix: string): void {
    for (const name of this.#entries.keys()) if (name.startsWith(prefix)) this.#evict(name)
  }

  #entry(name: string, load: () => Promise<V>): Entry<V> {
    const now = performance.now()
    this.#evictExpired(now)
    const known = this.#entries.get(name)
    if (known !== undefined && known.uses < this.#bounds.uses) return known
    this.#evict(name)
    const until = now + this.#bounds.seconds * 1000
    const entry: Entry<V> = { value: load(), until, uses: 0, users: 0, evicted: false }
    this.#entries.set(name, entry)
    entry.value.catch(() => {
      if (this.#entries.get(name) === entry) this.#entries.delete(name)
    })
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= this.#bounds.count) break
      this.#evict(oldest)
    }
    return entry
  }

  /** A map keeps the order of insertion, and all live equally long: the first are the oldest. */
  #evictExpired(now: number): void {
    for (const [name, { until }] of this.#entries) {
      if (until > now) return
      this.#evict(name)
    }
  }

  #evict(name: string): void {
    const entry = this.#entries.get(name)
    if (entry === undefined) return
    this.#entries.delete(name)
    entry.evicted = true
    zeroIfDone(entry)
  }
}

function zeroIfDone<V extends { readonly key: Uint8Array }>(entry: Entry<V>): void {
  if (entry.evicted && entry.users === 0) entry.loaded?.key.fill(0)
}
