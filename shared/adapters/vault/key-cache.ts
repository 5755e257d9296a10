// Plain keys in memory, bounded in time, uses and count, and zeroed when they are evicted. A key that is in use at that
// moment is zeroed after its last use. Uses are counted from before the key is loaded.
import { BoundedMap } from '#domain/bounded-map.ts'
import { type Moment, secondsSince, thisMoment } from '../moment.ts'

export interface KeyCacheBounds {
  readonly seconds: number
  /** After so many uses a key is loaded again. */
  readonly uses: number
  readonly count: number
}

interface Entry<V> {
  readonly value: Promise<V>
  readonly loadedAt: Moment
  loaded?: V
  uses: number
  users: number
  evicted: boolean
}

export class KeyCache<V extends { readonly key: Uint8Array }> {
  readonly #entries: BoundedMap<string, Entry<V>>
  readonly #bounds: KeyCacheBounds

  constructor(bounds: KeyCacheBounds) {
    this.#bounds = bounds
    this.#entries = new BoundedMap(bounds.count, retire)
  }

  /** Runs something with the named key, which is loaded if needed. The key is valid only during `run`. */
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

  /** Evicts every key whose name begins with the prefix. */
  forget(prefix: string): void {
    for (const name of this.#entries.keys()) if (name.startsWith(prefix)) this.#evict(name)
  }

  #entry(name: string, load: () => Promise<V>): Entry<V> {
    const now = thisMoment()
    this.#evictExpired(now)
    const known = this.#entries.get(name)
    // The key itself is checked as well: if the wall clock was set back, a younger key may expire before an older one.
    if (known !== undefined && known.uses < this.#bounds.uses && !this.#isExpired(known, now)) return known
    this.#evict(name)
    const entry: Entry<V> = { value: load(), loadedAt: now, uses: 0, users: 0, evicted: false }
    this.#entries.set(name, entry)
    entry.value.catch(() => {
      if (this.#entries.get(name) === entry) this.#entries.delete(name)
    })
    return entry
  }

  /** All entries have the same lifetime, and the map has the oldest first. */
  #evictExpired(now: Moment): void {
    for (const [name, entry] of this.#entries) {
      if (!this.#isExpired(entry, now)) return
      this.#evict(name)
    }
  }

  #isExpired({ loadedAt }: Entry<V>, now: Moment): boolean {
    return secondsSince(loadedAt, now) >= this.#bounds.seconds
  }

  #evict(name: string): void {
    const entry = this.#entries.get(name)
    if (entry === undefined) return
    this.#entries.delete(name)
    retire(entry)
  }
}

function retire<V extends { readonly key: Uint8Array }>(entry: Entry<V>): void {
  entry.evicted = true
  zeroIfDone(entry)
}

function zeroIfDone<V extends { readonly key: Uint8Array }>(entry: Entry<V>): void {
  if (entry.evicted && entry.users === 0) entry.loaded?.key.fill(0)
}
