// Time as the domain knows it: whole seconds since 1970, branded, from a clock that is handed in.
// Milliseconds never enter the domain (mixing the two is the commonest expiry bug of this field).
import type { Brand } from './ids.ts'

export type EpochSeconds = Brand<number, 'EpochSeconds'>

export const DAY_SECONDS = 24 * 60 * 60

/** The current time. */
export type Clock = () => EpochSeconds

/** Seconds with fractions, on a clock that is never set: for durations shorter than a second. */
export type Stopwatch = () => number

/** The last second of the year 9999, the last one that RFC 3339 can write. */
const LAST_MOMENT = 253_402_300_799

/** Whole seconds between 1970 and 9999: what lies outside is taken for the nearer end, and NaN for the last moment. */
export function epochSeconds(value: number): EpochSeconds {
  if (!(value < LAST_MOMENT)) return LAST_MOMENT as EpochSeconds
  return Math.max(0, Math.floor(value)) as EpochSeconds
}

export function later(moment: EpochSeconds, seconds: number): EpochSeconds {
  return epochSeconds(moment + seconds)
}

/** The later one of two moments. */
export function latest(one: EpochSeconds, other: EpochSeconds): EpochSeconds {
  return one > other ? one : other
}

/** The earlier one of two moments, if there is a second one. */
export function earliest(one: EpochSeconds, other: EpochSeconds | undefined): EpochSeconds {
  return other !== undefined && other < one ? other : one
}

/** RFC 3339 in UTC, the form of every time on the wire. */
export function toRfc3339(moment: EpochSeconds): string {
  // What is stored may be older than the bounds of epochSeconds().
  return `${new Date(epochSeconds(moment) * 1000).toISOString().slice(0, 19)}Z`
}

/**
 * The budget of an invocation (docs/adr/0025). It is made where the invocation begins, from the time that Lambda gives it, and
 * handed down.
 */
export interface Deadline {
  /** When the invocation began. */
  readonly since: EpochSeconds
  /** The caller stops waiting for tokens, whatever is still under way. */
  readonly answerBy: EpochSeconds
  /** The process stops working. Lambda ends it a second later. */
  readonly end: EpochSeconds
}

/** A caller has its answer within 10 s. A second of them is for what comes after the wait for tokens. */
const CALLER_SECONDS = 9
const RESERVE_SECONDS = 1
/** The timeout of the functions behind API Gateway, which itself gives up after 30 s. */
const API_SECONDS = 29

/** @param seconds what Lambda leaves to the invocation */
export function deadlineIn(now: EpochSeconds, seconds = API_SECONDS): Deadline {
  return { since: now, answerBy: later(now, CALLER_SECONDS), end: later(now, seconds - RESERVE_SECONDS) }
}
