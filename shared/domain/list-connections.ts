// What a tenant may know of its connections, and an end user of its own.
import { type Caller, isInReach, maySee, noSuchConnection, reachOf } from './caller.ts'
import type { Connection } from './connection.ts'
import type { ConnectionId } from './ids.ts'
import type { ConnectionFilter, Page, Services } from './ports.ts'

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
  const reach = reachOf(caller, connectionId)
  const connection = await services.connections.get(reach)
  if (connection === undefined || !isInReach(reach, connection)) throw noSuchConnection()
  return connection
}
