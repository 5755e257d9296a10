// Items of a tenant's partition, as the stores of tenants, apps and credentials read them.
import type { TenantId } from '#domain/ids.ts'
import { ABSENT, type Condition, type Item, type Write } from './dynamodb-expressions.ts'
import type { Table } from './dynamodb-table.ts'
import { PARTITION_KEY, SORT_KEY, shreddedKey, tenantKey } from './table.ts'

export const EXISTS = { expression: 'attribute_exists(pk)' }

/** A tenant that is neither deleted nor on its way there. */
export const LIVING: Condition = {
  expression: '#current = :active OR #current = :suspended',
  names: { '#current': 'status' },
  values: { ':active': 'active', ':suspended': 'suspended' },
}

/**
 * The part of a transaction that keeps anything new from being put under a tenant whose deletion has begun: whatever is
 * there by then is found and erased, whatever comes later would stay for ever. The tombstone of a tenant stays, so one that
 * has no item was never deleted.
 */
export function unlessDeleted(tenant: TenantId): Write {
  return {
    check: tenantKey(tenant),
    condition: { ...LIVING, expression: `attribute_not_exists(pk) OR ${LIVING.expression}` },
  }
}

/** The same for a tenant whose keys were deleted: a process may still hold one in memory. */
export function unlessShredded(tenant: TenantId): Write {
  return { check: shreddedKey(tenant), condition: ABSENT }
}

/** All of a tenant's items of one kind; there are few of each. */
export async function allOfTenant(table: Table, tenant: TenantId, prefix: string): Promise<readonly Item[]> {
  const items: Item[] = []
  for (let after: Item | undefined; ; ) {
    const page = await table.query({
      partition: [PARTITION_KEY, tenantKey(tenant).pk],
      sort: { attribute: SORT_KEY, expression: 'begins_with(#sort, :prefix)', values: { ':prefix': prefix } },
      ...(after && { after }),
    })
    items.push(...page.items)
    if (page.last === undefined) return items
    after = page.last
  }
}

export function withoutKey<T>({ pk, sk, ...rest }: Item): T {
  return rest as T
}
