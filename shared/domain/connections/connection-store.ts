// What is stored of connections and of the revocations that are owed, and on which conditions it changes. What they are:
// connection.ts.
import type { AppId, ConnectionId, EndUserId, RevocationId, TenantId, WorkspaceId } from '../ids.ts'
import type { EpochSeconds } from '../time.ts'
import type { Connection, ConnectionRef, ConnectionState, Lease, Pace, Revocation } from './connection.ts'

/** What a write depends on: the generation that was read and, for the holder of a lease, that it still holds it. */
export interface Fence {
  readonly generation: number
  readonly leaseOwner?: string
}

/** Members to set; `null` removes. */
export type ConnectionChange = {
  readonly [K in
    | 'state'
    | 'workspace'
    | 'scopes'
    | 'endUser'
    | 'generation'
    | 'credential'
    | 'consecutiveFailures']?: Connection[K]
} & {
  readonly [K in 'lease' | 'unanswered' | 'dueAt' | 'lastError' | 'lastRefreshedAt' | 'suspendedAt']?:
    | Connection[K]
    | null
} & { readonly updatedAt: EpochSeconds }

export interface ConnectionFilter {
  readonly endUserId?: EndUserId
  readonly appId?: AppId
  readonly status?: ConnectionState['status']
}

export interface Page<T> {
  readonly items: readonly T[]
  /** The last item's id, when there may be more. */
  readonly next?: ConnectionId
}

export interface Connections {
  get(ref: ConnectionRef): Promise<Connection | undefined>
  /** Which connection of this app already is to this workspace, for this end user? */
  findByWorkspace(
    tenant: TenantId,
    app: AppId,
    workspace: WorkspaceId,
    endUser: EndUserId,
  ): Promise<ConnectionId | undefined>
  /**
   * False when another took the same workspace for the same app and end user first, when the tenant has `most` already,
   * when its deletion has begun, or when the app is suspended.
   */
  create(connection: Connection, most?: number): Promise<boolean>
  /** Takes the lease if the generation is the one read, nobody holds a live lease and it is not suspended; false if not. */
  acquireLease(ref: ConnectionRef, generation: number, lease: Lease, now: EpochSeconds): Promise<boolean>
  /** Changes the connection if the fence holds; false if not. */
  update(ref: ConnectionRef, fence: Fence, change: ConnectionChange): Promise<boolean>
  /**
   * Puts a new grant in place of a connection's, as it was read, and in the same transaction owes the revocation of the
   * tokens it held (if they are not the same) and claims the workspace; false if the generation has moved or another
   * connection holds the claim.
   */
  replaceGrant(read: Connection, change: ConnectionChange, former: Revocation | undefined): Promise<boolean>
  /** Sets the pace of a connection unless it was set within the last seconds; false if so, or if it is gone. */
  setPace(ref: ConnectionRef, pace: Pace): Promise<boolean>
  /** Deletes the connection and owes the revocation of its tokens, in one transaction; false if the fence fails. */
  remove(connection: Connection, revocation: Revocation): Promise<boolean>
  /** Newest first, `limit` at most, after the connection named. */
  list(
    tenant: TenantId,
    filter: ConnectionFilter,
    limit: number,
    after?: ConnectionId,
  ): Promise<Page<Connection>>
  /** Whether an app has a connection. It looks at all of the tenant's, if need be: for what the operator does. */
  anyOfApp(tenant: TenantId, app: AppId): Promise<boolean>
}

export interface Revocations {
  /** Owes a revocation; used where there is no connection to take the tokens from. */
  enqueue(revocation: Revocation): Promise<void>
  get(tenant: TenantId, id: RevocationId): Promise<Revocation | undefined>
  /** What is owed for a tenant, `limit` at most. */
  ofTenant(tenant: TenantId, limit: number): Promise<readonly Revocation[]>
  /** Whether one is owed to an app. It looks at all of the tenant's, if need be. */
  anyOfApp(tenant: TenantId, app: AppId): Promise<boolean>
  postpone(revocation: Revocation, dueAt: EpochSeconds): Promise<void>
  remove(revocation: Pick<Revocation, 'tenantId' | 'id'>): Promise<void>
}

/** A connection as a change that was stored leaves it: no read, since nothing may fail after the tokens are stored. */
export function changed(read: Connection, change: ConnectionChange): Connection {
  const members = Object.entries({ ...read, ...change }).filter(([, value]) => value !== null)
  return Object.fromEntries(members) as unknown as Connection
}
