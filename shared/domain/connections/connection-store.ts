// The stores of connections and of revocations, and the conditions on which they change something. What a connection and a
// revocation are: connection.ts.
import type { Disconnecter } from '../events/event.ts'
import type {
  AppId,
  ConnectionId,
  ConnectSessionId,
  EndUserId,
  RevocationId,
  TenantId,
  WorkspaceId,
} from '../ids.ts'
import type { AnnotationChange } from '../tenants/annotations.ts'
import type { EpochSeconds } from '../time.ts'
import type { Connection, ConnectionRef, ConnectionState, Lease, Pace, Revocation } from './connection.ts'

/** What a write depends on: the generation that was read and, for the holder of a lease, the lease. */
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
    | 'importedFrom'
    | 'consecutiveFailures']?: Connection[K]
} & {
  readonly [K in
    | 'lease'
    | 'unanswered'
    | 'dueAt'
    | 'lastError'
    | 'lastRefreshedAt'
    | 'suspendedAt'
    | 'feed'
    | 'disconnectReportedAt'
    | 'alert']?: Connection[K] | null
} & AnnotationChange & { readonly updatedAt: EpochSeconds }

/**
 * The connect session that brought a grant. The write of the grant moves it from "exchanging" to "connected". So the two cannot
 * contradict each other, and no write of the grant is carried out once the session has ended in another way.
 */
export interface GrantingSession {
  readonly id: ConnectSessionId
  /** How long "connected" stays readable. */
  readonly expiresAt: EpochSeconds
}

export interface ConnectionFilter {
  readonly endUserId?: EndUserId
  readonly appId?: AppId
  readonly status?: ConnectionState['status']
}

export interface Page<T> {
  readonly items: readonly T[]
  /** The id of the last item, if there may be more. */
  readonly next?: ConnectionId
}

export interface Connections {
  get(ref: ConnectionRef): Promise<Connection | undefined>
  /** Finds the connection that the end user already has to the workspace through this app. */
  findByWorkspace(
    tenant: TenantId,
    app: AppId,
    workspace: WorkspaceId,
    endUser: EndUserId,
  ): Promise<ConnectionId | undefined>
  /**
   * False if another connection of the same app and end user has the workspace, if the tenant has `max` connections
   * already, if its deletion has begun, if the app is suspended, or if the session is not "exchanging" any more.
   */
  create(connection: Connection, max?: number, session?: GrantingSession): Promise<boolean>
  /** Takes the lease. False if the generation has changed, another process holds a lease, or the connection is suspended. */
  acquireLease(ref: ConnectionRef, generation: number, lease: Lease, now: EpochSeconds): Promise<boolean>
  /**
   * Changes the connection, and writes the event that follows from the change in the same transaction. False if the fence
   * does not hold.
   * @param read the connection as it was read, which spares the store a read
   */
  update(ref: ConnectionRef, fence: Fence, change: ConnectionChange, read?: Connection): Promise<boolean>
  /**
   * Replaces the grant of a connection. The same transaction stores the revocation of its former tokens (if they are not
   * the same) and the event, and claims the workspace. False if the generation has changed, another connection has the workspace,
   * or the session is not "exchanging" any more.
   */
  replaceGrant(
    read: Connection,
    change: ConnectionChange,
    former: Revocation | undefined,
    session?: GrantingSession,
  ): Promise<boolean>
  /** Changes tags and label, and gives the connection as it is now. `undefined` if there is none. */
  annotate(ref: ConnectionRef, change: AnnotationChange, now: EpochSeconds): Promise<Connection | undefined>
  /** Notes a use at `now`. False if a use later than `before` is noted already, or if the connection is gone. */
  noteUse(ref: ConnectionRef, now: EpochSeconds, before: EpochSeconds): Promise<boolean>
  /** Sets the pace of a connection. False if it was set within the last seconds, or if the connection is gone. */
  setPace(ref: ConnectionRef, pace: Pace): Promise<boolean>
  /**
   * Deletes the connection and stores the revocation of its tokens and the event, in one transaction. False if it has
   * changed.
   */
  remove(connection: Connection, revocation: Revocation, by: Disconnecter): Promise<boolean>
  /** Newest first, at most `limit`, starting after `after`. */
  list(
    tenant: TenantId,
    filter: ConnectionFilter,
    limit: number,
    after?: ConnectionId,
  ): Promise<Page<Connection>>
  /** Whether an app has a connection. It may read all connections of the tenant, so it is for the operator only. */
  anyOfApp(tenant: TenantId, app: AppId): Promise<boolean>
}

export interface Revocations {
  /** Stores a revocation of tokens that are in no connection. */
  enqueue(revocation: Revocation): Promise<void>
  get(tenant: TenantId, id: RevocationId): Promise<Revocation | undefined>
  /** Revocations of a tenant, at most `limit`. */
  ofTenant(tenant: TenantId, limit: number): Promise<readonly Revocation[]>
  /** Whether an app has a revocation. It may read all revocations of the tenant. */
  anyOfApp(tenant: TenantId, app: AppId): Promise<boolean>
  postpone(revocation: Revocation, dueAt: EpochSeconds): Promise<void>
  remove(revocation: Pick<Revocation, 'tenantId' | 'id'>): Promise<void>
}

/** Whether a write with this fence may change the stored connection. */
export function holdsFence(stored: Connection, { generation, leaseOwner }: Fence): boolean {
  if (stored.generation !== generation) return false
  return leaseOwner === undefined || stored.lease?.owner === leaseOwner
}

/** A connection after a change that was stored. It is not read again, because nothing may fail after tokens are stored. */
export function changed(read: Connection, change: ConnectionChange): Connection {
  const members = Object.entries({ ...read, ...change }).filter(([, value]) => value !== null)
  return Object.fromEntries(members) as unknown as Connection
}
