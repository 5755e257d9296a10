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

export function reauthorizationRequired({ id, state }: Connection): ServiceError {
  return new ServiceError(
    'reauthorization_required',
    'The end user has to connect again. Start a connect session with this connection_id.',
    { extensions: { connection_id: id, ...(state.status !== 'active' && { reason: state.reason }) } },
  )
}

/** @param upstreamIsSlow whether ClickFunnels had not answered when the caller's time was up */
export function recovering({ id }: Connection, upstreamIsSlow = false): ServiceError {
  return new ServiceError(
    'recovering',
    "The connection's tokens are being replaced. The end user has nothing to do. Try again later.",
    { retryAfterSeconds: RETRY_SECONDS, extensions: { connection_id: id }, upstreamIsSlow },
  )
}

/** Of a call that has too little time left for a refresh that loses nothing. */
export function noTimeToRefresh({ id }: Connection): ServiceError {
  return new ServiceError(
    'storage_unavailable',
    'This call took so long that no time was left to refresh the access token safely. The call was not carried out. Try again.',
    { retryAfterSeconds: RETRY_SECONDS, extensions: { connection_id: id } },
  )
}

export function refreshFailed(connection: Connection, reason = 'another refresh is under way'): ServiceError {
  return new ServiceError(
    'refresh_failed',
    `The connection's token could not be refreshed (${reason}). The connection is intact. Try again later.`,
    { retryAfterSeconds: RETRY_SECONDS, extensions: { connection_id: connection.id } },
  )
}
