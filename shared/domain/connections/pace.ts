// How fast a connection may be called. ClickFunnels publishes no limits, so they are learnt (AIMD, as in TCP): a 429 halves
// the pace, time without a 429 raises it. The pace is stored with the connection and read with it, so that all processes
// share it. It is written only at a 429. It is a pace per process: if more processes call, more 429s come, and the pace
// shrinks until it fits.

import { BoundedMap } from '../bounded-map.ts'
import { type EpochSeconds, later } from '../time.ts'
import { type Connection, type ConnectionRef, keyOf, type Pace } from './connection.ts'

/** What a second without a 429 adds, in calls a second. */
const GROWTH_PER_SECOND = 0.5
/** From here on there is no pace: one process does not call faster. */
const UNLIMITED_PER_SECOND = 50
const SLOWEST_PER_SECOND = 0.2
/** Several calls under way may get the same 429. Within this time it counts once. */
export const SHRINK_SECONDS = 2
const MAX_CONNECTIONS = 1000

/** The calls a second that a connection may make. `undefined` if there is no limit. */
export function paceNow(pace: Pace | undefined, now: EpochSeconds): number | undefined {
  if (pace === undefined) return undefined
  const grown = pace.perSecond + GROWTH_PER_SECOND * (now - pace.setAt)
  return grown >= UNLIMITED_PER_SECOND ? undefined : grown
}

/** Whether background work should leave a connection's budget to its callers for now. */
export function isPaced({ pace }: Pick<Connection, 'pace'>, now: EpochSeconds): boolean {
  return paceNow(pace, now) !== undefined
}

interface Spending {
  readonly second: EpochSeconds
  readonly calls: number
  /** Calls that may be made at once. */
  readonly saved: number
}

/** What this process spends of each connection's budget. */
export class Pacer {
  readonly #spending = new BoundedMap<string, Spending>(MAX_CONNECTIONS)

  /** Takes a call from the budget. Returns the seconds to wait before making it. */
  take(ref: ConnectionRef, perSecond: number | undefined, now: EpochSeconds): number {
    const before = this.#spending.get(keyOf(ref)) ?? { second: now, calls: 0, saved: perSecond ?? 0 }
    const calls = before.second === now ? before.calls + 1 : 1
    const rate = perSecond ?? 0
    const saved = Math.min(Math.max(1, rate), before.saved + rate * (now - before.second)) - 1
    this.#keep(ref, { second: now, calls, saved: perSecond === undefined ? 0 : saved })
    return perSecond === undefined || saved >= 0 ? 0 : -saved / perSecond
  }

  /** Gives back a call that was not made. */
  giveBack(ref: ConnectionRef): void {
    const spent = this.#spending.get(keyOf(ref))
    if (spent) this.#keep(ref, { ...spent, calls: spent.calls - 1, saved: spent.saved + 1 })
  }

  /** The pace after a 429: half of the former one or, without one, of this process's calls in that second. */
  shrunk(ref: ConnectionRef, perSecond: number | undefined, now: EpochSeconds): Pace {
    const before = perSecond ?? this.#spending.get(keyOf(ref))?.calls ?? 1
    return { perSecond: Math.max(SLOWEST_PER_SECOND, before / 2), setAt: now }
  }

  #keep(ref: ConnectionRef, spending: Spending): void {
    this.#spending.set(keyOf(ref), spending)
  }
}

/** Whether a pace may shrink (again). */
export function mayShrink(pace: Pace | undefined, now: EpochSeconds): boolean {
  return pace === undefined || now >= later(pace.setAt, SHRINK_SECONDS)
}
