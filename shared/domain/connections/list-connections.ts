// Finds connections: a tenant's own, an end user's own, and any tenant's for the operator.

import { type Caller, maySee } from '../callers/caller.ts'
import type { ConnectionId } from '../ids.ts'
import type { Connection } from './connection.ts'
import type { ConnectionFilter, Page } from './connection-store.ts'
import type { ConnectionPorts } from './ports.ts'
import { isInReach, noSuchConnection, type Reach, reachOf } from './reach.ts'

export interface ListQuery {
  readonly filter: ConnectionFilter
  readonly limit: number
  /** The last connection of the previous page. */
  readonly after?: ConnectionId
}

/** Newest first. An end user sees no connections of other end users. */
export async function listConnections(
  services: Pick<ConnectionPorts, 'connections'>,
  caller: Caller,
  { filter, limit, after }: ListQuery,
): Promise<Page<Connection>> {
  const { tenant, actor } = caller
  if (filter.endUserId !== undefined && !maySee(caller, filter.endUserId)) return { items: [] }
  const own = actor.kind === 'end_user' ? { ...filter, endUserId: actor.id } : filter
  return services.connections.list(tenant.id, own, limit, after)
}

/** @throws ServiceError not_found */
export async function findConnection(
  services: Pick<ConnectionPorts, 'connections'>,
  caller: Caller,
  connectionId: ConnectionId,
): Promise<Connection> {
  return tenantConnection(services, reachOf(caller, connectionId))
}

/** @throws ServiceError not_found */
export async function tenantConnection(
  services: Pick<ConnectionPorts, 'connections'>,
  reach: Reach,
): Promise<Connection> {
  const connection = await services.connections.get(reach)
  if (connection === undefined || !isInReach(reach, connection)) throw noSuchConnection()
  return connection
}
