// The port that counts what a tenant uses: connections, connect sessions, requests and their time, summed over all processes.
import type { EndUserId, TenantId } from '../ids.ts'
import type { EpochSeconds } from '../time.ts'

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
  /** Adds what a process let pass in a window. Returns the sums of all processes. */
  addRequests(spender: Spender, window: number, spent: Spent): Promise<Spent>
  /** The sums of a window, as they were a moment ago. */
  requests(spender: Spender, window: number): Promise<Spent>
}

export const WINDOW_SECONDS = 10

/** The number of the window that a moment lies in. */
export function windowOf(now: EpochSeconds): number {
  return Math.floor(now / WINDOW_SECONDS)
}

/** What was spent of a window's budgets. */
export interface Spent {
  readonly requests: number
  /** The requests that may pass before they are reported. */
  readonly shared: number
  /** For how long requests keep processes busy, with the time until the window's end for those that are under way. */
  readonly busySeconds: number
}
