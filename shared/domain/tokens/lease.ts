// The lease: the right of one process to refresh or probe one connection, and the ways to give it back. Every write
// under it names the owner and the generation that was read, so that a process that is too late changes nothing.
import { type Ambient, namesOf } from '../ambient.ts'
import {
  backoffUntil,
  type Connection,
  EXPORTED,
  type Lease,
  NO_OWNER,
  QUEUED,
  refOf,
} from '../connections/connection.ts'
import type { ConnectionPorts } from '../connections/ports.ts'
import type { TenantReader } from '../tenants/ports.ts'
import { type Suspended, suspensionOf } from '../tenants/suspension.ts'
import { type Deadline, type EpochSeconds, earliest, later, latest } from '../time.ts'
import { ruleOf, type WorkResult } from './refresh-rules.ts'
import { awaitsConfirmation, nextLookAt } from './verdict.ts'

/** It outlasts every refresh. */
export const LEASE_SECONDS = 30
/** A refresh ends within this, counted from its lease. */
const MAX_REFRESH_SECONDS = LEASE_SECONDS - 2
/** The least time that ClickFunnels has for its answer to a token request. A refresh waits longer if it has the time. */
export const TOKEN_REQUEST_SECONDS = 10
/** The time that a refresh keeps for its commit. */
export const COMMIT_SECONDS = 8
/** No token request begins with less time than this. */
export const REFRESH_SECONDS = TOKEN_REQUEST_SECONDS + COMMIT_SECONDS
/** No request begins later than this after the lease was taken. */
export const LATEST_REQUEST_SECONDS = 5
/** After this long, a request that timed out here is over at the provider, too. */
const REQUEST_OVER_SECONDS = 60
/** After this long, the recovery queue has delivered the tokens of a process that died, if it got them. */
export const RECOVERY_SECONDS = 120
/** A `Retry-After` counts up to this, so that a token does not expire while the provider makes us wait. */
const MAX_RETRY_AFTER_SECONDS = 15 * 60
/** While the provider is down, a connection that was tried is due again within this time. */
const OUTAGE_RETRY_SECONDS = 60

/** After so many failures in a row, the tenant is told. One fewer can be the failures that show an outage. */
const FAILURES_AT_RISK = 4
const AT_RISK = { kind: 'at_risk', reason: 'attempts_failing' } as const

/** Why a refresh or probe kept the old tokens. */
export type KeptReason = Exclude<WorkResult, 'granted' | 'commit_failed'>

/** When a refresh has to be over: the process ends, or its lease does. */
export function endOfRefresh({ since }: HeldLease, { end }: Deadline): EpochSeconds {
  return earliest(later(since, MAX_REFRESH_SECONDS), end)
}

export interface HeldLease {
  readonly owner: string
  readonly since: EpochSeconds
}

export type LeaseOutcome =
  | { readonly outcome: 'acquired'; readonly lease: HeldLease }
  /** Another process holds it, or the generation has moved. */
  | { readonly outcome: 'busy' }
  /** A suspended connection keeps its tokens, and they are not refreshed. */
  | { readonly outcome: 'suspended'; readonly what: Suspended }

/** Takes the lease of a connection, if the connection is still as it was read. */
export async function acquireLease(
  services: TenantReader & Pick<Ambient & ConnectionPorts, 'now' | 'randomBytes' | 'connections'>,
  connection: Connection,
): Promise<LeaseOutcome> {
  // A caller's refresh reads it from the store, so that a suspension stops it at once. Keep-alive remembers it for 5 s.
  const tenant = await services.tenants.get(connection.tenantId)
  const what = suspensionOf(tenant, connection)
  if (what !== undefined) return { outcome: 'suspended', what }
  const owner = Buffer.from(services.randomBytes(12)).toString('base64url')
  const since = services.now()
  const lease = { owner, until: later(since, LEASE_SECONDS) }
  const acquired = await services.connections.acquireLease(
    refOf(connection),
    connection.generation,
    lease,
    since,
  )
  return acquired ? { outcome: 'acquired', lease: { owner, since } } : { outcome: 'busy' }
}

/**
 * Does work under a lease. A fault of ours counts as a failed attempt, so that the connection is neither left with the
 * lease nor due at once for ever.
 * @param known is stored with the failed attempt
 */
export async function underLease<T>(
  services: Pick<Ambient & ConnectionPorts, 'now' | 'chance' | 'connections' | 'log'>,
  connection: Connection,
  owner: string,
  work: () => Promise<T>,
  known: KeepOptions = {},
): Promise<T> {
  try {
    return await work()
  } catch (error) {
    await keepTokens(services, connection, owner, 'internal_error', known).catch(() => {
      services.log.warn('A lease was not given back; it expires by itself', namesOf('connection', connection))
    })
    throw error
  }
}

/**
 * Gives the lease back without new tokens. The connection keeps the old ones and is due again as the rule of the
 * result says.
 */
export async function keepTokens(
  services: Pick<Ambient & ConnectionPorts, 'now' | 'chance' | 'connections'>,
  connection: Connection,
  owner: string,
  result: KeptReason,
  { outage = false, unanswered = wasAbandoned(connection), retryAfterSeconds = 0, queued }: KeepOptions = {},
): Promise<{ readonly outcome: 'failed'; readonly error: KeptReason } | { readonly outcome: 'overtaken' }> {
  const now = services.now()
  const { blames, again, maybeRotated } = ruleOf(result)
  const frozen = blames === 'app' || (blames === 'provider' && outage)
  const consecutiveFailures = connection.consecutiveFailures + (frozen ? 0 : 1)
  const over = queued ?? (again === 'when_over' ? later(now, REQUEST_OVER_SECONDS) : undefined)
  const nextOwner = queued === undefined ? NO_OWNER : QUEUED
  const retryAt = outage
    ? later(now, 1 + OUTAGE_RETRY_SECONDS * services.chance())
    : backoffUntil(now, Math.max(1, consecutiveFailures), services.chance)
  const notBefore = later(now, Math.min(retryAfterSeconds, MAX_RETRY_AFTER_SECONDS))
  const failing = !frozen && isSuspicious(result) && consecutiveFailures >= FAILURES_AT_RISK
  const change = {
    lease: over === undefined ? leaseOfDead(connection, owner, now) : { owner: nextOwner, until: over },
    // While the app's credentials are refused, its connections stay due, so that they go on as soon as it has new ones.
    ...(again !== 'when_app_works' && {
      dueAt: nextTry(connection, latest(latest(retryAt, notBefore), over ?? now), now),
    }),
    ...((maybeRotated || unanswered) && { unanswered: true as const }),
    consecutiveFailures,
    lastError: result,
    ...(failing && connection.alert === undefined && { alert: AT_RISK }),
    updatedAt: now,
  }
  const fence = fenceOf(connection, owner)
  const kept = await services.connections.update(refOf(connection), fence, change, connection)
  return kept ? { outcome: 'failed', error: result } : { outcome: 'overtaken' }
}

/**
 * A process that died may have sent tokens to the queue. The next attempts have to know that, so its lease, which has
 * expired, stays until the queue had its time. No write of the dead process passes, because the owner is another.
 */
function leaseOfDead(connection: Connection, owner: string, now: EpochSeconds): Lease | null {
  const until = queuedUntil(connection)
  if (connection.lease === undefined || until === undefined || now >= until) return null
  return { owner, until: connection.lease.until }
}

/** Faults of ours and limits of calls say nothing about the connection. */
function isSuspicious(result: KeptReason): boolean {
  return ruleOf(result).blames !== 'ourselves' && result !== 'rate_limited'
}

/** An ended connection keeps to its few looks, whatever became of this one. */
function nextTry({ state }: Connection, retryAt: EpochSeconds, now: EpochSeconds): EpochSeconds | null {
  if (state.status === 'active' || awaitsConfirmation({ state })) return retryAt
  return (state.endedAt !== undefined && nextLookAt(state.endedAt, now)) || null
}

interface KeepOptions {
  /** Whether the provider is known to be down. Then the failure does not count as the connection's. */
  readonly outage?: boolean
  /** Whether the answer to a request is missing that may have held the next refresh token. */
  readonly unanswered?: boolean
  /** Until when the recovery queue may still have the next tokens. Until then the connection is left alone. */
  readonly queued?: EpochSeconds
  /** What the provider's `Retry-After` asked for. */
  readonly retryAfterSeconds?: number
}

/** Whether another process may be at work on the connection, or a request of one at the provider. */
export function isLeased({ lease }: Connection, now: EpochSeconds): boolean {
  return lease !== undefined && lease.until > now
}

/** Whether the process that had the lease last, as the connection was read, died without giving it back. */
export function wasAbandoned({ lease }: Connection): boolean {
  return lease !== undefined && ![NO_OWNER, QUEUED, EXPORTED].includes(lease.owner)
}

/** Until when the tokens of a process that died may still be on the recovery queue. */
export function queuedUntil(connection: Connection): EpochSeconds | undefined {
  return wasAbandoned(connection)
    ? later(connection.lease?.until ?? (0 as EpochSeconds), RECOVERY_SECONDS)
    : undefined
}

export function fenceOf({ generation }: Connection, leaseOwner: string) {
  return { generation, leaseOwner }
}
