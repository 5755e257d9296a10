// A cache bounded in time and count, for what says that a credential is good: none of it may outlive its time. It keeps
// promises, so that callers who ask at the same moment share one load.
import { BoundedMap } from '#domain/bounded-map.ts'

interface Entry<V> {
  readonly value: Promise<V>
  readonly expires: ClockReading
}

/** Milliseconds, both. */
interface ClockReading {
  readonly monotonic: number
  readonly wall: number
}

export class ExpiringCache<V> {
  readonly #entries: BoundedMap<string, Entry<V>>
  readonly #lifetimeMilliseconds: number
  readonly #keeps: (value: V) => boolean

  /** @param keeps whether to keep a loaded value; one that is not kept reaches only those who are waiting for it */
  constructor(lifetimeSeconds: number, max: number, keeps: (value: V) => boolean = () => true) {
    this.#entries = new BoundedMap(max)
    this.#lifetimeMilliseconds = lifetimeSeconds * 1000
    this.#keeps = keeps
  }

  /** The value of `key`, loaded if it is not there or too old. A load that fails is forgotten. */
  get(key: string, load: () => Promise<V>): Promise<V> {
    const known = this.peek(key)
    if (known !== undefined) return known
    const now = clockReading()
    const value = load()
    const monotonic = now.monotonic + this.#lifetimeMilliseconds
    const wall = now.wall + this.#lifetimeMilliseconds
    this.#entries.set(key, { value, expires: { monotonic, wall } })
    const forget = () => {
      if (this.#entries.get(key)?.value === value) this.#entries.delete(key)
    }
    value.then((loaded) => this.#keeps(loaded) || forget(), forget)
    return value
  }

  /** The value of `key` if it is there and not too old. */
  peek(key: string): Promise<V> | undefined {
    const known = this.#entries.get(key)
    return known !== undefined && !isExpired(known.expires, clockReading()) ? known.value : undefined
  }
}

function clockReading(): ClockReading {
  return { monotonic: performance.now(), wall: Date.now() }
}

/**
 * Whether one of the two clocks has passed its end. The wall clock may be set back, and the monotonic one need not run
 * while Lambda has the process frozen.
 */
function isExpired(expires: ClockReading, now: ClockReading): boolean {
  return now.monotonic >= expires.monotonic || now.wall >= expires.wall
}
