// Wrapped keys of tenants that came along with a read of the tenant: the call that asked who is calling is about to need
// one. Kept for seconds, as they are stored, and never asked which version is the newest: a version that is not among
// them is read.

import { BoundedMap } from '#domain/bounded-map.ts'
import type { TenantId } from '#domain/ids.ts'
import type { Item } from '../dynamodb/expressions.ts'
import { type Moment, secondsSince, thisMoment } from '../moment.ts'

/** From authentication to the opening of a token, both in one request. */
export const WRAPPED_KEY_SECONDS = 5
const MAX_TENANTS = 1000

export class WrappedKeys {
  readonly #tenants = new BoundedMap<TenantId, { readonly items: readonly Item[]; readonly readAt: Moment }>(
    MAX_TENANTS,
  )

  /** @param items of the tenant's keys, as they were read just now */
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
