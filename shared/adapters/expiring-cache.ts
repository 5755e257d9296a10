// A cache bounded in time and count. It keeps promises, so that many callers share one load; a failed load is forgotten.
// Time is up when either clock says so: the one on the wall may be set back, and the monotonic one need not run while
// Lambda has the process frozen. What is kept here says whose credential is good, so it must not outlive its time.

interface Entry<V> {
  readonly value: Promise<V>
  /** Milliseconds of the monotonic clock, and of the one on the wall. */
  readonly until: number
  readonly wallUntil: number
}

export class ExpiringCache<V> {
  readonly #entries = new Map<string, Entry<V>>()
  readonly #lifetimeMilliseconds: number
  readonly #most: number

  constructor(lifetimeSeconds: number, most: number) {
    this.#lifetimeMilliseconds = lifetimeSeconds * 1000
    this.#most = most
  }

  /** The value of `key`, loaded if it is not there or too old. */
  get(key: string, load: () => Promise<V>): Promise<V> {
    const now = performance.now()
    const wall = Date.now()
    const known = this.#entries.get(key)
    if (known !== undefined && known.until > now && known.wallUntil > wall) return known.value
    this.#entries.delete(key)
    const value = load()
    const lifetime = this.#lifetimeMilliseconds
    this.#entries.set(key, { value, until: now + lifetime, wallUntil: wall + lifetime })
    value.catch(() => {
      if (this.#entries.get(key)?.value === value) this.#entries.delete(key)
    })
    if (this.#entries.size > this.#most) {
      // A map keeps the order of insertion: the first is the oldest.
      for (const oldest of this.#entries.keys()) {
        this.#entries.delete(oldest)
        break
      }
    }
    return value
  }
}
