// Connections in DynamoDB. Every write after the first depends on the generation that was read, and the writes of a lease's holder
// on the lease.

import type { Connection, ConnectionRef, Lease, Pace, Revocation } from '#domain/connections/connection.ts'
import type {
  ConnectionChange,
  ConnectionFilter,
  Connections,
  Fence,
  Page,
} from '#domain/connections/connection-store.ts'
import { SHRINK_SECONDS } from '#domain/connections/pace.ts'
import type { AppId, ConnectionId, EndUserId, TenantId, WorkspaceId } from '#domain/ids.ts'
import type { EpochSeconds } from '#domain/time.ts'
import { claimedBy, claimOf, fenced } from './connection-conditions.ts'
import { connectionItem, connectionOf, connectionUpdate, revocationItem } from './connection-items.ts'
import { ABSENT, type Item } from './expressions.ts'
import {
  connectionKey,
  END_USER_INDEX,
  endUserPartition,
  type Key,
  PARTITION_KEY,
  prefixOf,
  SORT_KEY,
  workspaceClaimKey,
} from './schema.ts'
import type { Query, Table } from './table.ts'
import { hasAnyOfApp, unlessAppSuspended } from './tenant-items.ts'
import { connectionCounted } from './usage.ts'

/** A filter that matches little must not read a tenant's whole store in one request. */
const MAX_PAGES = 10

export class DynamoDbConnections implements Connections {
  readonly #table: Table

  constructor(table: Table) {
    this.#table = table
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

  create(connection: Connection, max?: number): Promise<boolean> {
    const claim = claimOf(connection)
    return this.#table.transact([
      connectionCounted(connection.tenantId, 1, max),
      { put: connectionItem(connection), condition: ABSENT },
      ...(claim ? [{ put: { ...claim, connectionId: connection.id }, condition: ABSENT }] : []),
      unlessAppSuspended(connection.tenantId, connection.appId),
    ])
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
    { tenantId, connectionId }: ConnectionRef,
    fence: Fence,
    change: ConnectionChange,
  ): Promise<boolean> {
    const key = connectionKey(tenantId, connectionId)
    const updated = await this.#table.update(key, connectionUpdate(connectionId, change), fenced(fence))
    return updated !== undefined
  }

  async setPace({ tenantId, connectionId }: ConnectionRef, pace: Pace): Promise<boolean> {
    const free = 'attribute_not_exists(pace) OR pace.setAt <= :before'
    const updated = await this.#table.update(
      connectionKey(tenantId, connectionId),
      { set: { pace } },
      {
        expression: `attribute_exists(pk) AND (${free})`,
        values: { ':before': pace.setAt - SHRINK_SECONDS },
      },
    )
    return updated !== undefined
  }

  replaceGrant(read: Connection, change: ConnectionChange, former: Revocation | undefined): Promise<boolean> {
    const claim = claimOf({ ...read, ...change })
    return this.#table.transact([
      {
        update: connectionKey(read.tenantId, read.id),
        change: connectionUpdate(read.id, change),
        condition: fenced({ generation: read.generation }),
      },
      ...(claim
        ? [
            {
              put: { ...claim, connectionId: read.id },
              condition: claimedBy(read.id, 'attribute_not_exists(pk) OR '),
            },
          ]
        : []),
      ...(former ? [{ put: revocationItem(former), condition: ABSENT }] : []),
    ])
  }

  async remove(connection: Connection, revocation: Revocation): Promise<boolean> {
    const key = claimOf(connection)
    const claim = key && (await this.#table.get(key))
    return this.#table.transact([
      connectionCounted(connection.tenantId, -1),
      {
        delete: connectionKey(connection.tenantId, connection.id),
        condition: fenced({ generation: connection.generation }),
      },
      ...(key && claim?.connectionId === connection.id
        ? [{ delete: key, condition: claimedBy(connection.id) }]
        : []),
      { put: revocationItem(revocation), condition: ABSENT },
    ])
  }

  async list(
    tenant: TenantId,
    filter: ConnectionFilter,
    limit: number,
    after?: ConnectionId,
  ): Promise<Page<Connection>> {
    const found: Connection[] = []
    let from = after
    let more = true
    for (let pages = 0; more && found.length <= limit && pages < MAX_PAGES; pages++) {
      const page = await this.#page(tenant, filter.endUserId, limit + 1, from)
      found.push(...page.filter((connection) => matches(connection, filter)))
      more = page.length > limit
      from = page.at(-1)?.id
    }
    if (found.length <= limit) return more && from ? { items: found, next: from } : { items: found }
    const items = found.slice(0, limit)
    const last = items.at(-1)
    return last ? { items, next: last.id } : { items }
  }

  anyOfApp(tenant: TenantId, app: AppId): Promise<boolean> {
    return hasAnyOfApp(this.#table, tenant, prefixOf.connections, app)
  }

  /** One page of a tenant's connections, or of one end user's, newest first. */
  async #page(
    tenant: TenantId,
    endUser: EndUserId | undefined,
    limit: number,
    after: ConnectionId | undefined,
  ): Promise<readonly Connection[]> {
    const { pk } = connectionKey(tenant, '' as ConnectionId)
    const upTo = after === undefined ? `${prefixOf.connections}~` : connectionKey(tenant, after).sk
    const range: Pick<Query, 'sort' | 'newestFirst' | 'limit'> = {
      sort: {
        attribute: SORT_KEY,
        expression: '#sort BETWEEN :from AND :to',
        values: { ':from': prefixOf.connections, ':to': upTo },
      },
      newestFirst: true,
      // The range includes the connection it starts after.
      limit: limit + 1,
    }
    const { items } =
      endUser === undefined
        ? await this.#table.query({ partition: [PARTITION_KEY, pk], ...range })
        : await this.#ofEndUser(endUserPartition(tenant, endUser), range)
    return items
      .map(connectionOf)
      .filter(({ id }) => id !== after)
      .slice(0, limit)
  }

  /** The index holds keys only, so that a refresh does not write to it. The items are read by these keys. */
  async #ofEndUser(partition: string, range: Omit<Query, 'partition'>): Promise<{ items: readonly Item[] }> {
    const { name, partitionKey } = END_USER_INDEX
    const index = await this.#table.query({ index: name, partition: [partitionKey, partition], ...range })
    const keys = index.items.map(({ pk, sk }) => ({ pk, sk }) as Key)
    const items = await this.#table.getMany(keys)
    return { items: items.toSorted((one, other) => (String(one.sk) < String(other.sk) ? 1 : -1)) }
  }
}

function matches(connection: Connection, { appId, status }: ConnectionFilter): boolean {
  return (
    (appId === undefined || connection.appId === appId) &&
    (status === undefined || connection.state.status === status)
  )
}
