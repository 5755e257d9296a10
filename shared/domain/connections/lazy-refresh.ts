// Lazy refresh: an option of a deployment with many connections that are seldom used. Only connections that were used lately are
// refreshed before their tokens expire. The others are refreshed once a week, so that their refresh tokens stay in use, or by the
// call that comes first. A use is noted with the connection at most once a day.
import type { Ambient, Chance } from '../ambient.ts'
import { DAY_SECONDS, type EpochSeconds, later } from '../time.ts'
import { type Connection, expiryOf, refOf } from './connection.ts'
import type { ConnectionPorts } from './ports.ts'

export const USE_NOTED_SECONDS = DAY_SECONDS
/** Twice the time between two notes, so that a connection that is used every day never counts as unused. */
export const UNUSED_SECONDS = 2 * USE_NOTED_SECONDS
/** An unused connection is refreshed between these two ages of its tokens. */
export const LEAST_WEEKLY_SECONDS = 6 * DAY_SECONDS
export const WEEKLY_SECONDS = 7 * DAY_SECONDS

export interface LazyRefreshPorts {
  /** Whether connections that are not used are refreshed only weekly. */
  readonly lazyRefresh: boolean
}

/** Notes that a connection was read for a call, in the background. It writes nothing unless lazy refresh is on. */
export function noteUse(
  services: LazyRefreshPorts & Pick<Ambient & ConnectionPorts, 'now' | 'background' | 'connections'>,
  connection: Connection,
): void {
  const now = services.now()
  const before = later(now, -USE_NOTED_SECONDS)
  if (!services.lazyRefresh || (connection.usedAt ?? 0) > before) return
  services.background.start(async () => {
    await services.connections.noteUse(refOf(connection), now, before)
  })
}

/**
 * Until when a connection need not be refreshed, because it was not used lately. `undefined` if it is to be refreshed
 * now. A connection in trouble is not left alone, nor one whose tokens do not expire.
 */
export function unusedUntil(
  connection: Connection,
  now: EpochSeconds,
  chance: Chance,
): EpochSeconds | undefined {
  const { credential, usedAt, createdAt } = connection
  if (credential.kind !== 'refreshable' || expiryOf(credential) === undefined) return undefined
  if (!isWell(connection) || now < later(usedAt ?? createdAt, UNUSED_SECONDS)) return undefined
  if (now >= later(credential.issuedAt, LEAST_WEEKLY_SECONDS)) return undefined
  const spread = (WEEKLY_SECONDS - LEAST_WEEKLY_SECONDS) * chance()
  return later(credential.issuedAt, LEAST_WEEKLY_SECONDS + spread)
}

/** Whether nothing is left of earlier work: no failure, refusal, report or lease. */
function isWell({ state, lease, unanswered, lastError, disconnectReportedAt }: Connection): boolean {
  const traces = [lease, unanswered, lastError, disconnectReportedAt]
  return state.status === 'active' && traces.every((trace) => trace === undefined)
}
