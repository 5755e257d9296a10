// Ends a session whose code was taken and that has no connection.
import type { Ambient } from '../ambient.ts'
import { later } from '../time.ts'
import { type ConnectSession, SESSION_MEMORY_SECONDS } from './connect-session.ts'
import type { ConnectPorts } from './ports.ts'
import type { ExchangeError } from './session-errors.ts'

/** Moves the session from "exchanging" to "failed"; false if it is not "exchanging" any more. */
export function failSession(
  { now, sessions }: Pick<Ambient & ConnectPorts, 'now' | 'sessions'>,
  session: ConnectSession,
  error: ExchangeError,
): Promise<boolean> {
  const expiresAt = later(now(), SESSION_MEMORY_SECONDS)
  return sessions.move(session, 'exchanging', { status: 'failed', error }, expiresAt)
}
