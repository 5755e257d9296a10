// Holds tenants to a number of proxied requests a second, over many processes, without a write per request. Time is cut
// into windows; a window's budget is what the limit allows in it. A process lets through a small step of the budget on
// its own, then adds what it let through to the tenant's sum of the window and learns what all did. The first two that
// outgrow the step get a larger share, so that a tenant served by few processes seldom reports.
//
// What is let through but not reported is at most a step in each process and the two shares: so much, and no more, can
// go beyond the budget. Nothing is refused before the reported sum has reached it. Refusing asks nobody.

import type { Log } from '../ambient.ts'
import { BoundedMap } from '../bounded-map.ts'
import type { TenantId } from '../ids.ts'
import type { EpochSeconds } from '../time.ts'
import type { Usage } from './usage.ts'

export const WINDOW_SECONDS = 10
/** A process's own step: half a percent of the budget, one request at the least. */
const STEPS = 200
/** A larger share: a sixteenth of the budget. */
const SHARES = 16
const MAX_SHARES = 2
const MAX_TENANTS = 1000

export type Turn =
  | { readonly reported: Promise<void> | undefined }
  /** The tenant's requests of this window are used up. */
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
  readonly #parts = new BoundedMap<TenantId, Part>(MAX_TENANTS)
  readonly #usage: Pick<Usage, 'addRequests'>
  readonly #log: Log

  constructor(usage: Pick<Usage, 'addRequests'>, log: Log) {
    this.#usage = usage
    this.#log = log
  }

  /** Takes one request's turn; the report it may set off is to be waited for before the process rests. */
  async take(tenant: TenantId, perSecond: number, now: EpochSeconds): Promise<Turn> {
    for (;;) {
      const part = this.#partOf(tenant, perSecond * WINDOW_SECONDS, now)
      if (part.full) return { retryAfterSeconds: WINDOW_SECONDS - (now % WINDOW_SECONDS) }
      if (part.left > 0) {
        part.left -= 1
        part.unreported += 1
        if (part.left > 0) return { reported: undefined }
        part.report = this.#report(tenant, part)
        return { reported: part.report }
      }
      // All that may go unreported has: whoever comes now waits for what the report says.
      await part.report
    }
  }

  #partOf(tenant: TenantId, budget: number, now: EpochSeconds): Part {
    const window = Math.floor(now / WINDOW_SECONDS)
    const known = this.#parts.get(tenant)
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
    this.#parts.set(tenant, part)
    return part
  }

  async #report(tenant: TenantId, part: Part): Promise<void> {
    const { budget, unreported: requests } = part
    const wanted = part.asked ? 0 : Math.floor(budget / SHARES)
    part.asked = true
    part.unreported = 0
    try {
      const sums = await this.#usage.addRequests(tenant, part.window, { requests, shared: wanted })
      if (sums.shared <= wanted * MAX_SHARES) part.share = Math.max(part.share, wanted)
      const remaining = budget - sums.requests
      part.full = remaining <= 0
      part.left = Math.max(0, Math.min(remaining, Math.max(stepOf(budget), part.share)))
    } catch (error) {
      // Trouble with counting must not become trouble with calling.
      this.#log.warn('Requests of a tenant were not counted', { tenant, requests, error })
      part.left = stepOf(budget)
    }
  }
}

function stepOf(budget: number): number {
  return Math.max(1, Math.floor(budget / STEPS))
}
