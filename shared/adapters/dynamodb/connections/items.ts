// Connections and revocations as items, one mapping each way.
import type { Connection, Revocation } from '#domain/connections/connection.ts'
import type { ConnectionChange } from '#domain/connections/connection-store.ts'
import type { EventDraft } from '#domain/events/event.ts'
import type { Item, Update } from '../expressions.ts'
import {
  connectionKey,
  DUE_INDEX,
  duePartition,
  duePartitionOf,
  END_USER_INDEX,
  endUserPartition,
  revocationKey,
} from '../schema.ts'

export function connectionItem(connection: Connection): Item {
  const { lease, dueAt, ...rest } = connection
  return {
    ...connectionKey(connection.tenantId, connection.id),
    [END_USER_INDEX.partitionKey]: endUserPartition(connection.tenantId, connection.endUser.id),
    ...rest,
    ...(lease && { leaseOwner: lease.owner, leaseUntil: lease.until }),
    ...(dueAt !== undefined && dueAttributes(connection.id, dueAt)),
  }
}

export function connectionOf(item: Item): Connection {
  const { pk, sk, leaseOwner, leaseUntil, [END_USER_INDEX.partitionKey]: _, ...rest } = item
  const { [DUE_INDEX.partitionKey]: __, ...connection } = rest
  const lease = leaseOwner === undefined ? {} : { lease: { owner: leaseOwner, until: leaseUntil } }
  return { ...connection, ...lease } as Connection
}

/** A change of a connection as an update of its item. */
export function connectionUpdate(id: Connection['id'], change: ConnectionChange): Update {
  const { lease, dueAt, ...members } = change
  const set: Record<string, unknown> = {}
  const remove: string[] = []
  for (const [name, value] of Object.entries(members)) {
    if (value === null) remove.push(name)
    else set[name] = value
  }
  if (lease === null) remove.push('leaseOwner', 'leaseUntil')
  if (lease) Object.assign(set, { leaseOwner: lease.owner, leaseUntil: lease.until })
  if (dueAt === null) remove.push(DUE_INDEX.partitionKey, DUE_INDEX.sortKey)
  else if (dueAt !== undefined) Object.assign(set, dueAttributes(id, dueAt))
  return { set, remove }
}

/** A change that counts its event. */
export function counted({ set, remove }: Update, { data }: EventDraft): Update {
  return { set: { ...set, eventCount: data.sequence }, ...(remove && { remove }) }
}

export function revocationItem(revocation: Revocation): Item {
  return {
    ...revocationKey(revocation.tenantId, revocation.id),
    ...revocation,
    ...dueAttributes(revocation.id, revocation.dueAt),
  }
}

export function revocationOf(item: Item): Revocation {
  const { pk, sk, [DUE_INDEX.partitionKey]: _, ...revocation } = item
  return revocation as unknown as Revocation
}

/** Puts an item into the due index. */
export function dueAttributes(
  id: Connection['id'] | Connection['appId'] | Revocation['id'],
  dueAt: Connection['dueAt'],
): Item {
  return { [DUE_INDEX.partitionKey]: duePartition(duePartitionOf(id)), [DUE_INDEX.sortKey]: dueAt }
}
