// What the domain needs from the world, put together: each part is described where its concept is. Adapters implement them;
// test/fakes.ts does too, and both pass the same contract suite.
import type { ApiKeys } from './api-keys.ts'
import type { AuditEvents, AuditTrail } from './audit.ts'
import type { AuthorizationServer } from './authorization-server.ts'
import type { ConnectSessions, PendingAuthorizations } from './connect-session.ts'
import type { Chance } from './connection.ts'
import type { Connections, Revocations } from './connections.ts'
import type { DueIndex } from './due.ts'
import type { TokenVerifier } from './end-user-token.ts'
import type { KeyedCalls } from './idempotency.ts'
import type { IdentityProviders } from './identity-provider.ts'
import type { MintId } from './ids.ts'
import type { IssuerRule } from './issuer.ts'
import type { RootKeys, TenantKeys } from './keys.ts'
import type { Limiter, Usage } from './limits.ts'
import type { Pacer } from './pace.ts'
import type { ProviderProfile } from './provider.ts'
import type { RecoveryQueue } from './recovery.ts'
import type { ResourceServer } from './resource-server.ts'
import type { RotationProgressStore, SealedRecords } from './sealed-records.ts'
import type { Apps, Tenants } from './tenant.ts'
import type { TenantRemains } from './tenant-deletion.ts'
import type { Clock } from './time.ts'
import type { TokenMemory } from './token-memory.ts'
import type { Vault } from './vault.ts'

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
