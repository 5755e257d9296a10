// The transactions that store a grant: all that becomes true with it, and all that it depends on.
import type { Connection, Revocation } from '#domain/connections/connection.ts'
import type { ConnectionChange, GrantingSession } from '#domain/connections/connection-store.ts'
import { creationEvent, reconnectionEvent } from '#domain/connections/grant-events.ts'
import type { Stamp } from '#domain/events/event.ts'
import { outboxWrites } from '../events/outbox-item.ts'
import { ABSENT, type Write } from '../expressions.ts'
import { connectionKey } from '../schema.ts'
import { sessionConnected } from '../sessions/moves.ts'
import { unlessAppSuspended } from '../tenant-items.ts'
import { connectionCounted } from '../usage/usage.ts'
import { claimedBy, claimOf, fencedSince } from './conditions.ts'
import { connectionItem, connectionUpdate, counted, revocationItem } from './items.ts'

/** A new connection, the claim of its workspace and its first event. */
export function firstGrant(
  connection: Connection,
  stamp: Stamp,
  max: number | undefined,
  session: GrantingSession | undefined,
): readonly Write[] {
  const { id, tenantId, appId } = connection
  const event = stamp(creationEvent(connection))
  const claim = claimOf(connection)
  return [
    connectionCounted(tenantId, 1, max),
    { put: { ...connectionItem(connection), eventCount: event.data.sequence }, condition: ABSENT },
    ...(claim ? [{ put: { ...claim, connectionId: id }, condition: ABSENT }] : []),
    ...sessionConnected(connection, session),
    unlessAppSuspended(tenantId, appId),
    ...outboxWrites(event),
  ]
}

/** New tokens for a connection as it was read, the claim of its workspace, and the revocation of its former tokens. */
export function nextGrant(
  read: Connection,
  change: ConnectionChange,
  stamp: Stamp,
  former: Revocation | undefined,
  session: GrantingSession | undefined,
): readonly Write[] {
  const { id, tenantId, generation } = read
  const event = stamp(reconnectionEvent(read, change))
  const claim = claimOf({ ...read, ...change })
  const orAbsent = 'attribute_not_exists(pk) OR '
  return [
    {
      update: connectionKey(tenantId, id),
      change: counted(connectionUpdate(id, change), event),
      condition: fencedSince(read, { generation }),
    },
    ...(claim ? [{ put: { ...claim, connectionId: id }, condition: claimedBy(id, orAbsent) }] : []),
    ...(former ? [{ put: revocationItem(former), condition: ABSENT }] : []),
    ...sessionConnected(read, session),
    ...outboxWrites(event),
  ]
}
