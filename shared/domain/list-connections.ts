// What a tenant may know of its connections.
import type { Caller } from './caller.ts'
import type { Connection } from './connection.ts'
import { ServiceError } from './errors.ts'
import type { ConnectionId } from './ids.ts'
import type { ConnectionFilter, Page, Services } from './ports.ts'

export interface ListQuery {
  readonly filter: ConnectionFilter
  readonly limit: number
  /** The last one of the page before. */
  readonly after?: ConnectionId
}

/** Newest first. */
export function listConnections(
  services: Pick<Services, 'connections'>,
  { tenant }: Caller,
  { filter, limit, after }: ListQuery,
): Promise<Page<Connection>> {
  return services.connections.list(tenant.id, filter, limit, after)
}

/** @throws ServiceError not_found */
export async function findConnection(
  services: Pick<Services, 'connections'>,
  { tenant }: Caller,
  connectionId: ConnectionId,
): Promise<Connection> {
  const connection = await services.connections.get({ tenantId: tenant.id, connectionId })
  if (connection === undefined) throw new ServiceError('not_found', 'There is no such connection.')
  return connection
}
