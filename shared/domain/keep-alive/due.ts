// The index of what is due, across tenants: connections that need work, and revocations that have to be attempted.
import type { AppId, Brand, ConnectionId, RevocationId, TenantId } from '../ids.ts'
import type { EpochSeconds } from '../time.ts'

export type DueWork = { readonly tenantId: TenantId; readonly appId: AppId } & (
  | { readonly kind: 'connection'; readonly connectionId: ConnectionId }
  | { readonly kind: 'revocation'; readonly revocationId: RevocationId }
)

/** Where a page of due work ended; opaque. */
export type DueCursor = Brand<object, 'DueCursor'>

export interface DueIndex {
  /** What is due in a shard by `now`, oldest first, at most `limit`. `next` is given when there may be more. */
  due(
    shard: number,
    now: EpochSeconds,
    limit: number,
    after?: DueCursor,
  ): Promise<{ readonly items: readonly DueWork[]; readonly next?: DueCursor }>
}
