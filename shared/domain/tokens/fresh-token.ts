// Gives callers an access token that works. One that is still valid is served at once, whatever goes on with refreshes;
// an expired or rejected one is replaced by one coordinated refresh, which all callers share.
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

/** A token this close to its expiry could die on the way to the provider. */
const EXPIRY_SKEW_SECONDS = 5
/** However long a caller wants its token to last: no refresh while so much of its lifetime is left. */
const FRESH_FRACTION = 0.8
/** How long a caller waits for a refresh that another process is doing: what that may take, short of a slow commit. */
const WAIT_SECONDS = 15

export type FreshTokenPorts = RefreshPorts & Pick<Ambient & TokenPorts, 'sleep' | 'tokenMemory'>

/**
 * Reads a connection that can be used.
 * @throws ServiceError not_found; connection_suspended; reauthorization_required
 */
export async function activeConnection(
  services: Pick<ConnectionPorts, 'connections'>,
  reach: Reach,
): Promise<Connection> {
  return usable(reach, await services.connections.get(reach))
}

/** Whether it is theirs comes first: how another's connection stands is not theirs to know. */
function usable(reach: Reach, connection: Connection | undefined): Connection {
  if (connection === undefined || !isInReach(reach, connection)) throw noSuchConnection()
  if (connection.suspendedAt !== undefined) throw suspended('connection')
  if (connection.state.status === 'active') return connection
  throw new ServiceError(
    'reauthorization_required',
    'The end user has to connect again: start a connect session with this connection_id.',
    { extensions: { connection_id: connection.id, reason: connection.state.reason } },
  )
}

/**
 * An access token for an active connection, refreshed first if it has expired or would within `minValiditySeconds`. While
 * it is valid, trouble with the refresh reaches nobody: then it is served as it is.
 * @param end until when the caller can wait for another process's refresh
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
  // Many share one reading, each judges for itself: they may be different end users.
  const connection = usable(
    reach,
    await services.tokenMemory.read(reach, () => services.connections.get(reach)),
  )
  if (lasts(services, connection, minValiditySeconds)) return openToken(services, connection)
  try {
    return await openToken(services, await refreshOrWait(services, connection, end))
  } catch (error) {
    const verdict = error instanceof ServiceError && VERDICTS.has(error.code)
    const expiresAt = expiryOf(connection.credential)
    const valid = expiresAt === undefined || expiresAt > services.now()
    if (!verdict && valid) return openToken(services, connection)
    throw error
  }
}

function lasts(services: Pick<Ambient, 'now'>, connection: Connection, minValiditySeconds: number): boolean {
  const expiresAt = expiryOf(connection.credential)
  const needed = neededSeconds(connection, minValiditySeconds)
  return expiresAt === undefined || expiresAt > later(services.now(), needed)
}

/** What no valid token helps against. */
const VERDICTS: ReadonlySet<ErrorCode> = new Set([
  'not_found',
  'reauthorization_required',
  'tenant_suspended',
  'app_suspended',
  'connection_suspended',
])

function neededSeconds({ credential }: Connection, minValiditySeconds: number): number {
  if (credential.kind !== 'refreshable' || credential.expiresAt === undefined) return EXPIRY_SKEW_SECONDS
  const most = (credential.expiresAt - credential.issuedAt) * FRESH_FRACTION
  return Math.max(EXPIRY_SKEW_SECONDS, Math.min(minValiditySeconds, most))
}

/**
 * What to use instead of an access token that the provider answered 401 to.
 * @returns `undefined` when the token lives after all: the 401 was about something else
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
 * Refreshes a connection now, or probes it where nothing can be refreshed.
 * @throws ServiceError not_found; reauthorization_required; refresh_failed
 */
export async function refreshNow(
  services: FreshTokenPorts,
  caller: Caller,
  connectionId: ConnectionId,
): Promise<Connection> {
  const connection = await activeConnection(services, reachOf(caller, connectionId))
  if (connection.credential.kind === 'refreshable') return refreshOrWait(services, connection)
  const probe = await probeConnection(services, connection)
  if (probe.outcome === 'suspended') throw suspended(probe.what)
  if (probe.outcome === 'unclear')
    throw refreshFailed(connection, 'ClickFunnels could not tell whether it lives')
  return whenIdle(services, connection)
}

/** The connection after one refresh, ours or another process's. */
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

/** Many callers of a connection that cannot be refreshed must not become as many calls of the token endpoint. */
function failedJustNow(services: Pick<Ambient, 'now'>, { lastError, updatedAt }: Connection): boolean {
  // What the app did is kept with the app, and may be mended any moment.
  if (lastError === undefined || lastError === 'client_refused') return false
  return services.now() < later(updatedAt, RETRY_SECONDS)
}

/** Waits, within bounds, until nobody works on the connection any more or it has moved on. */
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
