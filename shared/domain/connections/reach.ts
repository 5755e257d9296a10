// Which connections a caller may see: an API key those of its tenant, a JWT those of its end user. All others answer 404.
import type { Caller } from '../callers/caller.ts'
import { ServiceError } from '../errors.ts'
import type { ConnectionId, EndUserId } from '../ids.ts'
import type { Connection, ConnectionRef } from './connection.ts'

/** A connection as a caller reaches for it: an end user finds its own alone. */
export interface Reach extends ConnectionRef {
  readonly endUserId?: EndUserId
}

/** What a caller names, by which everything that is done for callers finds connections. */
export function reachOf({ tenant, actor }: Caller, connectionId: ConnectionId): Reach {
  const tenantId = tenant.id
  return actor.kind === 'api_key'
    ? { tenantId, connectionId }
    : { tenantId, connectionId, endUserId: actor.id }
}

export function isInReach({ endUserId }: Reach, connection: Connection): boolean {
  return endUserId === undefined || endUserId === connection.endUser.id
}

/** The same for what is missing and for what is another's. */
export function noSuchConnection(): ServiceError {
  return new ServiceError('not_found', 'There is no such connection.')
}
