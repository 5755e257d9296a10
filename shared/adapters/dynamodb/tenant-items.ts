// Items of a tenant's partition, as the stores of tenants, apps and credentials read them.
import type { AppId, TenantId } from '#domain/ids.ts'
import { ABSENT, type Condition, type Item, type Write } from './expressions.ts'
import { PARTITION_KEY, SORT_KEY, shreddedKey, tenantKey } from './schema.ts'
import type { Table } from './table.ts'

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

/** The same, and for an app that is suspended: one that is deleted was, and stays on the tenant's list. */
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

/** The same for a tenant whose keys were deleted: a process may still hold one in memory. */
export function unlessShredded(tenant: TenantId): Write {
  return { check: shreddedKey(tenant), condition: ABSENT }
}

/** All of a tenant's items of one kind; there are few of each. */
export async function allOfTenant(table: Table, tenant: TenantId, prefix: string): Promise<readonly Item[]> {
  const items: Item[] = []
  for await (const page of pagesOf(table, tenant, prefix)) items.push(...page)
  return items
}

/** Whether an app has an item of one kind. Reads all of the tenant's until one is found, a megabyte at a time. */
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

export function withoutKey<T>({ pk, sk, ...rest }: Item): T {
  return rest as T
}
