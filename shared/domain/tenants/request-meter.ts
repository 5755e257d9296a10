// Limits proxied requests a second, of each tenant or of each end user, across many processes, without a write per
// request. Time is cut into windows, and a window's budget is what the limit allows in it. A process lets a small step of the budget pass. Then it
// adds these requests to the spender's sum of the window, and learns the sum of all processes. The first two processes that
// use up their step get a larger share, so that a tenant with few processes seldom reports.
//
// Overshoot is bounded: at most one step per process plus two shares pass unreported. No request is refused before the
// reported sum has reached the budget. A refusal costs no call to the store.

import type { Log } from '../ambient.ts'
import { BoundedMap } from '../bounded-map.ts'
import type { EpochSeconds } from '../time.ts'
import type { Spender, Usage } from './usage.ts'

export const WINDOW_SECONDS = 10
/** A process's step: half a percent of the budget, at least one request. */
const STEPS = 200
/** A larger share: a sixteenth of the budget. */
const SHARES = 16
const MAX_SHARES = 2
const MAX_SPENDERS = 1000

export type Turn =
  | { readonly reported: Promise<void> | undefined }
  /** The tenant has used up the requests of this window. */
  | { readonly retryAfterSeconds: number }

/** What one process knows of one tenant in one window. */
interface Part {
  readonly window: number
  readonly budget: number
  /** How many more may pass before the next report. */
  left: number
  unreported: number
  share: number
  /** Whether a larger share was asked for, with or without success. */
  asked: boolean
  full: boolean
  report: Promise<void> | undefined
}

export class RequestMeter {
  readonly #parts = new BoundedMap<string, Part>(MAX_SPENDERS)
  readonly #usage: Pick<Usage, 'addRequests'>
  readonly #log: Log

  constructor(usage: Pick<Usage, 'addRequests'>, log: Log) {
    this.#usage = usage
    this.#log = log
  }

  /** Counts one request. Wait for the report that this may start before the process is frozen. */
  async take(spender: Spender, perSecond: number, now: EpochSeconds): Promise<Turn> {
    for (;;) {
      const part = this.#partOf(spender, perSecond * WINDOW_SECONDS, now)
      if (part.full) return { retryAfterSeconds: WINDOW_SECONDS - (now % WINDOW_SECONDS) }
      if (part.left > 0) {
        part.left -= 1
        part.unreported += 1
        if (part.left > 0) return { reported: undefined }
        part.report = this.#report(spender, part)
        return { reported: part.report }
      }
      // No more requests may pass unreported, so this one waits for the report.
      await part.report
    }
  }

  #partOf({ tenantId, endUserId }: Spender, budget: number, now: EpochSeconds): Part {
    const key = `${tenantId} ${endUserId ?? ''}`
    const window = Math.floor(now / WINDOW_SECONDS)
    const known = this.#parts.get(key)
    if (known?.window === window && known.budget === budget) return known
    const part: Part = {
      window,
      budget,
      left: stepOf(budget),
      unreported: 0,
      share: 0,
      asked: false,
      full: false,
      report: undefined,
    }
    this.#parts.set(key, part)
    return part
  }

  async #report(spender: Spender, part: Part): Promise<void> {
    const { budget, unreported: requests } = part
    const wanted = part.asked ? 0 : Math.floor(budget / SHARES)
    part.asked = true
    part.unreported = 0
    try {
      const sums = await this.#usage.addRequests(spender, part.window, { requests, shared: wanted })
      if (sums.shared <= wanted * MAX_SHARES) part.share = Math.max(part.share, wanted)
      const remaining = budget - sums.requests
      part.full = remaining <= 0
      part.left = Math.max(0, Math.min(remaining, Math.max(stepOf(budget), part.share)))
    } catch (error) {
      // A failure to count must not fail the tenant's calls.
      this.#log.warn('Requests of a tenant were not counted', {
        tenant: spender.tenantId,
        requests,
        error,
      })
      part.left = stepOf(budget)
    }
  }
}

function stepOf(budget: number): number {
  return Math.max(1, Math.floor(budget / STEPS))
}
