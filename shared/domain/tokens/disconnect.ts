// Disconnects: deletes a connection at once, and revokes its tokens (revocation.ts).
import type { Caller } from '../callers/caller.ts'
import type { ConnectionPorts } from '../connections/ports.ts'
import { isInReach, noSuchConnection, type Reach, reachOf } from '../connections/reach.ts'
import type { Disconnecter } from '../events/event.ts'
import type { ConnectionId } from '../ids.ts'
import { untilUnchanged } from '../repeat.ts'
import type { RevocationPorts } from '../revocation/ports.ts'
import { attemptRevocation, type RevocationOutcome, revocationFor } from '../revocation/revocation.ts'

export type DisconnectPorts = RevocationPorts & Pick<ConnectionPorts, 'connections'>

/**
 * Deletes the connection at once. Its tokens are revoked at ClickFunnels now or, if that fails, later.
 * @throws ServiceError not_found
 */
export async function disconnect(
  services: DisconnectPorts,
  caller: Caller,
  connectionId: ConnectionId,
): Promise<void> {
  const outcome = await disconnectNow(services, reachOf(caller, connectionId), caller.actor.kind)
  if (outcome === 'no_connection') throw noSuchConnection()
}

/**
 * Disconnects a connection that is in reach.
 * @returns how the first attempt at the revocation ended
 */
export function disconnectNow(
  services: DisconnectPorts,
  reach: Reach,
  by: Disconnecter,
): Promise<RevocationOutcome | 'no_connection'> {
  return untilUnchanged(`The connection "${reach.connectionId}"`, async () => {
    const connection = await services.connections.get(reach)
    if (connection === undefined || !isInReach(reach, connection)) return 'no_connection'
    const revocation = revocationFor(services, connection)
    const removed = await services.connections.remove(connection, revocation, by)
    // If the tokens were replaced since they were read, the new ones are the ones to revoke.
    return removed ? attemptRevocation(services, revocation) : undefined
  })
}
