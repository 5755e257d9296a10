// Revocations in DynamoDB, and the index that finds the connections and revocations that are due.

import type { Revocation } from '#domain/connections/connection.ts'
import type { Revocations } from '#domain/connections/connection-store.ts'
import type { AppId, ConnectionId, RevocationId, TenantId } from '#domain/ids.ts'
import type { DueCursor, DueIndex, DueWork } from '#domain/keep-alive/due.ts'
import type { EpochSeconds } from '#domain/time.ts'
import { revocationItem, revocationOf } from './connections/items.ts'
import { ABSENT, type Item } from './expressions.ts'
import {
  DUE_INDEX,
  duePartition,
  PARTITION_KEY,
  prefixOf,
  revocationKey,
  SORT_KEY,
  tenantKey,
} from './schema.ts'
import type { Table } from './table.ts'
import { hasAnyOfApp } from './tenant-items.ts'

export class DynamoDbRevocations implements Revocations, DueIndex {
  readonly #table: Table

  constructor(table: Table) {
    this.#table = table
  }

  async enqueue(revocation: Revocation): Promise<void> {
    await this.#table.put(revocationItem(revocation), ABSENT)
  }

  async get(tenant: TenantId, id: RevocationId): Promise<Revocation | undefined> {
    const item = await this.#table.get(revocationKey(tenant, id))
    return item && revocationOf(item)
  }

  async ofTenant(tenant: TenantId, limit: number): Promise<readonly Revocation[]> {
    const { items } = await this.#table.query({
      partition: [PARTITION_KEY, tenantKey(tenant).pk],
      sort: {
        attribute: SORT_KEY,
        expression: 'begins_with(#sort, :prefix)',
        values: { ':prefix': prefixOf.revocations },
      },
      limit,
    })
    return items.map(revocationOf)
  }

  anyOfApp(tenant: TenantId, app: AppId): Promise<boolean> {
    return hasAnyOfApp(this.#table, tenant, prefixOf.revocations, app)
  }

  async postpone({ tenantId, id, attempts }: Revocation, dueAt: EpochSeconds): Promise<void> {
    await this.#table.update(
      revocationKey(tenantId, id),
      { set: { [DUE_INDEX.sortKey]: dueAt, attempts: attempts + 1 } },
      { expression: 'attempts = :attempts', values: { ':attempts': attempts } },
    )
  }

  async remove({ tenantId, id }: Pick<Revocation, 'tenantId' | 'id'>): Promise<void> {
    await this.#table.delete(revocationKey(tenantId, id))
  }

  async due(
    partition: number,
    now: EpochSeconds,
    limit: number,
    after?: DueCursor,
  ): Promise<{ readonly items: readonly DueWork[]; readonly next?: DueCursor }> {
    const { name, partitionKey, sortKey } = DUE_INDEX
    const { items, last } = await this.#table.query({
      index: name,
      partition: [partitionKey, duePartition(partition)],
      sort: { attribute: sortKey, expression: '#sort <= :now', values: { ':now': now } },
      limit,
      ...(after && { after: after as unknown as Item }),
    })
    return { items: items.map(workOf), ...(last && { next: last as unknown as DueCursor }) }
  }
}

/** The keys name the work and the tenant; the only other attribute names the app. */
function workOf({ pk, sk, appId, [DUE_INDEX.sortKey]: dueAt }: Item): DueWork {
  const tenantId = String(pk).slice('tenant#'.length) as TenantId
  const whose = { tenantId, appId: appId as AppId, dueAt: dueAt as EpochSeconds }
  const [kind, id] = String(sk).split('#')
  if (kind === 'feed') return { ...whose, kind, connectionId: id as ConnectionId }
  if (kind === 'revocation') return { ...whose, kind, revocationId: id as RevocationId }
  return { ...whose, kind: 'connection', connectionId: id as ConnectionId }
}
