// A connection: one ClickFunnels workspace that granted one end user of a tenant access, with its sealed tokens.
// Also the arithmetic of when it next needs work. refresh.ts, probe.ts and place-grant.ts change it.

import type { Chance } from '../ambient.ts'
import type { AppId, ConnectionId, RevocationId, TenantId } from '../ids.ts'
import type { Workspace } from '../provider/workspace.ts'
import type { EndUser } from '../tenants/tenant.ts'
import { DAY_SECONDS, type EpochSeconds, later } from '../time.ts'
import type { SealBinding, Sealed } from '../vault/vault.ts'

/**
 * The tokens of a connection. Which kind it is depends on whether a refresh token came, never on `expires_in` alone:
 * ClickFunnels' tokens live until revoked, whatever `expires_in` says.
 */
export type Credential =
  | {
      readonly kind: 'refreshable'
      readonly accessToken: Sealed
      readonly refreshToken: Sealed
      readonly issuedAt: EpochSeconds
      /** Absent when the provider named no lifetime. */
      readonly expiresAt?: EpochSeconds
    }
  | { readonly kind: 'non_expiring'; readonly accessToken: Sealed }

/**
 * answer_lost: the provider refuses the refresh token after an answer of its own was lost, which may have held the next
 * one; with strict rotation nobody can save that.
 */
export type ReauthorizationReason = 'grant_refused' | 'answer_lost' | 'access_token_rejected'

/** The right to refresh or probe one connection, until a moment. */
export interface Lease {
  readonly owner: string
  readonly until: EpochSeconds
}

/** Owner of a lease that nobody holds: until its end the connection is left alone. */
export const NO_OWNER = 'none'

export interface ConnectionRef {
  readonly tenantId: TenantId
  readonly connectionId: ConnectionId
}

/** What a process remembers a connection by: never without its tenant. */
export function keyOf({ tenantId, connectionId }: ConnectionRef): string {
  return `${tenantId}/${connectionId}`
}

export type ConnectionState =
  | { readonly status: 'active' }
  | { readonly status: 'reauthorization_required'; readonly reason: ReauthorizationReason }

export interface Connection {
  readonly id: ConnectionId
  readonly tenantId: TenantId
  readonly appId: AppId
  readonly endUser: EndUser
  readonly state: ConnectionState
  readonly workspace: Workspace
  readonly scopes: readonly string[]
  /** How often the tokens were replaced; part of what their seals are bound to. */
  readonly generation: number
  readonly credential: Credential
  readonly lease?: Lease
  /** A refresh of this generation may have rotated the tokens upstream, and its answer never came. */
  readonly unanswered?: true
  /** Since when the operator has stopped it: no calls, no refreshes, everything kept. See suspension.ts. */
  readonly suspendedAt?: EpochSeconds
  /** How fast it may be called; absent while no 429 has come. */
  readonly pace?: Pace
  /** When it next needs work; absent when it needs none. */
  readonly dueAt?: EpochSeconds
  readonly consecutiveFailures: number
  readonly lastError?: string
  readonly lastRefreshedAt?: EpochSeconds
  readonly createdAt: EpochSeconds
  readonly updatedAt: EpochSeconds
}

/** Tokens that still have to be revoked at the provider, kept for that only. */
export interface Revocation {
  readonly id: RevocationId
  readonly tenantId: TenantId
  readonly appId: AppId
  /** What the seals are bound to: the connection (or the revocation itself) and the generation they were sealed for. */
  readonly record: string
  readonly generation: number
  readonly accessToken: Sealed
  readonly refreshToken?: Sealed
  readonly attempts: number
  readonly dueAt: EpochSeconds
}

export const REFRESH_MARGIN_SECONDS = 15 * 60
export const PROBE_INTERVAL_SECONDS = DAY_SECONDS
const BACKOFF_BASE_SECONDS = 30
const BACKOFF_CAP_SECONDS = 60 * 60

/**
 * When tokens obtained at `now` next need work. Refreshable: at expiry less a margin (a fifth of the lifetime, at most
 * 15 minutes), up to half a margin earlier by chance, so that tokens issued together are not refreshed together. Without a known expiry: a liveness
 * probe, daily, give or take a tenth.
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

/** When to try again after failures in a row: exponential with full jitter, from 1 second to an hour. */
export function backoffUntil(now: EpochSeconds, failures: number, chance: Chance): EpochSeconds {
  const ceiling = Math.min(BACKOFF_BASE_SECONDS * 2 ** Math.min(failures - 1, 20), BACKOFF_CAP_SECONDS)
  return later(now, Math.max(1, ceiling * chance()))
}

/** When the access token stops working; `undefined` when only a probe can tell. */
export function expiryOf(credential: Credential): EpochSeconds | undefined {
  return credential.kind === 'refreshable' ? credential.expiresAt : undefined
}

export function refOf({ tenantId, id }: Connection) {
  return { tenantId, connectionId: id }
}

export interface Pace {
  /** Calls a second when it was set; what it is worth now: {@link paceNow}. */
  readonly perSecond: number
  readonly setAt: EpochSeconds
}

/** Where a token is sealed to. */
export function tokenOf(
  tenantId: TenantId,
  record: string,
  generation: number,
  field: 'access_token' | 'refresh_token',
): SealBinding {
  return { tenantId, record, generation, field }
}
