// Makes sure that the tokens of a connection are its newest before they are exported, and that no refresh replaces them right after.
// The tenant is suspended, so no process begins a refresh. These may still be under way:
//
//   a process holds the lease              busy, until it gives the lease back
//   a process died with the lease          busy, for as long as the recovery queue may bring its tokens; then uncertain
//   a process has read the tenant before   it finds the lease of the export, and does not begin
//     it was suspended

import type { Ambient } from '../ambient.ts'
import { type Connection, EXPORTED, QUEUED, refOf } from '../connections/connection.ts'
import type { ConnectionPorts } from '../connections/ports.ts'
import { later } from '../time.ts'
import { isLeased, queuedUntil, wasAbandoned } from '../tokens/lease.ts'

/** Longer than any process goes on with a tenant that it read before the suspension. */
export const HELD_SECONDS = 60

/** uncertain: ClickFunnels may have replaced the refresh token in an answer that this service never got. */
export type Stillness = 'busy' | 'still' | 'uncertain'

/** @param connection as it was read, strongly consistent */
export async function holdStill(
  services: Pick<Ambient & ConnectionPorts, 'now' | 'connections'>,
  connection: Connection,
): Promise<Stillness> {
  const now = services.now()
  const { lease, generation, credential } = connection
  const isOurs = lease?.owner === EXPORTED
  if (isLeased(connection, now) && !isOurs) return 'busy'
  const mayBeQueued = queuedUntil(connection)
  if (mayBeQueued !== undefined && mayBeQueued > now) return 'busy'
  // Nothing replaces a token that does not expire: who held the lease only tried it.
  const isUncertain =
    credential.kind === 'refreshable' &&
    (connection.unanswered === true || wasAbandoned(connection) || lease?.owner === QUEUED)
  const held = { owner: EXPORTED, until: later(now, HELD_SECONDS) }
  // The lease of a process that died says that an answer may be lost. Once it is replaced, the connection has to say so.
  const taken =
    isUncertain && lease !== undefined
      ? await services.connections.update(
          refOf(connection),
          { generation, leaseOwner: lease.owner },
          { lease: held, unanswered: true, updatedAt: connection.updatedAt },
          connection,
        )
      : // No process gets the lease of a suspended connection.
        connection.suspendedAt !== undefined ||
        (await services.connections.acquireLease(refOf(connection), generation, held, now))
  if (!taken) return 'busy'
  return isUncertain ? 'uncertain' : 'still'
}
