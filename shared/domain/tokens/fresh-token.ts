// Gives callers an access token that works. A valid token is served at once, whatever happens to refreshes. An
// expired or rejected token is replaced by one coordinated refresh, which all callers share.
import type { Ambient } from '../ambient.ts'
import type { Caller } from '../callers/caller.ts'
import { type Connection, expiryOf, NO_OWNER, QUEUED, refOf, tokenOf } from '../connections/connection.ts'
import { isInReach, noSuchConnection, type Reach, reachOf } from '../connections/reach.ts'
import { type ErrorCode, ServiceError } from '../errors.ts'
import type { ConnectionId } from '../ids.ts'
import { poll } from '../repeat.ts'
import { suspended, suspensionOf } from '../tenants/suspension.ts'
import { type EpochSeconds, later } from '../time.ts'
import type { VaultPorts } from '../vault/ports.ts'
import { isLeased } from './lease.ts'
import type { TokenPorts } from './ports.ts'
import { probeConnection } from './probe.ts'
import { type RefreshPorts, refreshConnection } from './refresh.ts'
import { appRefused, reauthorizationRequired, recovering, refreshFailed } from './refresh-errors.ts'
import type { RefreshCause } from './refresh-rules.ts'
import type { UsableToken } from './token-memory.ts'
import { activeConnection, checkReach, failedJustNow, lookAgain, secondLook } from './usable-connection.ts'
import { CONFIRMATION_SECONDS } from './verdict.ts'

/** A token this close to its expiry could expire on the way to the provider. */
const EXPIRY_SKEW_SECONDS = 5
/** No refresh while this much of the lifetime is left, however long a caller wants the token to last. */
const FRESH_FRACTION = 0.8
/** A refresh that is asked for so soon after another one would give nothing new, and costs ClickFunnels' patience. */
const REFRESH_AGAIN_SECONDS = 60
/** How long a caller waits for the refresh of another process. That takes longer only if its commit is slow. */
const WAIT_SECONDS = 15

export type FreshTokenPorts = RefreshPorts & Pick<Ambient & TokenPorts, 'sleep' | 'tokenMemory'>

/**
 * Gives an access token for an active connection. It is refreshed first if it expires within `minValiditySeconds`. If
 * that refresh fails, a token that is still valid is served as it is.
 * @param end when the caller stops waiting for the refresh of another process
 * @throws ServiceError not_found; reauthorization_required; refresh_failed; app_credentials_refused; …_suspended
 */
export async function usableToken(
  services: FreshTokenPorts,
  reach: Reach,
  minValiditySeconds = 0,
  end = later(services.now(), WAIT_SECONDS),
): Promise<UsableToken> {
  const remembered = services.tokenMemory.recall(reach, services.now())
  if (remembered !== undefined && lasts(services, remembered.connection, minValiditySeconds)) {
    if (!isInReach(reach, remembered.connection)) throw noSuchConnection()
    return remembered
  }
  // Calls share the read. Each checks its own reach, because they may be of different end users.
  const read = await services.tokenMemory.read(reach, () => services.connections.get(reach))
  const connection = await secondLook(services, checkReach(reach, read))
  if (lasts(services, connection, minValiditySeconds)) return openToken(services, connection)
  try {
    return await openToken(services, await refreshOrWait(services, connection, 'call', end))
  } catch (error) {
    const final = error instanceof ServiceError && FINAL_ERRORS.has(error.code)
    const expiresAt = expiryOf(connection.credential)
    const valid = expiresAt === undefined || expiresAt > services.now()
    if (!final && valid) return openToken(services, connection)
    throw error
  }
}

function lasts(services: Pick<Ambient, 'now'>, connection: Connection, minValiditySeconds: number): boolean {
  const expiresAt = expiryOf(connection.credential)
  const needed = neededSeconds(connection, minValiditySeconds)
  return expiresAt === undefined || expiresAt > later(services.now(), needed)
}

/** Errors that a caller gets even while the token is valid. */
const FINAL_ERRORS: ReadonlySet<ErrorCode> = new Set([
  'not_found',
  'reauthorization_required',
  'tenant_suspended',
  'app_suspended',
  'connection_suspended',
])

function neededSeconds({ credential }: Connection, minValiditySeconds: number): number {
  if (credential.kind !== 'refreshable' || credential.expiresAt === undefined) return EXPIRY_SKEW_SECONDS
  const longest = (credential.expiresAt - credential.issuedAt) * FRESH_FRACTION
  return Math.max(EXPIRY_SKEW_SECONDS, Math.min(minValiditySeconds, longest))
}

/**
 * Replaces an access token that the provider answered with 401.
 * @returns `undefined` when the token is valid after all, so that the 401 was about something else
 * @throws ServiceError not_found; reauthorization_required; refresh_failed
 */
export async function replaceRejected(
  services: FreshTokenPorts,
  rejected: Connection,
  end = later(services.now(), WAIT_SECONDS),
): Promise<UsableToken | undefined> {
  services.tokenMemory.forget(refOf(rejected))
  const ref = refOf(rejected)
  const current = await secondLook(services, checkReach(ref, await services.connections.get(ref)))
  if (current.generation !== rejected.generation) return openToken(services, current)
  if (current.credential.kind === 'refreshable') {
    return openToken(services, await refreshOrWait(services, current, 'refused_call', end))
  }
  // A probe that showed nothing a moment ago would show nothing now.
  if (failedJustNow(services, current)) return undefined
  const probe = await probeConnection(services, current, 'refused_call')
  if (probe.outcome === 'suspended') throw suspended(probe.what)
  if (probe.outcome === 'alive') services.tokenMemory.markValid(current, services.now())
  if (probe.outcome === 'alive' || probe.outcome === 'unclear') return undefined
  const judged = await whenIdle(services, current, end)
  return judged.generation === current.generation ? undefined : openToken(services, judged)
}

/**
 * Refreshes a connection now, or probes it if it has no refresh token. A token that was refreshed less than 60 s ago is left
 * as it is.
 * @throws ServiceError not_found; reauthorization_required; refresh_failed
 */
export async function refreshNow(
  services: FreshTokenPorts,
  caller: Caller,
  connectionId: ConnectionId,
): Promise<Connection> {
  const reach = reachOf(caller, connectionId)
  const connection = checkReach(reach, await services.connections.get(reach))
  if (connection.state.status !== 'active') {
    const lookedAt = connection.state.refusedAt === undefined ? undefined : connection.updatedAt
    const recent = lookedAt !== undefined && services.now() < later(lookedAt, CONFIRMATION_SECONDS)
    if (recent) throw reauthorizationRequired(connection)
    return lookAgain(services, connection)
  }
  if (connection.credential.kind === 'refreshable') {
    if (!wasJustRefreshed(services, connection)) return refreshOrWait(services, connection)
    // Nothing is asked of ClickFunnels, but a suspension is told at once, as a refresh would tell it.
    const what = suspensionOf(await services.tenants.get(connection.tenantId), connection)
    if (what !== undefined) throw suspended(what)
    return connection
  }
  const probe = await probeConnection(services, connection, 'call')
  if (probe.outcome === 'suspended') throw suspended(probe.what)
  if (probe.outcome === 'unclear')
    throw refreshFailed(connection, 'ClickFunnels did not say whether the token is valid')
  return whenIdle(services, connection)
}

function wasJustRefreshed({ now }: Pick<Ambient, 'now'>, { lastRefreshedAt }: Connection): boolean {
  return lastRefreshedAt !== undefined && now() < later(lastRefreshedAt, REFRESH_AGAIN_SECONDS)
}

/** Refreshes a connection, or waits while another process does. */
async function refreshOrWait(
  services: FreshTokenPorts,
  connection: Connection,
  cause: RefreshCause = 'call',
  end = later(services.now(), WAIT_SECONDS),
): Promise<Connection> {
  // A call's 401 is new evidence about a grant that was refused.
  const news = cause === 'refused_call' && connection.lastError === 'grant_refused'
  if (failedJustNow(services, connection) && !news && !isQueued(connection, services.now()))
    throw refreshFailed(connection, connection.lastError)
  const refresh = await refreshConnection(services, connection, cause)
  switch (refresh.outcome) {
    case 'refreshed':
      return refresh.connection
    case 'failed':
      if (refresh.error === 'client_refused') throw appRefused(connection)
      if (refresh.error === 'commit_failed') throw recovering(connection)
      throw refresh.queued ? recovering(connection) : refreshFailed(connection, refresh.error)
    case 'reauthorization_required':
      return activeConnection(services, refOf(connection))
    case 'suspended':
      throw suspended(refresh.what)
    case 'app_refused':
    case 'app_gone':
      throw appRefused(connection)
    case 'provider_down':
      throw refreshFailed(connection, 'ClickFunnels is down')
    case 'busy':
    case 'overtaken': {
      const other = await whenIdle(services, connection, end)
      if (other.generation === connection.generation) throw refreshFailed(connection, other.lastError)
      return other
    }
  }
}

/** Whether the recovery queue may still bring the connection's next tokens. */
function isQueued(connection: Connection, now: EpochSeconds): boolean {
  return isLeased(connection, now) && connection.lease?.owner === QUEUED
}

/** Waits, within bounds, until no process works on the connection any more or its generation has moved. */
async function whenIdle(
  services: FreshTokenPorts,
  seen: Connection,
  end = later(services.now(), WAIT_SECONDS),
): Promise<Connection> {
  const until = Math.min(later(services.now(), WAIT_SECONDS), end)
  return poll(services, async () => {
    const current = await activeConnection(services, refOf(seen))
    const now = services.now()
    if (isQueued(current, now) && !lasts(services, current, 0)) throw recovering(current)
    const idle = !isLeased(current, now) || current.lease?.owner === NO_OWNER
    return current.generation !== seen.generation || idle || now >= until ? current : undefined
  })
}

async function openToken(
  services: Pick<Ambient & VaultPorts & TokenPorts, 'now' | 'vault' | 'tokenMemory'>,
  connection: Connection,
): Promise<UsableToken> {
  const binding = tokenOf(connection.tenantId, connection.id, connection.generation, 'access_token')
  const accessToken = await services.vault.open(binding, connection.credential.accessToken)
  const token = { connection, accessToken }
  services.tokenMemory.remember(token, services.now())
  return token
}
