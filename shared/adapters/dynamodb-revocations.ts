// Owed revocations, and the index that finds what is due: connections and revocations alike.
import type { Revocation } from '#domain/connection.ts'
import type { ConnectionId, RevocationId, TenantId } from '#domain/ids.ts'
import type { DueIndex, DueWork, Revocations } from '#domain/ports.ts'
import type { EpochSeconds } from '#domain/time.ts'
import { revocationItem, revocationOf } from './connection-items.ts'
import { ABSENT } from './dynamodb-expressions.ts'
import type { Table } from './dynamodb-table.ts'
import { DUE_INDEX, duePartition, revocationKey } from './table.ts'

export class DynamoDbRevocations implements Revocations, DueIndex {
  readonly #table: Table

  constructor(table: Table) {
    this.#table = table
  }

  async owe(revocation: Revocation): Promise<void> {
    await this.#table.put(revocationItem(revocation), ABSENT)
  }

  async get(tenant: TenantId, id: RevocationId): Promise<Revocation | undefined> {
    const item = await this.#table.get(revocationKey(tenant, id))
    return item && revocationOf(item)
  }

  async postpone({ tenantId, id, attempts }: Revocation, dueAt: EpochSeconds): Promise<void> {
    await this.#table.update(
      revocationKey(tenantId, id),
      { set: { [DUE_INDEX.sortKey]: dueAt, attempts: attempts + 1 } },
      { expression: 'attempts = :attempts', values: { ':attempts': attempts } },
    )
  }

  async settle({ tenantId, id }: Pick<Revocation, 'tenantId' | 'id'>): Promise<void> {
    await this.#table.take(revocationKey(tenantId, id))
  }

  async due(shard: number, now: EpochSeconds, limit: number): Promise<readonly DueWork[]> {
    const { name, partitionKey, sortKey } = DUE_INDEX
    const { items } = await this.#table.query({
      index: name,
      partition: [partitionKey, duePartition(shard)],
      sort: { attribute: sortKey, expression: '#sort <= :now', values: { ':now': now } },
      limit,
    })
    return items.map(({ pk, sk }) => workOf(String(pk), String(sk)))
  }
}

/** The keys say what the work is: the index holds nothing else. */
function workOf(pk: string, sk: string): DueWork {
  const tenantId = pk.slice('tenant#'.length) as TenantId
  const [kind, id] = sk.split('#')
  if (kind === 'revocation') return { kind, tenantId, revocationId: id as RevocationId }
  return { kind: 'connection', tenantId, connectionId: id as ConnectionId }
}
