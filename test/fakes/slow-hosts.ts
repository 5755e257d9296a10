// Hosts that left calls without an answer, in a map.
import { COUNTED_SECONDS, isOpen, type Place, type SlowHost, type SlowHosts } from '#domain/proxy/breaker.ts'
import { type EpochSeconds, later } from '#domain/time.ts'

export class FakeSlowHosts implements SlowHosts {
  readonly #items = new Map<string, SlowHost>()
  /** How often the store was read or written. */
  calls = 0

  async get(place: Place): Promise<SlowHost | undefined> {
    this.calls += 1
    return this.#items.get(keyOf(place))
  }

  async count(place: Place, now: EpochSeconds): Promise<SlowHost> {
    this.calls += 1
    const before = this.#items.get(keyOf(place))
    const belongs = before && (now < later(before.since, COUNTED_SECONDS) || isOpen(before, now))
    const state = belongs
      ? { ...before, timeouts: before.timeouts + 1, last: now }
      : { timeouts: 1, since: now, last: now }
    this.#items.set(keyOf(place), state)
    return state
  }

  async claimCanary(place: Place, read: SlowHost, now: EpochSeconds): Promise<boolean> {
    this.calls += 1
    const stored = this.#items.get(keyOf(place))
    if (stored?.since !== read.since || stored.canaryAt !== read.canaryAt) return false
    this.#items.set(keyOf(place), { ...stored, canaryAt: now })
    return true
  }

  async clear(place: Place, read: SlowHost): Promise<void> {
    this.calls += 1
    const stored = this.#items.get(keyOf(place))
    if (stored?.since === read.since) this.#items.set(keyOf(place), { ...stored, timeouts: 0 })
  }
}

function keyOf({ tenantId, appId, host }: Place): string {
  return `${tenantId} ${appId} ${host}`
}
