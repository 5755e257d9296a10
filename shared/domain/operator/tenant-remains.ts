// The port through which a tenant's deletion erases the tenant's items, some at a time.
import type { TenantId } from '../ids.ts'

/** The items of a tenant that its deletion has to erase. */
export interface TenantRemains {
  /**
   * Erases up to `limit` items of a tenant, and items of other partitions that lead to them. The tenant itself stays, and so
   * does the mark that its keys were shredded.
   * @returns how many of the tenant's items were erased; 0 when none is left
   */
  erase(tenant: TenantId, limit: number): Promise<number>
}
