// When an attempt follows a failed one: ten attempts over 75 hours. Pure functions.
import { retryAfterSeconds } from '../provider/retry-after.ts'
import { DAY_SECONDS, type EpochSeconds } from '../time.ts'

const MINUTE_SECONDS = 60
const HOUR_SECONDS = 3600

/** Before the second attempt, the third, and so on. The first one is made at once. */
export const PAUSES_SECONDS: readonly number[] = [
  5,
  5 * MINUTE_SECONDS,
  30 * MINUTE_SECONDS,
  2 * HOUR_SECONDS,
  5 * HOUR_SECONDS,
  10 * HOUR_SECONDS,
  14 * HOUR_SECONDS,
  20 * HOUR_SECONDS,
  24 * HOUR_SECONDS,
]
/** A pause is up to a tenth shorter or longer, so that deliveries that failed together do not come back together. */
const JITTER = 0.1
/** An endpoint that asks for more waits for a day. */
const MAX_RETRY_AFTER_SECONDS = DAY_SECONDS
/** Only these say when to come back (RFC 9110 section 10.2.3). */
const SAYING_WHEN: readonly (number | undefined)[] = [429, 503]

export interface Answered {
  readonly status?: number
  readonly retryAfter?: string
}

/**
 * The pause before the next attempt, in seconds.
 * @param tries how many attempts were made
 * @returns `undefined` after the last attempt
 */
export function pauseAfter(
  tries: number,
  { status, retryAfter }: Answered,
  chance: number,
  now: EpochSeconds,
): number | undefined {
  const pause = PAUSES_SECONDS[tries - 1]
  if (pause === undefined) return undefined
  const jittered = Math.round(pause * (1 + JITTER * (2 * chance - 1)))
  const asked = SAYING_WHEN.includes(status) ? (retryAfterSeconds(retryAfter, now) ?? 0) : 0
  return Math.max(jittered, Math.min(asked, MAX_RETRY_AFTER_SECONDS))
}

export function isSuccess(status: number | undefined): boolean {
  return status !== undefined && status >= 200 && status < 300
}
