// Disconnects: a connection is gone at once, its tokens are revoked by their own revocation (revocation.ts).
import type { Ambient } from '../ambient.ts'
import type { Caller } from '../callers/caller.ts'
import type { ConnectionPorts } from '../connections/ports.ts'
import { isInReach, noSuchConnection, type Reach, reachOf } from '../connections/reach.ts'
import type { ConnectionId } from '../ids.ts'
import { attemptRevocation, type RevocationOutcome, revocationFor } from './revocation.ts'

type Ports = Parameters<typeof attemptRevocation>[0] &
  Pick<ConnectionPorts & Ambient, 'connections' | 'newId'>

/** How often a concurrent change of the connection is answered by starting over. */
const ATTEMPTS = 5

/**
 * Disconnects: the connection is gone at once, its tokens are revoked at ClickFunnels now or, if that fails, later.
 * @throws ServiceError not_found
 */
export async function disconnect(services: Ports, caller: Caller, connectionId: ConnectionId): Promise<void> {
  const settled = await disconnectNow(services, reachOf(caller, connectionId))
  if (settled === undefined) throw noSuchConnection()
}

/** Disconnects what is in reach: how the revocation went, or nothing when there is no such connection. */
export async function disconnectNow(services: Ports, reach: Reach): Promise<RevocationOutcome | undefined> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const connection = await services.connections.get(reach)
    if (connection === undefined || !isInReach(reach, connection)) return undefined
    const revocation = revocationFor(services, connection)
    if (await services.connections.remove(connection, revocation))
      return attemptRevocation(services, revocation)
    // Its tokens were replaced since: then those are the ones to revoke.
  }
  throw new Error(`Connection "${reach.connectionId}" kept changing while it was disconnected`)
}
