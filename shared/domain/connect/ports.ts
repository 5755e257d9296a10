// Connecting needs the store of connect sessions, and of authorization requests that wait for their callback.
import type { ConnectSessions, PendingAuthorizations } from './connect-session.ts'

export interface ConnectPorts {
  readonly sessions: ConnectSessions
  readonly authorizations: PendingAuthorizations
}
