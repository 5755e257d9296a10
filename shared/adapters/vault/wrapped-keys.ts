// Wrapped keys that came with a read of their tenant. The request whose caller was authenticated by that read will need
// one of them. They are kept for seconds. They never decide which version is the newest, and a version that is not among
// them is read from the table.

import { BoundedMap } from '#domain/bounded-map.ts'
import type { TenantId } from '#domain/ids.ts'
import type { Item } from '../dynamodb/expressions.ts'
import { type Moment, secondsSince, thisMoment } from '../moment.ts'

/** Long enough for one request, from authentication to the opening of a token. */
export const WRAPPED_KEY_SECONDS = 5
const MAX_TENANTS = 1000

export class WrappedKeys {
  readonly #tenants = new BoundedMap<TenantId, { readonly items: readonly Item[]; readonly readAt: Moment }>(
    MAX_TENANTS,
  )

  /** @param items the items of the tenant's keys, just read */
  keep(tenant: TenantId, items: readonly Item[]): void {
    this.#tenants.set(tenant, { items, readAt: thisMoment() })
  }

  find(tenant: TenantId, version: number): Item | undefined {
    const kept = this.#tenants.get(tenant)
    if (kept === undefined || secondsSince(kept.readAt) >= WRAPPED_KEY_SECONDS) return undefined
    return kept.items.find((item) => item.version === version)
  }

  forget(tenant: TenantId): void {
    this.#tenants.delete(tenant)
  }
}
