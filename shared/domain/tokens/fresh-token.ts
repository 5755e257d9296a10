// Gives callers an access token that works. A valid token is served at once, whatever happens to refreshes. An
// expired or rejected token is replaced by one coordinated refresh, which all callers share.
import type { Ambient } from '../ambient.ts'
import type { Caller } from '../callers/caller.ts'
import { type Connection, expiryOf, refOf, tokenOf } from '../connections/connection.ts'
import { isInReach, noSuchConnection, type Reach, reachOf } from '../connections/reach.ts'
import { type ErrorCode, ServiceError } from '../errors.ts'
import type { ConnectionId } from '../ids.ts'
import { suspended, suspensionOf } from '../tenants/suspension.ts'
import { deadlineIn, later, latest } from '../time.ts'
import type { VaultPorts } from '../vault/ports.ts'
import { type FreshTokenPorts, type Renewed, refreshOrWait, whenIdle } from './await-refresh.ts'
import type { TokenPorts } from './ports.ts'
import { probeConnection } from './probe.ts'
import { reauthorizationRequired, refreshFailed } from './refresh-errors.ts'
import type { ServedToken, TokenSource } from './token-memory.ts'
import { checkReach, failedJustNow, lasts, lookAgain, orGiveUp, secondLook } from './usable-connection.ts'
import { CONFIRMATION_SECONDS } from './verdict.ts'

/** A refresh that is asked for so soon after another one would give nothing new, and costs ClickFunnels' patience. */
const REFRESH_AGAIN_SECONDS = 60
/** After a late 401, a caller waits at least this long for the refresh. */
const LATE_WAIT_SECONDS = 2

/**
 * Gives an access token for an active connection. It is refreshed first if it expires within `minValiditySeconds`. If
 * that refresh fails, a token that is still valid is served as it is.
 * @throws ServiceError not_found; reauthorization_required; refresh_failed; recovering; storage_unavailable;
 *   app_credentials_refused; …_suspended
 */
export async function usableToken(
  services: FreshTokenPorts,
  reach: Reach,
  minValiditySeconds = 0,
  deadline = deadlineIn(services.now()),
): Promise<ServedToken> {
  const remembered = services.tokenMemory.recall(reach, services.now())
  if (remembered !== undefined && lasts(services, remembered.connection, minValiditySeconds)) {
    if (!isInReach(reach, remembered.connection)) throw noSuchConnection()
    return { ...remembered, source: 'memory' }
  }
  // Calls share the read. Each checks its own reach, because they may be of different end users.
  const read = await services.tokenMemory.read(reach, () => services.connections.get(reach))
  const connection = await secondLook(services, checkReach(reach, read), deadline)
  const looked = connection.generation === read?.generation ? 'stored' : 'refreshed'
  if (lasts(services, connection, minValiditySeconds)) return openToken(services, connection, looked)
  try {
    return await openRenewed(services, await refreshOrWait(services, connection, 'call', deadline))
  } catch (error) {
    const final = error instanceof ServiceError && FINAL_ERRORS.has(error.code)
    const expiresAt = expiryOf(connection.credential)
    const valid = expiresAt === undefined || expiresAt > services.now()
    if (!final && valid) return openToken(services, connection, looked)
    throw error
  }
}

/** Errors that a caller gets even while the token is valid. */
const FINAL_ERRORS: ReadonlySet<ErrorCode> = new Set([
  'not_found',
  'reauthorization_required',
  'tenant_suspended',
  'app_suspended',
  'connection_suspended',
])

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
    return openRenewed(services, await refreshOrWait(services, current, 'refused_call', deadline))
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

/**
 * Refreshes a connection now, or probes it if it has no refresh token. A token that was refreshed less than 60 s ago is left
 * as it is.
 * @throws ServiceError not_found; reauthorization_required; refresh_failed; recovering; storage_unavailable
 */
export async function refreshNow(
  services: FreshTokenPorts,
  caller: Caller,
  connectionId: ConnectionId,
  deadline = deadlineIn(services.now()),
): Promise<Connection> {
  const reach = reachOf(caller, connectionId)
  const connection = checkReach(reach, await services.connections.get(reach))
  if (connection.state.status !== 'active') {
    const lookedAt = connection.state.refusedAt === undefined ? undefined : connection.updatedAt
    const recent = lookedAt !== undefined && services.now() < later(lookedAt, CONFIRMATION_SECONDS)
    if (recent) throw reauthorizationRequired(connection)
    return lookAgain(services, connection, deadline)
  }
  if (connection.credential.kind === 'refreshable') {
    if (!wasJustRefreshed(services, connection))
      return (await refreshOrWait(services, connection, 'call', deadline)).connection
    // Nothing is asked of ClickFunnels, but a suspension is told at once, as a refresh would tell it.
    const what = suspensionOf(await services.tenants.get(connection.tenantId), connection)
    if (what !== undefined) throw suspended(what)
    return connection
  }
  const probe = await orGiveUp(services, connection, probeConnection(services, connection, 'call'), deadline)
  if (probe.outcome === 'suspended') throw suspended(probe.what)
  if (probe.outcome === 'unclear')
    throw refreshFailed(connection, 'ClickFunnels did not say whether the token is valid')
  return orGiveUp(services, connection, whenIdle(services, connection, deadline), deadline)
}

function wasJustRefreshed({ now }: Pick<Ambient, 'now'>, { lastRefreshedAt }: Connection): boolean {
  return lastRefreshedAt !== undefined && now() < later(lastRefreshedAt, REFRESH_AGAIN_SECONDS)
}

type OpeningPorts = Pick<Ambient & VaultPorts & TokenPorts, 'now' | 'vault' | 'tokenMemory'>

function openRenewed(services: OpeningPorts, { connection, source }: Renewed): Promise<ServedToken> {
  return openToken(services, connection, source)
}

async function openToken(
  services: OpeningPorts,
  connection: Connection,
  source: TokenSource,
): Promise<ServedToken> {
  const binding = tokenOf(connection.tenantId, connection.id, connection.generation, 'access_token')
  const accessToken = await services.vault.open(binding, connection.credential.accessToken)
  const token = { connection, accessToken }
  services.tokenMemory.remember(token, services.now())
  return { ...token, source }
}
