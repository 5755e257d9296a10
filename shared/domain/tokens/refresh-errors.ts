// The errors that a caller gets when the token of its connection cannot be refreshed.
import type { Connection } from '../connections/connection.ts'
import { ServiceError } from '../errors.ts'

/** After a failed refresh, the next caller's refresh waits this long. */
export const RETRY_SECONDS = 5

export function appRefused(connection: Connection): ServiceError {
  return new ServiceError(
    'app_credentials_refused',
    "ClickFunnels refuses the app's client credentials. The connection is intact: it works again when the operator sets the right client secret.",
    { retryAfterSeconds: 60, extensions: { connection_id: connection.id, app_id: connection.appId } },
  )
}

export function refreshFailed(connection: Connection, reason = 'another refresh is under way'): ServiceError {
  return new ServiceError(
    'refresh_failed',
    `The connection's token could not be refreshed (${reason}). The connection is intact. Try again later.`,
    { retryAfterSeconds: RETRY_SECONDS, extensions: { connection_id: connection.id } },
  )
}
