// Gives callers an access token that works. A valid token is served at once, whatever happens to refreshes. An
// expired or rejected token is replaced by one coordinated refresh, which all callers share.
import type { Ambient } from '../ambient.ts'
import type { Caller } from '../callers/caller.ts'
import { type Connection, expiryOf, NO_OWNER, refOf, tokenOf } from '../connections/connection.ts'
import type { ConnectionPorts } from '../connections/ports.ts'
import { isInReach, noSuchConnection, type Reach, reachOf } from '../connections/reach.ts'
import { type ErrorCode, ServiceError } from '../errors.ts'
import type { ConnectionId } from '../ids.ts'
import { poll } from '../repeat.ts'
import { suspended } from '../tenants/suspension.ts'
import { later } from '../time.ts'
import type { VaultPorts } from '../vault/ports.ts'
import { isLeased } from './lease.ts'
import type { TokenPorts } from './ports.ts'
import { probeConnection } from './probe.ts'
import { type RefreshPorts, refreshConnection } from './refresh.ts'
import { appRefused, RETRY_SECONDS, refreshFailed } from './refresh-errors.ts'
import type { UsableToken } from './token-memory.ts'

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
 * Reads a connection, and checks that it can be used.
 * @throws ServiceError not_found; connection_suspended; reauthorization_required
 */
export async function activeConnection(
  services: Pick<ConnectionPorts, 'connections'>,
  reach: Reach,
): Promise<Connection> {
  return checkUsable(reach, await services.connections.get(reach))
}

/** The reach is checked first, because the status of another end user's connection must not show. */
function checkUsable(reach: Reach, connection: Connection | undefined): Connection {
  if (connection === undefined || !isInReach(reach, connection)) throw noSuchConnection()
  if (connection.suspendedAt !== undefined) throw suspended('connection')
  if (connection.state.status === 'active') return connection
  throw new ServiceError(
    'reauthorization_required',
    'The end user has to connect again. Start a connect session with this connection_id.',
    { extensions: { connection_id: connection.id, reason: connection.state.reason } },
  )
}

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
  const connection = checkUsable(
    reach,
    await services.tokenMemory.read(reach, () => services.connections.get(reach)),
  )
  if (lasts(services, connection, minValiditySeconds)) return openToken(services, connection)
  try {
    return await openToken(services, await refreshOrWait(services, connection, end))
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
  const current = await activeConnection(services, refOf(rejected))
  if (current.generation !== rejected.generation) return openToken(services, current)
  if (current.credential.kind === 'refreshable') {
    return openToken(services, await refreshOrWait(services, current, end))
  }
  const probe = await probeConnection(services, current)
  if (probe.outcome === 'suspended') throw suspended(probe.what)
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
  const connection = await activeConnection(services, reachOf(caller, connectionId))
  if (connection.credential.kind === 'refreshable') {
    return wasJustRefreshed(services, connection) ? connection : refreshOrWait(services, connection)
  }
  const probe = await probeConnection(services, connection)
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
  end = later(services.now(), WAIT_SECONDS),
): Promise<Connection> {
  if (failedJustNow(services, connection)) throw refreshFailed(connection, connection.lastError)
  const refresh = await refreshConnection(services, connection)
  switch (refresh.outcome) {
    case 'refreshed':
      return refresh.connection
    case 'failed':
      if (refresh.error === 'client_refused') throw appRefused(connection)
      throw refreshFailed(connection, refresh.error)
    case 'reauthorization_required':
      return activeConnection(services, refOf(connection))
    case 'suspended':
      throw suspended(refresh.what)
    case 'app_refused':
      throw appRefused(connection)
    case 'busy':
    case 'overtaken': {
      const other = await whenIdle(services, connection, end)
      if (other.generation === connection.generation) throw refreshFailed(connection, other.lastError)
      return other
    }
  }
}

/** Many callers of a connection whose refresh fails must not cause as many calls of the token endpoint. */
function failedJustNow(services: Pick<Ambient, 'now'>, { lastError, updatedAt }: Connection): boolean {
  // Refused credentials are noted with the app, and the operator may replace them at any moment.
  if (lastError === undefined || lastError === 'client_refused') return false
  return services.now() < later(updatedAt, RETRY_SECONDS)
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
