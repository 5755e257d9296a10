// The event of a connect session: that it ended without a connection. One that only ran out of time has none, because nothing
// happens at that moment.
import type { EventDraft } from '../events/event.ts'
import { annotationsOf } from '../tenants/annotations.ts'
import type { SessionState, SessionSubject } from './connect-session.ts'

/** The event of a session that moves to another state; `undefined` if the tenant need not know of it. */
export function eventOfMove(session: SessionSubject, to: SessionState): EventDraft | undefined {
  if (!endsUnconnected(to)) return undefined
  const { id, tenantId, appId, endUser } = session
  const about = { connectSessionId: id, appId, endUserId: endUser.id, ...annotationsOf(session) }
  return {
    tenantId,
    type: 'connect_session.failed',
    // A session ends once, but one with a reconnect link may end at each opening.
    data: { ...about, sequence: (session.opening?.failures ?? 0) + 1, reason: to.error },
  }
}

/** Whether a state is an end without a connection. */
export function endsUnconnected(
  state: SessionState,
): state is Extract<SessionState, { readonly status: 'denied' | 'failed' }> {
  return state.status === 'denied' || state.status === 'failed'
}
