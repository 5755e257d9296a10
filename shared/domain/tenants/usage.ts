// The port that counts what a tenant uses: connections, connect sessions and requests, summed over all processes.
import type { TenantId } from '../ids.ts'

/** What tenants have used, summed over all processes. */
export interface Usage {
  /** How many connections the tenant has: kept by the writes that make and remove them, not counted here. */
  connections(tenant: TenantId): Promise<number>
  /** Counts the stored connections once and puts that in place of what was kept; for the operator, never for a request. */
  recountConnections(tenant: TenantId): Promise<number>
  /** Counts one session of a minute (since 1970), unless `most` are counted already; false if so. */
  countSession(tenant: TenantId, minute: number, most: number): Promise<boolean>
  /** Adds what a process let through in a window of time; gives the sums of all processes. */
  addRequests(tenant: TenantId, window: number, spent: RequestCounts): Promise<RequestCounts>
}

/** What was let through in a window, and how much of its budget may be let through before it is reported. */
export interface RequestCounts {
  readonly requests: number
  readonly shared: number
}
