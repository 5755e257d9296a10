// Gives callers an access token that works. A valid token is served at once, whatever happens to refreshes. An
// expired token is replaced by one coordinated refresh, which all callers share.
import { expiryOf } from '../connections/connection.ts'
import { noteUse } from '../connections/lazy-refresh.ts'
import { isInReach, noSuchConnection, type Reach } from '../connections/reach.ts'
import { type ErrorCode, ServiceError } from '../errors.ts'
import { deadlineIn } from '../time.ts'
import type { FreshTokenPorts } from './await-refresh.ts'
import { openToken, type ServedToken } from './token-memory.ts'
import { checkReach, lasts } from './usable-connection.ts'

/** Most calls find a valid token, so a cold start does not load what replaces one. */
const renewal = () => import('./await-refresh.ts')

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
  const found = checkReach(reach, read)
  const connection =
    found.state.status === 'active' ? found : await (await renewal()).secondLook(services, found, deadline)
  noteUse(services, connection)
  const looked = connection.generation === read?.generation ? 'stored' : 'refreshed'
  if (lasts(services, connection, minValiditySeconds)) return openToken(services, connection, looked)
  try {
    const { refreshOrWait } = await renewal()
    const renewed = await refreshOrWait(services, connection, 'call', deadline)
    return await openToken(services, renewed.connection, renewed.source)
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
