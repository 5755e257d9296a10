// Limits what a tenant or an end user spends across many processes, without a write per request: proxied requests a second, and
// requests at the same time. Time is cut into windows. A window's budget is what the limits allow in it: so many requests, and so
// many seconds for which requests keep processes busy. A process lets a small step of each pass. Then it adds them to the
// spender's sums of the window, and learns the sums of all processes. The first two processes that use up their step of
// requests get a larger share, so that a tenant with few processes seldom reports.
//
// Overshoot is bounded: at most one step per process plus two shares pass unreported, and requests that began a moment ago
// (call-under-way.ts). No request is refused before a reported sum has reached its budget. A refusal costs no call to the store.

import type { Ambient } from '../ambient.ts'
import { BoundedMap } from '../bounded-map.ts'
import { type EpochSeconds, later } from '../time.ts'
import { type Account, CallUnderWay } from './call-under-way.ts'
import { newPart, type Part, stepOf } from './meter-part.ts'
import type { Limits } from './tenant.ts'
import { type Spender, type Spent, type Usage, WINDOW_SECONDS, windowOf } from './usage.ts'

/** A larger share: a sixteenth of the budget. */
const SHARES = 16
const MAX_SHARES = 2
/** A process's step of busy time. A process that is always busy reports four times in a window. */
const BUSY_STEP_SECONDS = 2.5
/** From half of the budget of busy time on, processes look at the sums before each call. */
const NEAR = 0.5
/** For so long after the window in which that was found. */
const NEAR_SECONDS = 20
/** For so long the sums that were learnt last are current enough. */
const LOOK_AGAIN_SECONDS = 2
const MAX_SPENDERS = 1000

type Rates = Pick<Limits, 'requestsPerSecond' | 'concurrentRequests'>

/** A request that passed. Its end waits until what it cost is reported, as far as that is under way. */
export interface Passed {
  end(): Promise<void>
}

/** A limit is used up. */
export interface Refusal {
  readonly limit: keyof Rates
  readonly retryAfterSeconds: number
}

export type MeterPorts = Pick<Ambient, 'now' | 'stopwatch' | 'sleep' | 'background' | 'log'> & {
  readonly usage: Pick<Usage, 'addRequests' | 'requests'>
}

export class RequestMeter {
  readonly #parts = new BoundedMap<string, Part>(MAX_SPENDERS)
  /** Spenders near the limit of requests at the same time, and until when that counts. */
  readonly #near = new BoundedMap<string, EpochSeconds>(MAX_SPENDERS)
  readonly #services: MeterPorts
  readonly #onNear: (spender: Spender, until: EpochSeconds) => Promise<void>

  /** @param onNear is called when the sums of all processes come near the limit of requests at the same time */
  constructor(services: MeterPorts, onNear: (spender: Spender, until: EpochSeconds) => Promise<void>) {
    this.#services = services
    this.#onNear = onNear
  }

  /**
   * Lets one request pass, or refuses it. Call `end` when it has ended, before the process is frozen.
   * @param nearUntil until when another process found the spender near its limit of requests at the same time
   */
  async take(spender: Spender, rates: Rates, nearUntil?: EpochSeconds): Promise<Passed | Refusal> {
    if (nearUntil !== undefined) this.#noteNear(spender, nearUntil)
    for (;;) {
      const now = this.#services.now()
      const part = this.#partOf(spender, rates)
      const isNear = now < (this.#near.get(keyOf(spender)) ?? 0)
      if (isNear && part.full !== 'requestsPerSecond') await this.#look(spender, part)
      if (part.full !== undefined)
        return { limit: part.full, retryAfterSeconds: WINDOW_SECONDS - (now % WINDOW_SECONDS) }
      if (part.left > 0) {
        part.left -= 1
        part.unreported += 1
        if (part.left === 0 || part.unreportedSeconds >= BUSY_STEP_SECONDS)
          part.report = this.#report(spender, part)
        const { report } = part
        if (rates.concurrentRequests === undefined) return { end: async () => report }
        return new CallUnderWay(this.#services, this.#accountOf(spender, rates), isNear, report)
      }
      // No more requests may pass unreported, so this one waits for the report.
      await part.report
    }
  }

  #partOf(spender: Spender, rates: Rates): Part {
    const key = keyOf(spender)
    const window = windowOf(this.#services.now())
    const requests = (rates.requestsPerSecond ?? Number.POSITIVE_INFINITY) * WINDOW_SECONDS
    const busySeconds = (rates.concurrentRequests ?? Number.POSITIVE_INFINITY) * WINDOW_SECONDS
    const known = this.#parts.get(key)
    if (known?.window === window && known.requests === requests && known.busySeconds === busySeconds)
      return known
    const part = newPart(window, requests, busySeconds)
    this.#parts.set(key, part)
    return part
  }

  /** Reads the sums, unless they were learnt a moment ago. */
  #look(spender: Spender, part: Part): Promise<void> {
    const now = this.#services.now()
    if (part.learntAt !== undefined && now < later(part.learntAt, LOOK_AGAIN_SECONDS))
      return Promise.resolve()
    const read = async () => {
      try {
        this.#learn(spender, part, await this.#services.usage.requests(spender, part.window))
      } catch (error) {
        this.#services.log.warn('The use of a tenant was not read', { tenant: spender.tenantId, error })
        part.learntAt = this.#services.now()
      }
      part.look = undefined
    }
    part.look ??= read()
    return part.look
  }

  async #report(spender: Spender, part: Part): Promise<void> {
    const { requests: budget, unreported: requests, unreportedSeconds: busySeconds } = part
    const wanted = part.asked || !Number.isFinite(budget) ? 0 : Math.floor(budget / SHARES)
    part.asked = true
    part.unreported = 0
    part.unreportedSeconds = 0
    const sums = await this.#add(spender, part.window, { requests, shared: wanted, busySeconds })
    if (sums === undefined) {
      part.left = stepOf(budget)
      return
    }
    if (sums.shared <= wanted * MAX_SHARES) part.share = Math.max(part.share, wanted)
    this.#learn(spender, part, sums, busySeconds)
    part.left = Math.max(0, Math.min(budget - sums.requests, Math.max(stepOf(budget), part.share)))
  }

  #accountOf(spender: Spender, rates: Rates): Account {
    return {
      note: (seconds) => {
        this.#partOf(spender, rates).unreportedSeconds += seconds
      },
      charge: async (window, busySeconds) => {
        const sums = await this.#add(spender, window, { requests: 0, shared: 0, busySeconds })
        const part = this.#partOf(spender, rates)
        if (sums !== undefined && part.window === window) this.#learn(spender, part, sums, busySeconds)
      },
    }
  }

  /** A failure to count must not fail the tenant's calls. */
  async #add(spender: Spender, window: number, spent: Spent): Promise<Spent | undefined> {
    try {
      return await this.#services.usage.addRequests(spender, window, spent)
    } catch (error) {
      const { requests } = spent
      this.#services.log.warn('Requests of a tenant were not counted', {
        tenant: spender.tenantId,
        requests,
        error,
      })
      return undefined
    }
  }

  /** @param added by this process, so that one process alone tells the others that the spender came near its limit */
  #learn(spender: Spender, part: Part, sums: Spent, added = 0): void {
    part.learntAt = this.#services.now()
    part.full = undefined
    if (sums.requests >= part.requests) part.full = 'requestsPerSecond'
    else if (sums.busySeconds >= part.busySeconds) part.full = 'concurrentRequests'
    const threshold = part.busySeconds * NEAR
    if (sums.busySeconds < threshold) return
    const until = later(((part.window + 1) * WINDOW_SECONDS) as EpochSeconds, NEAR_SECONDS)
    this.#noteNear(spender, until)
    if (sums.busySeconds - added < threshold)
      this.#services.background.start(() => this.#onNear(spender, until))
  }

  #noteNear(spender: Spender, until: EpochSeconds): void {
    const key = keyOf(spender)
    if (until > (this.#near.get(key) ?? 0)) this.#near.set(key, until)
  }
}

function keyOf({ tenantId, endUserId }: Spender): string {
  return `${tenantId} ${endUserId ?? ''}`
}
