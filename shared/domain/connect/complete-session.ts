// Completes a "verified" session: the caller says who is logged in now. Only if that is the end user the session was
// started for is the code exchanged; otherwise it is thrown away unspent. So an attacker who starts a session and makes
// a victim approve it gets nothing (RFC 9700 section 4.7). An end user with a JWT could be that attacker, and complete
// before the victim's browser is back: so it has to show the completion code, which only that browser was given.
import type { Ambient } from '../ambient.ts'
import { type Caller, maySee } from '../callers/caller.ts'
import type { Connection } from '../connections/connection.ts'
import { ServiceError, validationFailed } from '../errors.ts'
import { sha256 } from '../hash.ts'
import type { ConnectionId, ConnectSessionId, EndUserId } from '../ids.ts'
import { connectionsExceeded } from '../tenants/limits.ts'
import { suspended, suspensionOf } from '../tenants/suspension.ts'
import { later } from '../time.ts'
import type { VaultPorts } from '../vault/ports.ts'
import {
  type ConnectSession,
  codeOf,
  codeVerifierOf,
  SESSION_MEMORY_SECONDS,
  visibleStatus,
} from './connect-session.ts'
import { exchangeForConnection } from './exchange-code.ts'
import type { ConnectPorts } from './ports.ts'
import { noSuchSession } from './start-session.ts'

type Ports = Pick<Ambient & ConnectPorts & VaultPorts, 'now' | 'sessions' | 'vault'> &
  Parameters<typeof exchangeForConnection>[0]

export interface CompletionInput {
  readonly sessionId: ConnectSessionId
  /** Who is logged in now; with a JWT it says so itself. */
  readonly endUserId?: EndUserId
  /** Needed with a JWT; a back end, which knows whose browser came back, may leave it out. */
  readonly completionCode?: string
}

/**
 * Completes a session; completing a completed one again gives the same connection.
 * @throws ServiceError not_found; end_user_mismatch; completion_code_mismatch; session_not_completable (with its status); grant_refused,
 *   workspace_mismatch, app_credentials_refused or upstream_* when the exchange failed
 */
export async function completeSession(
  services: Ports,
  caller: Caller,
  input: CompletionInput,
): Promise<Connection> {
  const { tenant, actor } = caller
  const endUserId = input.endUserId ?? (actor.kind === 'end_user' ? actor.id : undefined)
  if (endUserId === undefined) {
    throw validationFailed({ pointer: '#/end_user', detail: 'is required: who is logged in now?' })
  }
  if (!maySee(caller, endUserId)) {
    throw new ServiceError('end_user_mismatch', 'The body names another end user than the JWT.')
  }
  const session = await services.sessions.get(tenant.id, input.sessionId)
  if (session === undefined) throw noSuchSession()
  const showsCode = hasCompletionCode(session, input.completionCode)
  if (session.endUser.id !== endUserId) {
    // An end user does not learn that another has such a session, and ends it only from the browser that approved.
    if (actor.kind === 'end_user' && !showsCode) throw noSuchSession()
    const void_ = { status: 'failed', error: 'end_user_mismatch' } as const
    const final = later(services.now(), SESSION_MEMORY_SECONDS)
    const changed = await services.sessions.move(session, 'awaiting_completion', void_, final)
    throw new ServiceError('end_user_mismatch', 'The session was started for another end user.', { changed })
  }
  if (session.state.status === 'connected') return connectionOf(services, session, session.state.connectionId)
  const status = visibleStatus(session, services.now())
  if (session.state.status !== 'awaiting_completion' || status === 'expired')
    throw notCompletable(session, status)

  const mustShowCode = actor.kind === 'end_user' || input.completionCode !== undefined
  if (mustShowCode && !showsCode) throw codeMismatch()

  // Before the code is touched: resumed in time, the session can still be completed. Read anew, as where one is started.
  const what = suspensionOf(await services.tenants.get(tenant.id), session)
  if (what !== undefined) throw suspended(what)
  // A store or vault that fails leaves the session as it is, to be completed later.
  const app = await services.apps.get(tenant.id, session.appId)
  const code = await services.vault.open(codeOf(session), session.state.code)
  const codeVerifier = await services.vault.open(codeVerifierOf(session), session.state.codeVerifier)
  const claimed = await services.sessions.move(
    session,
    'awaiting_completion',
    { status: 'exchanging' },
    session.expiresAt,
  )
  if (!claimed) throw notCompletable(session, 'awaiting_completion')
  const state = await exchangeForConnection(services, session, { app, code, codeVerifier })
  if (state.status === 'connected') return connectionOf(services, session, state.connectionId)
  throw exchangeFailed(state.error).afterChange()
}

function hasCompletionCode({ state }: ConnectSession, given: string | undefined): boolean {
  if (given === undefined || state.status !== 'awaiting_completion') return false
  return sha256(given) === state.completionHash
}

/** The authorization code is kept: whoever has the right completion code can still come. */
function codeMismatch(): ServiceError {
  return new ServiceError(
    'completion_code_mismatch',
    'Send as "completion_code" what the return URL was called with: it is missing or not that of this session.',
  )
}

async function connectionOf(services: Ports, { tenantId }: ConnectSession, connectionId: ConnectionId) {
  const connection = await services.connections.get({ tenantId, connectionId })
  if (connection === undefined) throw new ServiceError('not_found', 'The connection has been deleted since.')
  return connection
}

function notCompletable(session: ConnectSession, status: string): ServiceError {
  const detail =
    session.state.status === 'exchanging' || status === 'awaiting_completion'
      ? 'The session is being completed by another request.'
      : `The session is "${status}"; only one that is "awaiting_completion" can be completed.`
  return new ServiceError('session_not_completable', detail, { extensions: { session_status: status } })
}

/** The error of the session as a problem; what a session can end with is in exchange.ts and grant.ts. */
function exchangeFailed(error: string): ServiceError {
  switch (error) {
    case 'workspace_mismatch':
      return new ServiceError(error, 'The end user chose another workspace than the one of the connection.')
    case 'tenant_limit_exceeded':
      return connectionsExceeded()
    case 'tenant_suspended':
      return suspended('tenant')
    case 'app_suspended':
      return suspended('app')
    case 'connection_gone':
      return new ServiceError('not_found', 'The connection to reconnect has been deleted since.')
    case 'invalid_grant':
      return new ServiceError(
        'grant_refused',
        'ClickFunnels refused the authorization code. Start a new session.',
      )
    case 'invalid_client':
      return new ServiceError('app_credentials_refused', "ClickFunnels refused the app's client credentials.")
    case 'temporarily_unavailable':
      return new ServiceError(
        'upstream_unreachable',
        'ClickFunnels could not be reached. Start a new session.',
      )
    case 'storage_unavailable':
      return new ServiceError(error, 'The store did not answer in time. Start a new session.')
    case 'invalid_response':
    case 'workspace_unusable':
      return new ServiceError(
        'upstream_malformed',
        'ClickFunnels did not give tokens of a known workspace. Start a new session.',
      )
    default:
      return new ServiceError('internal_error', 'The session failed by a fault of ours. Start a new one.')
  }
}
