// Changes the tags and the label of a connection. Events name them as they were when their change began.
import type { Ambient } from '../ambient.ts'
import type { Caller } from '../callers/caller.ts'
import { ServiceError } from '../errors.ts'
import type { ConnectionId } from '../ids.ts'
import type { AnnotationChange } from '../tenants/annotations.ts'
import type { Connection, ConnectionRef } from './connection.ts'
import { findConnection } from './list-connections.ts'
import type { ConnectionPorts } from './ports.ts'
import { noSuchConnection, reachOf } from './reach.ts'

type Ports = Pick<Ambient & ConnectionPorts, 'now' | 'connections'>

/**
 * For a tenant's back end. End users may read tags and labels but not change them, because back ends act on them.
 * @throws ServiceError not_found; insufficient_scope for an end user's JWT
 */
export async function annotateConnection(
  services: Ports,
  caller: Caller,
  connectionId: ConnectionId,
  change: AnnotationChange,
): Promise<Connection> {
  if (caller.actor.kind === 'end_user') {
    await findConnection(services, caller, connectionId)
    throw new ServiceError(
      'insufficient_scope',
      'Tags and labels are changed with an API key only, not with a JWT.',
    )
  }
  return annotate(services, reachOf(caller, connectionId), change)
}

/**
 * The write does not depend on what was read, so to repeat it is harmless.
 * @throws ServiceError not_found
 */
export async function annotate(
  services: Ports,
  ref: ConnectionRef,
  change: AnnotationChange,
): Promise<Connection> {
  const annotated = await services.connections.annotate(ref, change, services.now())
  if (annotated === undefined) throw noSuchConnection()
  return annotated
}
