// A cache bounded in time and count. It keeps promises, so that many callers share one load; a failed load is forgotten,
// and so is a value that is not to be kept.
// What is kept here says whose credential is good, so it must not outlive its time.
import { BoundedMap } from '#domain/bounded-map.ts'
import { type Moment, secondsSince, thisMoment } from './moment.ts'

interface Entry<V> {
  readonly value: Promise<V>
  readonly loadedAt: Moment
}

export class ExpiringCache<V> {
  readonly #entries: BoundedMap<string, Entry<V>>
  readonly #lifetimeSeconds: number
  readonly #keeps: (value: V) => boolean

  constructor(lifetimeSeconds: number, max: number, keeps: (value: V) => boolean = () => true) {
    this.#lifetimeSeconds = lifetimeSeconds
    this.#entries = new BoundedMap(max)
    this.#keeps = keeps
  }

  /** The value of `key`, loaded if it is not there or too old. */
  get(key: string, load: () => Promise<V>): Promise<V> {
    const now = thisMoment()
    const known = this.#entries.get(key)
    if (known !== undefined && secondsSince(known.loadedAt, now) < this.#lifetimeSeconds) return known.value
    const value = load()
    this.#entries.set(key, { value, loadedAt: now })
    const forget = () => {
      if (this.#entries.get(key)?.value === value) this.#entries.delete(key)
    }
    value.then((loaded) => this.#keeps(loaded) || forget(), forget)
    return value
  }
}
