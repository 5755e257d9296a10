// The port that counts what a tenant uses: connections, connect sessions and requests, summed over all processes.
import type { EndUserId, TenantId } from '../ids.ts'

/** A tenant as a whole or, with an end user, what this end user has used of it. */
export interface Spender {
  readonly tenantId: TenantId
  readonly endUserId?: EndUserId
}

/** How near a tenant is to its limit of connections, from 80 % of it on. From low to high. */
export const USE_LEVELS = ['connections_nearly_used', 'connections_used_up'] as const
export type UseLevel = (typeof USE_LEVELS)[number]

/** The count of a tenant's connections, with what the tenant was told of it. */
export interface ConnectionUse {
  readonly count: number
  readonly level?: UseLevel
  readonly eventCount: number
}

export interface Usage {
  /** How many connections the tenant has. The writes that create and delete connections keep this count. */
  connections(tenant: TenantId): Promise<number>
  connectionUse(tenant: TenantId): Promise<ConnectionUse>
  /**
   * Notes the level, and writes the event of a level that has risen in the same transaction. False if another process has noted one
   * since the read, or if the tenant has no count any more.
   */
  noteUseLevel(tenant: TenantId, read: ConnectionUse, level: UseLevel | undefined): Promise<boolean>
  /** Counts the stored connections and stores the result. It reads all of them, so it is for the operator only. */
  recountConnections(tenant: TenantId): Promise<number>
  /** Counts one session of a minute (in minutes since 1970). False, and not counted, if `max` are counted already. */
  countSession(spender: Spender, minute: number, max: number): Promise<boolean>
  /** Adds the requests that a process let pass in a window. Returns the sums of all processes. */
  addRequests(spender: Spender, window: number, spent: RequestCounts): Promise<RequestCounts>
}

/** The requests that passed in a window, and the part of its budget that may pass before it is reported. */
export interface RequestCounts {
  readonly requests: number
  readonly shared: number
}
