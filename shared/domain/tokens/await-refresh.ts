// Replaces the tokens of a connection for a caller, who waits for the refresh by this process or by another one. The caller is
// given up before the refresh is: what ClickFunnels answers later is stored all the same (docs/adr/0025).
import type { Ambient } from '../ambient.ts'
import { type Connection, NO_OWNER, QUEUED, refOf } from '../connections/connection.ts'
import { poll } from '../repeat.ts'
import { suspended } from '../tenants/suspension.ts'
import { type Deadline, deadlineIn, type EpochSeconds, later, latest } from '../time.ts'
import { isLeased } from './lease.ts'
import type { TokenPorts } from './ports.ts'
import { type ProbeResult, probeConnection } from './probe.ts'
import { type RefreshOutcome, type RefreshPorts, refreshConnection } from './refresh.ts'
import {
  appRefused,
  noTimeToRefresh,
  reauthorizationRequired,
  recovering,
  refreshFailed,
} from './refresh-errors.ts'
import type { RefreshCause } from './refresh-rules.ts'
import { openToken, type ServedToken } from './token-memory.ts'
import { activeConnection, checkReach, failedJustNow, lasts, orGiveUp } from './usable-connection.ts'
import { awaitsConfirmation, confirmationDue } from './verdict.ts'

/** After a late 401, a caller waits at least this long for the refresh. */
const LATE_WAIT_SECONDS = 2

/** A connection with new tokens, and whether this process refreshed them or waited for another one. */
export interface Renewed {
  readonly connection: Connection
  readonly source: 'refreshed' | 'waited'
}

export type FreshTokenPorts = RefreshPorts &
  Pick<Ambient & TokenPorts, 'sleep' | 'tokenMemory' | 'lazyRefresh'>

/**
 * Refreshes a connection, or waits while another process does.
 * @throws ServiceError not_found; reauthorization_required; refresh_failed; recovering, also when the caller's time is up;
 *   storage_unavailable; app_credentials_refused; …_suspended
 */
export function refreshOrWait(
  services: FreshTokenPorts,
  connection: Connection,
  cause: RefreshCause,
  deadline: Deadline,
): Promise<Renewed> {
  return orGiveUp(services, connection, refreshed(services, connection, cause, deadline), deadline)
}

async function refreshed(
  services: FreshTokenPorts,
  connection: Connection,
  cause: RefreshCause,
  deadline: Deadline,
  hasWaited = false,
): Promise<Renewed> {
  // A call's 401 is new evidence about a grant that was refused.
  const news = cause === 'refused_call' && connection.lastError === 'grant_refused'
  if (failedJustNow(services, connection) && !news && !isQueued(connection, services.now()))
    throw refreshFailed(connection, connection.lastError)
  const refresh = await refreshConnection(services, connection, cause, deadline)
  switch (refresh.outcome) {
    case 'refreshed':
      return { connection: refresh.connection, source: 'refreshed' }
    case 'failed':
      if (refresh.error === 'client_refused') throw appRefused(connection)
      if (refresh.error === 'commit_failed') throw recovering(connection)
      throw refresh.queued ? recovering(connection) : refreshFailed(connection, refresh.error)
    case 'reauthorization_required':
      return { connection: await activeConnection(services, refOf(connection)), source: 'refreshed' }
    case 'suspended':
      throw suspended(refresh.what)
    case 'app_refused':
    case 'app_gone':
      throw appRefused(connection)
    case 'provider_down':
      throw refreshFailed(connection, 'ClickFunnels is down')
    case 'no_time':
      throw noTimeToRefresh(connection)
    case 'busy':
    case 'overtaken': {
      const other = await whenIdle(services, connection, deadline)
      if (other.generation !== connection.generation) return { connection: other, source: 'waited' }
      if (!isIdle(other, services.now())) throw recovering(connection)
      // The other process was refused, and did not know of the call's 401. With both, a verdict is possible.
      const decides = cause === 'refused_call' && other.lastError === 'grant_refused'
      if (decides && !hasWaited) return refreshed(services, other, cause, deadline, true)
      throw refreshFailed(connection, other.lastError)
    }
  }
}

/** Whether the recovery queue may still bring the connection's next tokens. */
function isQueued(connection: Connection, now: EpochSeconds): boolean {
  return isLeased(connection, now) && connection.lease?.owner === QUEUED
}

function isIdle(connection: Connection, now: EpochSeconds): boolean {
  return !isLeased(connection, now) || connection.lease?.owner === NO_OWNER
}

/**
 * Waits until no process works on the connection any more, its generation has moved, or the caller's time is up.
 * @throws ServiceError not_found; reauthorization_required; recovering; connection_suspended
 */
export async function whenIdle(
  services: FreshTokenPorts,
  seen: Connection,
  { answerBy }: Deadline,
): Promise<Connection> {
  return poll(services, async () => {
    const current = await activeConnection(services, refOf(seen))
    const now = services.now()
    if (isQueued(current, now) && !lasts(services, current, 0)) throw recovering(current)
    const over = isIdle(current, now) || now >= answerBy
    return current.generation !== seen.generation || over ? current : undefined
  })
}

/**
 * The connection, if it is active. The first caller that comes when the second look at a refused connection is due
 * takes that look.
 * @throws ServiceError reauthorization_required; recovering
 */
export async function secondLook(
  services: RefreshPorts,
  connection: Connection,
  deadline: Deadline,
): Promise<Connection> {
  const { state } = connection
  const now = services.now()
  if (state.status === 'active') return connection
  const due = awaitsConfirmation(connection) && now >= confirmationDue(state)
  if (due && !isLeased(connection, now) && !failedJustNow(services, connection)) {
    return lookAgain(services, connection, deadline)
  }
  throw reauthorizationRequired(connection)
}

/** Asks ClickFunnels whether it still refuses the connection. */
export async function lookAgain(
  services: RefreshPorts,
  connection: Connection,
  deadline: Deadline,
): Promise<Connection> {
  const looking =
    connection.credential.kind === 'refreshable'
      ? refreshConnection(services, connection, 'call', deadline)
      : probeConnection(services, connection, 'call')
  const look = await orGiveUp<RefreshOutcome | ProbeResult>(services, connection, looking, deadline)
  if (look.outcome === 'suspended') throw suspended(look.what)
  return activeConnection(services, refOf(connection))
}

/**
 * Replaces an access token that the provider answered with 401.
 * @returns `undefined` when the token is valid after all, so that the 401 was about something else
 * @throws ServiceError not_found; reauthorization_required; refresh_failed; recovering; storage_unavailable
 */
export async function replaceRejected(
  services: FreshTokenPorts,
  rejected: Connection,
  whole = deadlineIn(services.now()),
): Promise<ServedToken | undefined> {
  const answerBy = latest(whole.answerBy, later(services.now(), LATE_WAIT_SECONDS))
  const deadline = { ...whole, answerBy }
  services.tokenMemory.forget(refOf(rejected))
  const ref = refOf(rejected)
  const current = await secondLook(services, checkReach(ref, await services.connections.get(ref)), deadline)
  if (current.generation !== rejected.generation) return openToken(services, current, 'stored')
  if (current.credential.kind === 'refreshable') {
    const renewed = await refreshOrWait(services, current, 'refused_call', deadline)
    return openToken(services, renewed.connection, renewed.source)
  }
  // A probe that showed nothing a moment ago would show nothing now.
  if (failedJustNow(services, current)) return undefined
  const probing = probeConnection(services, current, 'refused_call')
  const probe = await orGiveUp(services, current, probing, deadline)
  if (probe.outcome === 'suspended') throw suspended(probe.what)
  if (probe.outcome === 'alive') services.tokenMemory.markValid(current, services.now())
  if (probe.outcome === 'alive' || probe.outcome === 'unclear') return undefined
  const judged = await orGiveUp(services, current, whenIdle(services, current, deadline), deadline)
  return judged.generation === current.generation ? undefined : openToken(services, judged, 'stored')
}
