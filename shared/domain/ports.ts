// What the domain needs from the world, in its own words. Adapters implement these; test/fakes.ts does too, and both
// pass the same contract suite.
import type { HeaderList } from './api-headers.ts'
import type { ApiKeys } from './api-keys.ts'
import type { AuditEvents, AuditTrail } from './audit.ts'
import type { ConnectLink, ConnectSession, PendingAuthorization, SessionState } from './connect-session.ts'
import type {
  Chance,
  Connection,
  ConnectionRef,
  Credential,
  Lease,
  Revocation,
  Workspace,
} from './connection.ts'
import type { DueIndex } from './due.ts'
import type { TokenVerifier } from './end-user-token.ts'
import type { KeyedCalls } from './idempotency.ts'
import type { IdentityProviders } from './identity-provider.ts'
import type {
  AppId,
  ConnectionId,
  ConnectSessionId,
  EndUserId,
  MintId,
  RevocationId,
  TenantId,
  WorkspaceId,
} from './ids.ts'
import type { IssuerRule } from './issuer.ts'
import type { RootKeys, TenantKeys } from './keys.ts'
import type { Limiter, Usage } from './limits.ts'
import type { Pace, Pacer } from './pace.ts'
import type { ProviderProfile } from './provider.ts'
import type { RotationProgressStore, SealedRecords } from './sealed-records.ts'
import type { Secret } from './secret.ts'
import type { Apps, Tenants } from './tenant.ts'
import type { TenantRemains } from './tenant-deletion.ts'
import type { Clock, EpochSeconds } from './time.ts'
import type { TokenMemory } from './token-memory.ts'
import type { Vault } from './vault.ts'

export interface ConnectSessions {
  create(session: ConnectSession, link: ConnectLink): Promise<void>
  get(tenant: TenantId, id: ConnectSessionId): Promise<ConnectSession | undefined>
  findLink(secretHash: string): Promise<ConnectLink | undefined>
  /**
   * In one transaction: moves the session from "created" to "authorizing", which uses its link up, and puts the
   * pending authorization, whose expiry becomes the session's. False when the link was used before.
   */
  begin(link: ConnectLink, pending: PendingAuthorization): Promise<boolean>
  /** Moves the session on if it still is in the state named; false if not. */
  move(
    session: Pick<ConnectSession, 'tenantId' | 'id'>,
    from: SessionState['status'],
    to: SessionState,
    expiresAt: EpochSeconds,
  ): Promise<boolean>
}

export type TakenAuthorization =
  | { readonly outcome: 'unknown' }
  | {
      readonly outcome: 'taken' | 'expired' | 'other_browser' | 'other_app'
      readonly pending: PendingAuthorization
    }

export interface PendingAuthorizations {
  /** Consumes a pending authorization once, if app and browser are those it was made for; else leaves it. */
  take(
    stateHash: string,
    expected: { readonly appId: AppId; readonly browserHash: string; readonly now: EpochSeconds },
  ): Promise<TakenAuthorization>
}

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
  readonly status?: string
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
   * False when another took the same workspace for the same app and end user first, when the tenant has `most` already, or
   * when its deletion has begun.
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
}

export interface Revocations {
  /** Owes a revocation; used where there is no connection to take the tokens from. */
  owe(revocation: Revocation): Promise<void>
  get(tenant: TenantId, id: RevocationId): Promise<Revocation | undefined>
  /** What is owed for a tenant, `limit` at most. */
  ofTenant(tenant: TenantId, limit: number): Promise<readonly Revocation[]>
  postpone(revocation: Revocation, dueAt: EpochSeconds): Promise<void>
  settle(revocation: Pick<Revocation, 'tenantId' | 'id'>): Promise<void>
}

/** Rotated tokens whose commit failed, on their way to be committed later. Holds seals only. */
export interface RecoverableRotation {
  readonly ref: ConnectionRef
  /** The connection as it was when the provider rotated: its app owns the tokens, its generation is the fence. */
  readonly appId: AppId
  readonly generation: number
  readonly credential: Credential
  readonly scopes: readonly string[]
  readonly rotatedAt: EpochSeconds
}

export interface RecoveryQueue {
  send(rotation: RecoverableRotation): Promise<void>
}

/** Tokens as the provider gave them (RFC 6749 section 5.1, with ClickFunnels' extras). */
export interface TokenSet {
  readonly accessToken: Secret
  readonly refreshToken?: Secret
  readonly expiresInSeconds?: number
  readonly scopes: readonly string[]
  readonly workspace: Workspace
}

/** Every way a token request can end. */
export type TokenOutcome =
  | { readonly outcome: 'granted'; readonly tokens: TokenSet }
  /** invalid_grant and the other verdicts on the grant itself. */
  | { readonly outcome: 'grant_refused'; readonly error: string }
  /** invalid_client, unauthorized_client: the app's fault, not the grant's. */
  | { readonly outcome: 'client_refused'; readonly error: string }
  | { readonly outcome: 'rate_limited'; readonly retryAfterSeconds?: number }
  | { readonly outcome: 'provider_down'; readonly detail: string }
  /** The connection broke: the request may have been carried out, and is over. */
  | { readonly outcome: 'answer_lost'; readonly detail: string }
  /** No answer within the deadline: the request may still be under way. */
  | { readonly outcome: 'answer_late'; readonly detail: string }
  | { readonly outcome: 'malformed'; readonly detail: string }

export interface ClientCredentials {
  readonly clientId: string
  readonly clientSecret: Secret
}

export interface AuthorizationServer {
  exchangeCode(
    client: ClientCredentials,
    grant: { readonly code: Secret; readonly codeVerifier: Secret; readonly redirectUri: string },
  ): Promise<TokenOutcome>
  refresh(client: ClientCredentials, refreshToken: Secret): Promise<TokenOutcome>
  /** RFC 7009. "done" also for a token that the server does not know, and where the provider cannot revoke. */
  revoke(
    client: ClientCredentials,
    token: Secret,
    hint: 'access_token' | 'refresh_token',
  ): Promise<'done' | 'client_refused' | 'failed'>
}

export interface UpstreamRequest {
  readonly method: string
  readonly url: string
  /** Names in lower case, repeated ones one after another. */
  readonly headers: HeaderList
  readonly accessToken: Secret
  readonly body?: Uint8Array
  readonly deadlineMilliseconds: number
}

export interface UpstreamResponse {
  readonly status: number
  readonly headers: HeaderList
  readonly body: Uint8Array
}

export type ProbeOutcome =
  | { readonly outcome: 'alive'; readonly workspace: Workspace }
  /** 401: the access token is dead, or looks so. */
  | { readonly outcome: 'rejected' }
  /** Anything else proves nothing. */
  | { readonly outcome: 'unclear'; readonly detail: string }

export interface ResourceServer {
  /** @throws ServiceError upstream_unreachable, upstream_timeout, upstream_response_too_large */
  call(request: UpstreamRequest): Promise<UpstreamResponse>
  /** `GET /me` on the accounts host: does the token live, and whose is it? */
  probe(accessToken: Secret): Promise<ProbeOutcome>
}

export interface Log {
  info(message: string, fields?: Readonly<Record<string, unknown>>): void
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void
  error(message: string, fields?: Readonly<Record<string, unknown>>): void
}

/** Everything there is; a domain function names the part it uses with `Pick`. */
export interface Services {
  readonly now: Clock
  readonly newId: MintId
  /** Random bytes for secrets. */
  readonly randomBytes: (size: number) => Uint8Array
  readonly chance: Chance
  readonly sleep: (milliseconds: number) => Promise<void>
  readonly publicUrl: string
  readonly provider: ProviderProfile
  readonly tenants: Tenants
  readonly apps: Apps
  readonly apiKeys: ApiKeys
  readonly identityProviders: IdentityProviders
  readonly tokenVerifier: TokenVerifier
  readonly sessions: ConnectSessions
  readonly authorizations: PendingAuthorizations
  readonly connections: Connections
  readonly revocations: Revocations
  readonly keyedCalls: KeyedCalls
  readonly recoveryQueue: RecoveryQueue
  readonly dueIndex: DueIndex
  readonly usage: Usage
  readonly auditEvents: AuditEvents
  readonly vault: Vault
  readonly tenantKeys: TenantKeys
  readonly tenantRemains: TenantRemains
  readonly rootKeys: RootKeys
  readonly sealedRecords: SealedRecords
  readonly rotationProgress: RotationProgressStore
  readonly authorizationServer: AuthorizationServer
  readonly issuerRule: IssuerRule
  readonly resourceServer: ResourceServer
  readonly log: Log
  /** Of this process, as is the next. */
  readonly tokenMemory: TokenMemory
  readonly pacer: Pacer
  readonly limiter: Limiter
  readonly audit: AuditTrail
}
