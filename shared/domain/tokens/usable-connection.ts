// Whether a connection can be used, and the second look at one whose tokens were refused.
import type { Ambient } from '../ambient.ts'
import { type Connection, refOf } from '../connections/connection.ts'
import type { ConnectionPorts } from '../connections/ports.ts'
import { isInReach, noSuchConnection, type Reach } from '../connections/reach.ts'
import { suspended } from '../tenants/suspension.ts'
import { later } from '../time.ts'
import { isLeased } from './lease.ts'
import { probeConnection } from './probe.ts'
import { type RefreshPorts, refreshConnection } from './refresh.ts'
import { RETRY_SECONDS, reauthorizationRequired } from './refresh-errors.ts'
import { awaitsConfirmation, confirmationDue } from './verdict.ts'

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

/**
 * The connection, if it is active. The first caller that comes when the second look at a refused connection is due
 * takes that look.
 * @throws ServiceError reauthorization_required
 */
export async function secondLook(services: RefreshPorts, connection: Connection): Promise<Connection> {
  const { state } = connection
  const now = services.now()
  if (state.status === 'active') return connection
  const due = awaitsConfirmation(connection) && now >= confirmationDue(state)
  if (due && !isLeased(connection, now) && !failedJustNow(services, connection)) {
    return lookAgain(services, connection)
  }
  throw reauthorizationRequired(connection)
}

/** Asks ClickFunnels whether it still refuses the connection. */
export async function lookAgain(services: RefreshPorts, connection: Connection): Promise<Connection> {
  const look =
    connection.credential.kind === 'refreshable'
      ? await refreshConnection(services, connection, 'call')
      : await probeConnection(services, connection, 'call')
  if (look.outcome === 'suspended') throw suspended(look.what)
  return activeConnection(services, refOf(connection))
}

/** Many callers of a connection whose refresh fails must not cause as many calls of the token endpoint. */
export function failedJustNow(services: Pick<Ambient, 'now'>, { lastError, updatedAt }: Connection): boolean {
  // Refused credentials are noted with the app, and the operator may replace them at any moment.
  if (lastError === undefined || lastError === 'client_refused') return false
  return services.now() < later(updatedAt, RETRY_SECONDS)
}
