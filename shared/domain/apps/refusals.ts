// The brake on mass endings. When ClickFunnels refuses many connections of an app and accepts none, the trouble is
// ClickFunnels', not the end users'. While the brake holds, no connection of the app is ended. The app keeps the count:
// it is written for the first few refusals and removed by the first success, so that a healthy refresh writes nothing.
import { type EpochSeconds, later } from '../time.ts'
import type { App, AppRefusals } from './app.ts'

/** With no success between them, more refusals than this are the provider's trouble. */
export const MAX_REFUSALS = 5
/** Refusals farther apart than this have nothing to do with each other. */
export const REFUSALS_SECONDS = 10 * 60
/** After this long without any success, the refusals are believed, and connections end. */
export const BRAKE_SECONDS = 60 * 60

/** Until when no connection of the app is ended; `undefined` if the brake does not hold. */
export function heldUntil({ refusals }: Pick<App, 'refusals'>): EpochSeconds | undefined {
  if (refusals === undefined || refusals.connections <= MAX_REFUSALS) return undefined
  return later(refusals.since, BRAKE_SECONDS)
}

/** Whether connections of the app may not be ended now. */
export function isBraked(app: Pick<App, 'refusals'>, now: EpochSeconds): boolean {
  const until = heldUntil(app)
  return until !== undefined && now < until
}

/** The count after one more connection was refused for the first time. */
export function refusalsAfter(before: AppRefusals | undefined, now: EpochSeconds): AppRefusals {
  // A brake is not applied again before a success. Otherwise the endings of many connections would take many hours.
  if (before !== undefined && before.connections > MAX_REFUSALS) return before
  const related = before !== undefined && now < later(before.since, REFUSALS_SECONDS)
  return { since: related ? before.since : now, connections: related ? before.connections + 1 : 1 }
}
