// Counts what happens to the connections of a fleet: it watches the writes of its store.
import { inspect } from 'node:util'
import type { Connection } from '#domain/connections/connection.ts'
import type { FleetStore } from './store.ts'
import type { VirtualTime } from './virtual-time.ts'

const MINUTE = 60_000

export class Tally {
  upstream = 0
  duringOutage = 0
  onTime = 0
  late = 0
  #lateOfOutage = 0
  /** Of connections that were not expired at the beginning. */
  #lateOfOthers = 0
  #ended = 0
  #faults = 0
  readonly #store: FleetStore
  readonly #time: VirtualTime
  readonly #began: number
  readonly #outage: { readonly from: number; readonly until: number } | undefined

  constructor(
    store: FleetStore,
    time: VirtualTime,
    outage: { readonly from: number; readonly until: number } | undefined,
  ) {
    this.#store = store
    this.#time = time
    this.#began = time.now
    this.#outage = outage
    const update = store.update.bind(store)
    store.update = async (ref, fence, change) => {
      const before = store.items.get(ref.connectionId)
      const done = await update(ref, fence, change)
      if (!done || before === undefined) return done
      if (change.state?.status === 'reauthorization_required') this.#ended += 1
      if (change.generation !== undefined) this.#refreshed(before)
      return done
    }
  }

  #refreshed({ credential }: Connection): void {
    if (credential.kind !== 'refreshable') return
    const expiredAt = (credential.expiresAt ?? 0) * 1000
    if (expiredAt > this.#time.now) {
      this.onTime += 1
      return
    }
    this.late += 1
    if (expiredAt > this.#began) this.#lateOfOthers += 1
    const { from, until } = this.#outage ?? { from: 0, until: 0 }
    if (expiredAt >= from && expiredAt < until + 10 * MINUTE) this.#lateOfOutage += 1
  }

  /** An error that keep-alive logged. The first one is shown, because the simulation itself may be wrong. */
  readonly noteFault = (message: string, members?: object): void => {
    this.#faults += 1
    if (this.#faults === 1) process.stderr.write(`${message}: ${inspect(members)}\n`)
  }

  /** How many are due for more than two minutes. */
  backlog(): number {
    let waiting = 0
    for (const { dueAt } of this.#store.items.values())
      if (dueAt !== undefined && dueAt * 1000 < this.#time.now - 2 * MINUTE) waiting += 1
    return waiting
  }

  report() {
    const refreshed = this.onTime + this.late
    let expired = 0
    for (const { credential, state } of this.#store.items.values()) {
      if (state.status !== 'active' || credential.kind !== 'refreshable') continue
      if ((credential.expiresAt ?? 0) * 1000 < this.#time.now) expired += 1
    }
    return {
      refreshed,
      on_time_ratio: this.onTime / refreshed,
      on_time_ratio_apart_from_the_outage: this.onTime / (refreshed - this.#lateOfOutage),
      late: this.late,
      late_apart_from_those_expired_before: this.#lateOfOthers,
      expired_at_the_end: expired,
      reauthorization_required: this.#ended,
      errors_logged: this.#faults,
      upstream_calls: this.upstream,
      upstream_calls_during_outage: this.duringOutage,
      throttled_writes: this.#store.throttled,
      read_units_per_refresh: this.#store.readUnits / refreshed,
      write_units_per_refresh: this.#store.writeUnits / refreshed,
    }
  }
}
