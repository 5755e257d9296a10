// What the stores of a tenant's items share: reading items of one kind, and conditions on the tenant that writes depend on.
import type { AppId, TenantId } from '#domain/ids.ts'
import { ABSENT, type Condition, type Item, type Write } from './expressions.ts'
import { PARTITION_KEY, SORT_KEY, shreddedKey, TTL_ATTRIBUTE, tenantKey } from './schema.ts'
import type { Table } from './table.ts'

export const EXISTS = { expression: 'attribute_exists(pk)' }

/** A tenant whose deletion has not begun. */
export const LIVING: Condition = {
  expression: '#current = :active OR #current = :suspended',
  names: { '#current': 'status' },
  values: { ':active': 'active', ':suspended': 'suspended' },
}

/**
 * The part of a transaction that stores nothing new for a tenant whose deletion has begun. The deletion erases what is there;
 * what came later would stay for ever. A deleted tenant leaves a tombstone, so a tenant without an item was never deleted.
 */
export function unlessDeleted(tenant: TenantId): Write {
  return {
    check: tenantKey(tenant),
    condition: { ...LIVING, expression: `attribute_not_exists(pk) OR ${LIVING.expression}` },
  }
}

/** The same, and nothing for a suspended app. A deleted app was suspended before, and stays on the tenant's list of them. */
export function unlessAppSuspended(tenant: TenantId, app: AppId): Write {
  return {
    check: tenantKey(tenant),
    condition: {
      ...LIVING,
      expression: `attribute_not_exists(pk) OR ((${LIVING.expression}) AND attribute_not_exists(suspendedApps.#app))`,
      names: { ...LIVING.names, '#app': app },
    },
  }
}

/** The same for a tenant whose keys were deleted. A process may still have one in memory and seal with it. */
export function unlessShredded(tenant: TenantId): Write {
  return { check: shreddedKey(tenant), condition: ABSENT }
}

/** All of a tenant's items of one kind; there are few of each. */
export async function allOfTenant(table: Table, tenant: TenantId, prefix: string): Promise<readonly Item[]> {
  const items: Item[] = []
  for await (const page of pagesOf(table, tenant, prefix)) items.push(...page)
  return items
}

/** Whether an app has an item of one kind. Reads the tenant's items of that kind, a megabyte at a time, until one is found. */
export async function hasAnyOfApp(
  table: Table,
  tenant: TenantId,
  prefix: string,
  app: AppId,
): Promise<boolean> {
  const ofApp = { expression: 'appId = :app', values: { ':app': app } }
  for await (const page of pagesOf(table, tenant, prefix, ofApp)) if (page.length > 0) return true
  return false
}

async function* pagesOf(table: Table, tenant: TenantId, prefix: string, filter?: Condition) {
  for (let after: Item | undefined; ; ) {
    const page = await table.query({
      partition: [PARTITION_KEY, tenantKey(tenant).pk],
      sort: { attribute: SORT_KEY, expression: 'begins_with(#sort, :prefix)', values: { ':prefix': prefix } },
      ...(filter && { filter }),
      ...(after && { after }),
    })
    yield page.items
    if (page.last === undefined) return
    after = page.last
  }
}

/** What was stored as an item: its attributes without its key and its TTL. */
export function withoutKey<T>({ pk, sk, [TTL_ATTRIBUTE]: _, ...rest }: Item): T {
  return rest as T
}
