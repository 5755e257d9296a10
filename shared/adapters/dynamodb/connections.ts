// Connections in DynamoDB. Every write after the first depends on the generation that was read, and the writes of a lease's holder
// on the lease.

import {
  type Connection,
  type ConnectionRef,
  type Lease,
  type Pace,
  type Revocation,
  refOf,
} from '#domain/connections/connection.ts'
import { connectionEvent, eventOfChange } from '#domain/connections/connection-events.ts'
import {
  type ConnectionChange,
  type ConnectionFilter,
  type Connections,
  type Fence,
  type GrantingSession,
  holdsFence,
  type Page,
} from '#domain/connections/connection-store.ts'
import { SHRINK_SECONDS } from '#domain/connections/pace.ts'
import type { Disconnecter, Stamp } from '#domain/events/event.ts'
import type { AppId, ConnectionId, EndUserId, TenantId, WorkspaceId } from '#domain/ids.ts'
import type { AnnotationChange } from '#domain/tenants/annotations.ts'
import type { EpochSeconds } from '#domain/time.ts'
import { storageUnavailable } from '../aws-call.ts'
import { claimedBy, claimOf, fencedSince } from './connections/conditions.ts'
import { connectionOf, connectionUpdate, counted, revocationItem } from './connections/items.ts'
import { outboxWrites } from './events/outbox-item.ts'
import { ABSENT, type Item } from './expressions.ts'
import { connectionKey, prefixOf, workspaceClaimKey } from './schema.ts'
import type { Table } from './table.ts'
import { EXISTS, hasAnyOfApp } from './tenant-items.ts'
import { connectionCounted } from './usage/usage.ts'

/** How often a write is tried while the connection has other events. */
const MAX_ATTEMPTS = 6

export class DynamoDbConnections implements Connections {
  readonly #table: Table
  readonly #stamp: Stamp

  constructor(table: Table, stamp: Stamp) {
    this.#table = table
    this.#stamp = stamp
  }

  async get({ tenantId, connectionId }: ConnectionRef): Promise<Connection | undefined> {
    const item = await this.#table.get(connectionKey(tenantId, connectionId))
    return item && connectionOf(item)
  }

  async findByWorkspace(
    tenant: TenantId,
    app: AppId,
    workspace: WorkspaceId,
    endUser: EndUserId,
  ): Promise<ConnectionId | undefined> {
    const claim = await this.#table.get(workspaceClaimKey(tenant, app, workspace, endUser))
    return claim?.connectionId as ConnectionId | undefined
  }

  async create(connection: Connection, max?: number, session?: GrantingSession): Promise<boolean> {
    const { firstGrant } = await import('./connections/grants.ts')
    return this.#table.transact(firstGrant(connection, this.#stamp, max, session))
  }

  async acquireLease(
    { tenantId, connectionId }: ConnectionRef,
    generation: number,
    lease: Lease,
    now: EpochSeconds,
  ): Promise<boolean> {
    const free = 'attribute_not_exists(leaseUntil) OR leaseUntil <= :now'
    // The lease may be ours already: the SDK retries a request whose answer was lost.
    const mine = 'leaseOwner = :owner'
    const updated = await this.#table.update(
      connectionKey(tenantId, connectionId),
      { set: { leaseOwner: lease.owner, leaseUntil: lease.until } },
      {
        expression: `generation = :generation AND attribute_not_exists(suspendedAt) AND (${free} OR ${mine})`,
        values: { ':generation': generation, ':now': now, ':owner': lease.owner },
      },
    )
    return updated !== undefined
  }

  async update(
    ref: ConnectionRef,
    fence: Fence,
    change: ConnectionChange,
    read?: Connection,
  ): Promise<boolean> {
    const before = read ?? (await this.get(ref))
    return (
      before !== undefined &&
      this.#sinceLastEvent(before, fence, (known) => this.#change(known, fence, change))
    )
  }

  /** A change without an event is one write. One with an event is a transaction. */
  async #change(before: Connection, fence: Fence, change: ConnectionChange): Promise<boolean> {
    const key = connectionKey(before.tenantId, before.id)
    const condition = fencedSince(before, fence)
    const draft = eventOfChange(before, change)
    const update = connectionUpdate(before.id, change)
    if (draft === undefined) return (await this.#table.update(key, update, condition)) !== undefined
    return this.#table.transact([
      { update: key, change: counted(update, draft), condition },
      ...outboxWrites(this.#stamp(draft)),
    ])
  }

  /**
   * Repeats a write for as long as it fails only because the connection has had an event since it was read: the operator
   * suspends a connection while it is refreshed, for example.
   * @throws ServiceError storage_unavailable when that goes on
   */
  async #sinceLastEvent(
    read: Connection,
    fence: Fence,
    write: (known: Connection) => Promise<boolean>,
  ): Promise<boolean> {
    let known = read
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
      if (await write(known)) return true
      const stored = await this.get(refOf(known))
      if (stored === undefined || !holdsFence(stored, fence)) return false
      if (stored.eventCount === known.eventCount) return false
      known = stored
    }
    throw storageUnavailable(new Error(`The connection "${read.id}" changes all the time`))
  }

  setPace(ref: ConnectionRef, pace: Pace): Promise<boolean> {
    return this.#setAgain(ref, { pace }, 'pace.setAt', pace.setAt - SHRINK_SECONDS)
  }

  noteUse(ref: ConnectionRef, usedAt: EpochSeconds, before: EpochSeconds): Promise<boolean> {
    return this.#setAgain(ref, { usedAt }, 'usedAt', before)
  }

  /** Sets a member of a connection that is there, unless it was set after `before`. */
  async #setAgain({ tenantId, connectionId }: ConnectionRef, set: Item, setAt: string, before: number) {
    const expression = `attribute_exists(pk) AND (attribute_not_exists(${setAt}) OR ${setAt} <= :before)`
    const condition = { expression, values: { ':before': before } }
    return (await this.#table.update(connectionKey(tenantId, connectionId), { set }, condition)) !== undefined
  }

  async annotate({ tenantId, connectionId }: ConnectionRef, change: AnnotationChange, now: EpochSeconds) {
    const update = connectionUpdate(connectionId, { ...change, updatedAt: now })
    const item = await this.#table.update(connectionKey(tenantId, connectionId), update, EXISTS)
    return item && connectionOf(item)
  }

  async replaceGrant(
    read: Connection,
    change: ConnectionChange,
    former: Revocation | undefined,
    session?: GrantingSession,
  ): Promise<boolean> {
    const { nextGrant } = await import('./connections/grants.ts')
    return this.#sinceLastEvent(read, { generation: read.generation }, (known) =>
      this.#table.transact(nextGrant(known, change, this.#stamp, former, session)),
    )
  }

  async remove(connection: Connection, revocation: Revocation, by: Disconnecter): Promise<boolean> {
    const key = claimOf(connection)
    const claim = key && (await this.#table.get(key))
    const fence = { generation: connection.generation }
    return this.#sinceLastEvent(connection, fence, (known) =>
      this.#table.transact([
        connectionCounted(connection.tenantId, -1),
        { delete: connectionKey(connection.tenantId, connection.id), condition: fencedSince(known, fence) },
        ...(key && claim?.connectionId === connection.id
          ? [{ delete: key, condition: claimedBy(connection.id) }]
          : []),
        { put: revocationItem(revocation), condition: ABSENT },
        ...outboxWrites(this.#stamp(connectionEvent(known, 'connection.disconnected', { by }))),
      ]),
    )
  }

  async list(
    tenant: TenantId,
    filter: ConnectionFilter,
    limit: number,
    after?: ConnectionId,
  ): Promise<Page<Connection>> {
    const { listConnections } = await import('./connections/list.ts')
    return listConnections(this.#table, tenant, filter, limit, after)
  }

  anyOfApp(tenant: TenantId, app: AppId): Promise<boolean> {
    return hasAnyOfApp(this.#table, tenant, prefixOf.connections, app)
  }
}
