// Which connections a caller may see: an API key those of its tenant, a JWT those of its end user. All others answer 404.
import type { Caller } from '../callers/caller.ts'
import { ServiceError } from '../errors.ts'
import type { ConnectionId, EndUserId } from '../ids.ts'
import type { Connection, ConnectionRef } from './connection.ts'

/** A connection that a caller names. An end user reaches only its own connections. */
export interface Reach extends ConnectionRef {
  readonly endUserId?: EndUserId
}

/** Limits a connection id to what the caller may reach. All work for callers finds connections this way. */
export function reachOf({ tenant, actor }: Caller, connectionId: ConnectionId): Reach {
  const tenantId = tenant.id
  return actor.kind === 'api_key'
    ? { tenantId, connectionId }
    : { tenantId, connectionId, endUserId: actor.id }
}

export function isInReach({ endUserId }: Reach, connection: Connection): boolean {
  return endUserId === undefined || endUserId === connection.endUser.id
}

/** The same error for a missing connection and for one out of reach: the answer does not tell which ids exist. */
export function noSuchConnection(): ServiceError {
  return new ServiceError('not_found', 'There is no such connection.')
}
