// The verdict on a connection: one pure function over everything that can be known in an episode of refusals. All
// evidence is about one generation, because new tokens start a new episode.
//
//   refresh token   access token                         verdict on this look
//   refused         the caller got a 401                 refused, whatever the probe says
//   refused         expired                              refused
//   refused         probe: 401                           refused
//   refused         refused at an earlier look           refused
//   refused         probe: 200                           alive: the access token is served until it expires
//   refused         probe: anything else, or none        unproven
//   none            probe: 401, twice                    refused
//   none            probe: 401, and the caller got one   refused
//   none            probe: 401, and at an earlier look   refused
//   none            probe: 200                           alive
//   none            anything else                        unproven
//
// One refusal ends nothing: the connection is looked at again. A refusal at least a minute after the first one is final
// ("ended"), unless ClickFunnels refuses all connections of the app (apps/refusals.ts).
// A report of ClickFunnels that the app was disconnected is a second witness: with it, the first refusal is final.
// "unproven" changes nothing: an active connection stays active, and a refused one stays refused.
import type { Connection, ReauthorizationState } from '../connections/connection.ts'
import { type EpochSeconds, later } from '../time.ts'

/** A refusal is final when a second one comes so long after the first. */
export const CONFIRMATION_SECONDS = 60
/** When an ended connection is looked at again, after its end: 5 min, 1 h, 6 h, 24 h, 7 d. */
export const LOOKS_SECONDS: readonly number[] = [300, 3600, 6 * 3600, 24 * 3600, 7 * 24 * 3600]

export interface Evidence {
  /** What the token endpoint said of the refresh token. none: the connection has no refresh token. */
  readonly refreshToken: 'refused' | 'none'
  /** Whether ClickFunnels answered a caller's call with 401 to the access token. */
  readonly caller: 'refused' | 'silent'
  /** Whether the access token has expired by the clock. */
  readonly accessToken: 'expired' | 'unexpired'
  /** What the probe said of the access token. unclear: any answer but 200 and 401, or none in time. */
  readonly probe: 'alive' | 'rejected' | 'rejected_twice' | 'unclear' | 'none'
  /** When an earlier look was refused: never, less than a minute ago, or before that. */
  readonly earlier: 'none' | 'recent' | 'confirming'
  /** Whether ClickFunnels reported that the app was disconnected. */
  readonly report: 'none' | 'disconnected'
}

export type Verdict =
  /** The access token works: the connection stays active, or becomes active again. */
  | 'alive'
  | 'unproven'
  /** The end user probably has to connect again: callers get 409, and a second look follows. */
  | 'refused'
  /** It is final: the audit trail says so. */
  | 'ended'

export function verdictOn(evidence: Evidence): Verdict {
  const isConfirmed = evidence.earlier === 'confirming' || evidence.report === 'disconnected'
  if (isRefused(evidence)) return isConfirmed ? 'ended' : 'refused'
  return evidence.probe === 'alive' ? 'alive' : 'unproven'
}

function isRefused({ refreshToken, caller, accessToken, probe, earlier }: Evidence): boolean {
  const refusedBefore = caller === 'refused' || earlier !== 'none'
  if (refreshToken === 'refused') {
    return refusedBefore || accessToken === 'expired' || probe === 'rejected' || probe === 'rejected_twice'
  }
  return probe === 'rejected_twice' || (probe === 'rejected' && refusedBefore)
}

/** What the connection's own state says about earlier looks. */
export function earlierLook({ state }: Pick<Connection, 'state'>, now: EpochSeconds): Evidence['earlier'] {
  if (state.status === 'active') return 'none'
  return now < confirmationDue(state) ? 'recent' : 'confirming'
}

/** What ClickFunnels reported, as it is noted with the connection. */
export function reportOf({
  disconnectReportedAt,
}: Pick<Connection, 'disconnectReportedAt'>): Evidence['report'] {
  return disconnectReportedAt === undefined ? 'none' : 'disconnected'
}

/** When the second look is due. Items from before there were second looks were final at once. */
export function confirmationDue({ refusedAt = 0 as EpochSeconds }: ReauthorizationState): EpochSeconds {
  return later(refusedAt, CONFIRMATION_SECONDS)
}

/** Whether the connection was refused, and a second look has to show whether that is final. */
export function awaitsConfirmation({ state }: Pick<Connection, 'state'>): boolean {
  return state.status !== 'active' && state.refusedAt !== undefined && state.endedAt === undefined
}

/** When an ended connection is looked at next; `undefined` after the last look. */
export function nextLookAt(endedAt: EpochSeconds, now: EpochSeconds): EpochSeconds | undefined {
  const seconds = LOOKS_SECONDS.find((each) => later(endedAt, each) > now)
  return seconds === undefined ? undefined : later(endedAt, seconds)
}
