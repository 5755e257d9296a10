// A connection: the access that one end user of a tenant has to one ClickFunnels workspace, with its sealed tokens. Also
// the arithmetic of when it next needs work. What changes it: tokens/refresh.ts, tokens/probe.ts, connect/place-grant.ts.

import type { Chance } from '../ambient.ts'
import type { RiskReason } from '../events/event-types.ts'
import type { AppId, ConnectionId, RevocationId, TenantId } from '../ids.ts'
import type { Workspace } from '../provider/workspace.ts'
import type { Annotations } from '../tenants/annotations.ts'
import type { EndUser } from '../tenants/tenant.ts'
import { DAY_SECONDS, type EpochSeconds, later } from '../time.ts'
import type { SealBinding, Sealed } from '../vault/vault.ts'

/**
 * The tokens of a connection. The kind depends on whether there is a refresh token, never on `expires_in` alone, because
 * ClickFunnels' tokens work until they are revoked, whatever `expires_in` says.
 */
export type Credential =
  | {
      readonly kind: 'refreshable'
      readonly accessToken: Sealed
      readonly refreshToken: Sealed
      readonly issuedAt: EpochSeconds
      /** Absent if the provider named no lifetime. */
      readonly expiresAt?: EpochSeconds
    }
  | { readonly kind: 'non_expiring'; readonly accessToken: Sealed }

/**
 * answer_lost: the provider refuses the refresh token after an earlier answer of it was lost. That answer may have held
 * the next refresh token, which a provider with strict token rotation does not give again.
 */
export type ReauthorizationReason = 'grant_refused' | 'answer_lost' | 'access_token_rejected'

/** The right to refresh or probe one connection, until a moment. */
export interface Lease {
  readonly owner: string
  readonly until: EpochSeconds
}

/** Owner of a lease that no process holds. Until its end the connection is left alone. */
export const NO_OWNER = 'none'
/** Owner of a lease during which the recovery queue may still bring the tokens of a process that died. */
export const QUEUED = 'queued'
/** Owner of the lease that keeps a connection as it was exported, see exports/hold-still.ts. No process holds it. */
export const EXPORTED = 'exported'

export interface ConnectionRef {
  readonly tenantId: TenantId
  readonly connectionId: ConnectionId
}

/** The key under which a process remembers a connection. It always contains the tenant. */
export function keyOf({ tenantId, connectionId }: ConnectionRef): string {
  return `${tenantId}/${connectionId}`
}

export type ConnectionState = { readonly status: 'active' } | ReauthorizationState

/** ClickFunnels refuses the tokens. They are kept, because the refusal may be a fault of the provider. */
export interface ReauthorizationState {
  readonly status: 'reauthorization_required'
  readonly reason: ReauthorizationReason
  /** When the provider refused it first. Absent in items from before there were second looks. */
  readonly refusedAt?: EpochSeconds
  /** When a second refusal made it final. */
  readonly endedAt?: EpochSeconds
}

/** What the tenant was last told of a connection that does not work as it should. */
export interface ConnectionAlert {
  readonly kind: 'at_risk' | 'broken'
  readonly reason: RiskReason
}

export interface Connection extends Annotations {
  readonly id: ConnectionId
  readonly tenantId: TenantId
  readonly appId: AppId
  readonly endUser: EndUser
  readonly state: ConnectionState
  readonly workspace: Workspace
  readonly scopes: readonly string[]
  /** How often the tokens were replaced. Their seals are bound to it. */
  readonly generation: number
  readonly credential: Credential
  readonly lease?: Lease
  /** A refresh of this generation got no answer. It may have rotated the tokens at ClickFunnels. */
  readonly unanswered?: true
  /** Since when the operator has suspended it, see tenants/suspension.ts. */
  readonly suspendedAt?: EpochSeconds
  /** Which imported token it has, or had. Absent if it was never imported. */
  readonly importedFrom?: ImportedFrom
  /** How fast it may be called. Absent until ClickFunnels answers 429. */
  readonly pace?: Pace
  /** When it next needs work. Absent if it needs none. */
  readonly dueAt?: EpochSeconds
  readonly consecutiveFailures: number
  readonly lastError?: string
  /** Absent while all is well. */
  readonly alert?: ConnectionAlert
  /** How many events it has had. Each write checks it, so that no event is lost or written twice. */
  readonly eventCount?: number
  /** Its events come from ClickFunnels, see feed.ts. */
  readonly feed?: true
  /** When ClickFunnels reported that the app was disconnected. New tokens and a probe that succeeds remove it. */
  readonly disconnectReportedAt?: EpochSeconds
  readonly lastRefreshedAt?: EpochSeconds
  /** When it was used, give or take a day. Noted only with lazy refresh, see lazy-refresh.ts. */
  readonly usedAt?: EpochSeconds
  readonly createdAt: EpochSeconds
  readonly updatedAt: EpochSeconds
}

/** The token that an import brought (imports/import.ts). */
export interface ImportedFrom {
  readonly fingerprint: string
  /** The generation that it was stored as. */
  readonly generation: number
}

/** Tokens without a connection that still have to be revoked at the provider. */
export interface Revocation {
  readonly id: RevocationId
  readonly tenantId: TenantId
  readonly appId: AppId
  /** What the seals are bound to: the connection (or the revocation itself) and the generation they were sealed for. */
  readonly record: string
  readonly generation: number
  readonly accessToken: Sealed
  readonly refreshToken?: Sealed
  /** When the access token expires; absent if that is unknown. */
  readonly expiresAt?: EpochSeconds
  readonly attempts: number
  readonly dueAt: EpochSeconds
}

export const REFRESH_MARGIN_SECONDS = 15 * 60
export const PROBE_INTERVAL_SECONDS = DAY_SECONDS
const BACKOFF_BASE_SECONDS = 30
const BACKOFF_CAP_SECONDS = 60 * 60

/**
 * When tokens obtained at `now` next need work. With a known expiry they are refreshed a margin before it. The margin is a
 * fifth of the lifetime, at most 15 minutes, and up to half longer by chance, so that tokens issued together are not
 * refreshed together. Without a known expiry they are probed daily, give or take a tenth.
 */
export function nextDueAt(
  now: EpochSeconds,
  expiresAt: EpochSeconds | undefined,
  chance: Chance,
): EpochSeconds {
  if (expiresAt === undefined) return later(now, PROBE_INTERVAL_SECONDS * (0.9 + 0.2 * chance()))
  const margin = Math.min((expiresAt - now) / 5, REFRESH_MARGIN_SECONDS)
  return later(expiresAt, -margin * (1 + chance() / 2))
}

/** When to retry after failures in a row: exponential backoff with full jitter, from 1 second to 1 hour. */
export function backoffUntil(now: EpochSeconds, failures: number, chance: Chance): EpochSeconds {
  const ceiling = Math.min(BACKOFF_BASE_SECONDS * 2 ** Math.min(failures - 1, 20), BACKOFF_CAP_SECONDS)
  return later(now, Math.max(1, ceiling * chance()))
}

/** When the access token expires. `undefined` if only a probe can tell whether it works. */
export function expiryOf(credential: Credential): EpochSeconds | undefined {
  return credential.kind === 'refreshable' ? credential.expiresAt : undefined
}

export function refOf({ tenantId, id }: Connection) {
  return { tenantId, connectionId: id }
}

export interface Pace {
  /** Calls a second at the time when it was set. The pace of today: {@link paceNow}. */
  readonly perSecond: number
  readonly setAt: EpochSeconds
}

/** What the seal of a token is bound to. */
export function tokenOf(
  tenantId: TenantId,
  record: string,
  generation: number,
  field: 'access_token' | 'refresh_token',
): SealBinding {
  return { tenantId, record, generation, field }
}
