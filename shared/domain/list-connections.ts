// What a tenant may know of its connections, an end user of its own, and the operator of a tenant's.
import { type Caller, isInReach, maySee, noSuchConnection, type Reach, reachOf } from './caller.ts'
import type { Connection } from './connection.ts'
import type { ConnectionFilter, Page } from './connections.ts'
import type { ConnectionId } from './ids.ts'
import type { Services } from './ports.ts'

export interface ListQuery {
  readonly filter: ConnectionFilter
  readonly limit: number
  /** The last one of the page before. */
  readonly after?: ConnectionId
}

/** Newest first. For an end user, other end users have none. */
export async function listConnections(
  services: Pick<Services, 'connections'>,
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
  services: Pick<Services, 'connections'>,
  caller: Caller,
  connectionId: ConnectionId,
): Promise<Connection> {
  return tenantConnection(services, reachOf(caller, connectionId))
}

/** @throws ServiceError not_found */
export async function tenantConnection(
  services: Pick<Services, 'connections'>,
  reach: Reach,
): Promise<Connection> {
  const connection = await services.connections.get(reach)
  if (connection === undefined || !isInReach(reach, connection)) throw noSuchConnection()
  return connection
}
