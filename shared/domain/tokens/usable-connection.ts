// Whether a connection can be used, and for how long its token lasts.
import type { Ambient } from '../ambient.ts'
import { type Connection, expiryOf } from '../connections/connection.ts'
import type { ConnectionPorts } from '../connections/ports.ts'
import { isInReach, noSuchConnection, type Reach } from '../connections/reach.ts'
import { suspended } from '../tenants/suspension.ts'
import { type Deadline, later } from '../time.ts'
import { RETRY_SECONDS, reauthorizationRequired, recovering } from './refresh-errors.ts'

/** A token this close to its expiry could expire on the way to the provider. */
const EXPIRY_SKEW_SECONDS = 5
/** No refresh while this much of the lifetime is left, however long a caller wants the token to last. */
const FRESH_FRACTION = 0.8

/** Whether the access token is valid for so many seconds, or for as long as a caller can ask. */
export function lasts(
  { now }: Pick<Ambient, 'now'>,
  { credential }: Connection,
  minValiditySeconds: number,
): boolean {
  const expiresAt = expiryOf(credential)
  if (credential.kind !== 'refreshable' || expiresAt === undefined)
    return expiresAt === undefined || expiresAt > later(now(), EXPIRY_SKEW_SECONDS)
  const longest = (expiresAt - credential.issuedAt) * FRESH_FRACTION
  return expiresAt > later(now(), Math.max(EXPIRY_SKEW_SECONDS, Math.min(minValiditySeconds, longest)))
}

/**
 * Waits for work on a connection's tokens until the caller's time is up. The work goes on after that.
 * @throws ServiceError recovering when the time is up; what the work throws
 */
export async function orGiveUp<T extends object>(
  { background }: Pick<Ambient, 'background'>,
  connection: Connection,
  work: Promise<T>,
  { answerBy }: Deadline,
): Promise<T> {
  const done = await background.within(work, answerBy)
  if (done === undefined) throw recovering(connection, true)
  return done
}

/**
 * Reads a connection, and checks that it can be used.
 * @throws ServiceError not_found; connection_suspended; reauthorization_required
 */
export async function activeConnection(
  services: Pick<ConnectionPorts, 'connections'>,
  reach: Reach,
): Promise<Connection> {
  return checkActive(checkReach(reach, await services.connections.get(reach)))
}

/** The reach is checked first, because the status of another end user's connection must not show. */
export function checkReach(reach: Reach, connection: Connection | undefined): Connection {
  if (connection === undefined || !isInReach(reach, connection)) throw noSuchConnection()
  if (connection.suspendedAt !== undefined) throw suspended('connection')
  return connection
}

function checkActive(connection: Connection): Connection {
  if (connection.state.status === 'active') return connection
  throw reauthorizationRequired(connection)
}

/** Many callers of a connection whose refresh fails must not cause as many calls of the token endpoint. */
export function failedJustNow(services: Pick<Ambient, 'now'>, { lastError, updatedAt }: Connection): boolean {
  // Refused credentials are noted with the app, and the operator may replace them at any moment.
  if (lastError === undefined || lastError === 'client_refused') return false
  return services.now() < later(updatedAt, RETRY_SECONDS)
}
