// The connections on the manage page: those of the link's end user, and of no other.
import type { Connection } from '../connections/connection.ts'
import type { Page } from '../connections/connection-store.ts'
import type { ConnectionPorts } from '../connections/ports.ts'
import { isInReach, type Reach } from '../connections/reach.ts'
import type { ConnectionId } from '../ids.ts'
import type { ManageLink } from './manage-link.ts'

/** How many connections the page shows at once. */
const PAGE_SIZE = 20

/** Newest first. */
export function listManaged(
  { connections }: Pick<ConnectionPorts, 'connections'>,
  { tenantId, endUser }: ManageLink,
  after?: ConnectionId,
): Promise<Page<Connection>> {
  return connections.list(tenantId, { endUserId: endUser.id }, PAGE_SIZE, after)
}

export function managedReach({ tenantId, endUser }: ManageLink, connectionId: ConnectionId): Reach {
  return { tenantId, connectionId, endUserId: endUser.id }
}

/** `undefined` if the end user has no such connection, or no longer. */
export async function findManaged(
  { connections }: Pick<ConnectionPorts, 'connections'>,
  link: ManageLink,
  connectionId: ConnectionId,
): Promise<Connection | undefined> {
  const reach = managedReach(link, connectionId)
  const connection = await connections.get(reach)
  return connection && isInReach(reach, connection) ? connection : undefined
}
