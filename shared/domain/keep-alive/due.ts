// The index of what is due, across tenants: connections and feeds that need work, and revocations that have to be attempted.
import type { AppId, Brand, ConnectionId, RevocationId, TenantId } from '../ids.ts'
import type { EpochSeconds } from '../time.ts'

export type DueWork = {
  readonly tenantId: TenantId
  readonly appId: AppId
  readonly dueAt: EpochSeconds
} & (
  | { readonly kind: 'connection'; readonly connectionId: ConnectionId }
  /** The feed of a connection. */
  | { readonly kind: 'feed'; readonly connectionId: ConnectionId }
  | { readonly kind: 'revocation'; readonly revocationId: RevocationId }
)

/** Where a page of due work ended; opaque. */
export type DueCursor = Brand<object, 'DueCursor'>

/** How many partitions the index has: as many runs can share the work. Fewer runs take several partitions each. */
export const DUE_PARTITIONS = 32

export interface DueIndex {
  /** What is due in a partition by `now`, oldest first, at most `limit`. `next` is given when there may be more. */
  due(
    partition: number,
    now: EpochSeconds,
    limit: number,
    after?: DueCursor,
  ): Promise<{ readonly items: readonly DueWork[]; readonly next?: DueCursor }>
}
