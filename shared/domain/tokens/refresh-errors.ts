// What a caller is told when its connection's token cannot be refreshed.
import type { Connection } from '../connections/connection.ts'
import { ServiceError } from '../errors.ts'

/** A refresh that failed is not tried again by the next caller before this. */
export const RETRY_SECONDS = 5

export function appRefused(connection: Connection): ServiceError {
  return new ServiceError(
    'app_credentials_refused',
    "ClickFunnels refuses the app's client credentials. Nothing is lost: the operator has to set the right client secret.",
    { retryAfterSeconds: 60, extensions: { connection_id: connection.id, app_id: connection.appId } },
  )
}

export function refreshFailed(connection: Connection, reason = 'it is still under way'): ServiceError {
  return new ServiceError(
    'refresh_failed',
    `The connection's token could not be refreshed now (${reason}). Nothing is lost: try again.`,
    { retryAfterSeconds: RETRY_SECONDS, extensions: { connection_id: connection.id } },
  )
}
