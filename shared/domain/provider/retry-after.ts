// Reads the `Retry-After` header of an answer from ClickFunnels.
import type { EpochSeconds } from '../time.ts'

/**
 * The seconds that a `Retry-After` header asks to wait (RFC 9110 section 10.2.3). It holds a number or a date.
 * @returns `undefined` if it is absent or neither
 */
export function retryAfterSeconds(value: string | undefined, now: EpochSeconds): number | undefined {
  if (value === undefined) return undefined
  if (/^\d{1,6}$/.test(value)) return Number(value)
  // `Date.parse` reads "1.5" and "-1" as dates long past. An HTTP date begins with the name of its day.
  const date = /^[A-Z][a-z]{2,8}\b/.test(value) ? Date.parse(value) : Number.NaN
  return Number.isNaN(date) ? undefined : Math.max(0, Math.ceil(date / 1000 - now))
}
