// Completes a "verified" session: the caller says who is logged in now and sends the completion code. Only the browser that
// came back from ClickFunnels was given that code.
//
//   completion code ─▶ wrong or missing: refused, and the session stays
//   end user        ─▶ another one: the session fails, and the authorization code is thrown away unspent
//   both right      ─▶ the authorization code is exchanged
//
// An attacker can start a session, make a victim approve it, and open the product's return page before the victim does. The
// attacker knows the session's id and is its end user, but does not have the code (RFC 9700 section 4.7; ADR 21).
import { type Caller, maySee } from '../callers/caller.ts'
import type { Connection } from '../connections/connection.ts'
import { ServiceError, validationFailed } from '../errors.ts'
import { sha256 } from '../hash.ts'
import type { ConnectionId, ConnectSessionId, EndUserId } from '../ids.ts'
import { suspended, suspensionOf } from '../tenants/suspension.ts'
import { later } from '../time.ts'
import { type ConnectSession, codeOf, SESSION_MEMORY_SECONDS, visibleStatus } from './connect-session.ts'
import { type ExchangePorts, exchangeForConnection, prepareExchange } from './exchange-code.ts'
import { problemOf } from './session-errors.ts'
import { noSuchSession } from './start-session.ts'

export interface CompletionInput {
  readonly sessionId: ConnectSessionId
  /** Who is logged in now. May be left out with a JWT, which names the end user itself. */
  readonly endUserId?: EndUserId
  /** The parameter of the return URL. Every session that waits to be completed requires it. */
  readonly completionCode?: string
}

/**
 * Completes a session. Repeated, it gives the same connection.
 * @throws ServiceError validation_failed; not_found; end_user_mismatch; completion_code_mismatch; tenant_suspended; app_suspended;
 *   session_not_completable (with the session's status); what session-errors.ts lists, when the exchange failed
 */
export async function completeSession(
  services: ExchangePorts,
  caller: Caller,
  input: CompletionInput,
): Promise<Connection> {
  const { tenant, actor } = caller
  const endUserId = endUserNow(caller, input)
  const session = await services.sessions.get(tenant.id, input.sessionId)
  if (session === undefined) throw noSuchSession()
  const showsCode = hasCompletionCode(session, input.completionCode)
  const own = session.endUser.id === endUserId
  // End users do not learn of other end users' sessions, and end them only from the browser that approved.
  if (!own && actor.kind === 'end_user' && !showsCode) throw noSuchSession()
  const status = visibleStatus(session, services.now())
  if (status === 'awaiting_completion' && !showsCode) throw codeMismatch()
  if (!own) throw await discard(services, session)
  if (session.state.status === 'connected') return connectionOf(services, session, session.state.connectionId)
  if (session.state.status !== 'awaiting_completion' || status === 'expired')
    throw notCompletable(session, status)

  // Before the code is touched, so that the session can still be completed if the tenant is resumed in time. The tenant is read
  // again, because a caller is remembered for a minute.
  const what = suspensionOf(await services.tenants.get(tenant.id), session)
  if (what !== undefined) throw suspended(what)
  // If the store or the vault fails here, the session stays as it is and can be completed later.
  const code = await services.vault.open(codeOf(session), session.state.code)
  const grant = await prepareExchange(services, session, code, session.state.codeVerifier)
  const exchanging = { status: 'exchanging' } as const
  const claimed = await services.sessions.move(session, 'awaiting_completion', exchanging, session.expiresAt)
  if (!claimed) throw notCompletable(session, 'awaiting_completion')
  const state = await exchangeForConnection(services, session, grant)
  if (state.status === 'connected') return connectionOf(services, session, state.connectionId)
  throw problemOf(state.error).afterChange()
}

/** Who is logged in now, as the caller says. */
function endUserNow(caller: Caller, input: CompletionInput): EndUserId {
  const { actor } = caller
  const id = input.endUserId ?? (actor.kind === 'end_user' ? actor.id : undefined)
  if (id === undefined) {
    throw validationFailed({
      pointer: '#/end_user',
      detail: 'is required: name the end user who is logged in now',
    })
  }
  if (maySee(caller, id)) return id
  throw new ServiceError('end_user_mismatch', 'The body names a different end user than the JWT.')
}

/** Ends a session that a different end user came back to. Its code is thrown away unspent. */
async function discard(services: ExchangePorts, session: ConnectSession): Promise<ServiceError> {
  const failed = { status: 'failed', error: 'end_user_mismatch' } as const
  const expiresAt = later(services.now(), SESSION_MEMORY_SECONDS)
  const changed = await services.sessions.move(session, 'awaiting_completion', failed, expiresAt)
  return new ServiceError('end_user_mismatch', 'The session was started for a different end user.', {
    changed,
  })
}

function hasCompletionCode({ state }: ConnectSession, given: string | undefined): boolean {
  if (given === undefined || state.status !== 'awaiting_completion') return false
  return sha256(given) === state.completionHash
}

/** The session stays as it is, so that the browser with the right completion code can still complete it. */
function codeMismatch(): ServiceError {
  return new ServiceError(
    'completion_code_mismatch',
    '"completion_code" is missing or is not the one of this session. Send the value that the return URL was opened with.',
  )
}

async function connectionOf(
  services: ExchangePorts,
  { tenantId }: ConnectSession,
  connectionId: ConnectionId,
) {
  const connection = await services.connections.get({ tenantId, connectionId })
  if (connection === undefined)
    throw new ServiceError('not_found', 'The connection was deleted in the meantime.')
  return connection
}

function notCompletable(session: ConnectSession, status: string): ServiceError {
  const detail =
    session.state.status === 'exchanging' || status === 'awaiting_completion'
      ? 'Another request is completing the session.'
      : `The session is "${status}". Only a session that is "awaiting_completion" can be completed.`
  return new ServiceError('session_not_completable', detail, { extensions: { session_status: status } })
}
