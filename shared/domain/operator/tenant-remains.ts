// The port through which a tenant's deletion erases the tenant's items in steps.
import type { TenantId } from '../ids.ts'

/** What a tenant leaves behind in the store. */
export interface TenantRemains {
  /**
   * Erases up to `limit` items of a tenant, and what leads to them from elsewhere; the tenant itself and what says that its
   * keys were shredded stay. Gives how many there were.
   */
  erase(tenant: TenantId, limit: number): Promise<number>
}
