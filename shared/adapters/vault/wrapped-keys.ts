// Wrapped keys of tenants that came along with a read of the tenant: the call that asked who is calling is about to need
// one. Kept for seconds, as they are stored, and never asked which version is the newest: a version that is not among
// them is read.

import type { TenantId } from '#domain/ids.ts'
import type { Item } from '../dynamodb/expressions.ts'
import { type Moment, secondsSince, thisMoment } from '../moment.ts'

/** From authentication to the opening of a token, both in one request. */
export const WRAPPED_KEY_SECONDS = 5
const MAX_TENANTS = 1000

export class WrappedKeys {
  readonly #tenants = new Map<TenantId, { readonly items: readonly Item[]; readonly readAt: Moment }>()

  /** @param items of the tenant's keys, as they were read just now */
  keep(tenant: TenantId, items: readonly Item[]): void {
    this.#tenants.delete(tenant)
    this.#tenants.set(tenant, { items, readAt: thisMoment() })
    if (this.#tenants.size <= MAX_TENANTS) return
    // A map keeps the order of insertion: the first is the oldest.
    for (const oldest of this.#tenants.keys()) {
      this.#tenants.delete(oldest)
      return
    }
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
