// Items of a tenant's partition, as the stores of tenants, apps and credentials read them.
import type { TenantId } from '#domain/ids.ts'
import type { Item } from './dynamodb-expressions.ts'
import type { Table } from './dynamodb-table.ts'
import { PARTITION_KEY, SORT_KEY, tenantKey } from './table.ts'

export const EXISTS = { expression: 'attribute_exists(pk)' }

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
