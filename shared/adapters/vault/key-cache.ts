// Plain keys in memory, bounded in time, uses and count, and zeroed when they leave. A key that somebody is using at that
// moment is zeroed when the last user is done: users are counted from before the key is there.
import { BoundedMap } from '#domain/bounded-map.ts'
import { type Moment, secondsSince, thisMoment } from '../moment.ts'

export interface KeyCacheBounds {
  readonly seconds: number
  /** After so many uses a key is loaded anew. */
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
    const now = thisMoment()
    this.#evictExpired(now)
    const known = this.#entries.get(name)
    // Looked at by itself as well: after the wall clock was set back, a younger key may be over before an older one.
    if (known !== undefined && known.uses < this.#bounds.uses && !this.#isExpired(known, now)) return known
    this.#evict(name)
    const entry: Entry<V> = { value: load(), loadedAt: now, uses: 0, users: 0, evicted: false }
    this.#entries.set(name, entry)
    entry.value.catch(() => {
      if (this.#entries.get(name) === entry) this.#entries.delete(name)
    })
    return entry
  }

  /** A map keeps the order of insertion, and all live equally long: the first are the oldest. */
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
