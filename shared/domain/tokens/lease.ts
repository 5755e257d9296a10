// The lease: the right to refresh or probe one connection, and the ways to give it back. Every write under it names the
// generation that was read and the owner, so that one who comes too late changes nothing.
import type { Ambient } from '../ambient.ts'
import type { AuditPorts } from '../audit/ports.ts'
import { connectionNote } from '../audit/trail.ts'
import {
  backoffUntil,
  type Connection,
  NO_OWNER,
  type ReauthorizationReason,
  refOf,
} from '../connections/connection.ts'
import type { ConnectionPorts } from '../connections/ports.ts'
import type { TenancyPorts } from '../tenants/ports.ts'
import { type Suspended, suspensionOf } from '../tenants/suspension.ts'
import { type EpochSeconds, later, latest } from '../time.ts'
import { ruleOf, type WorkResult } from './refresh-rules.ts'

/** A request may begin in its first seconds, lasts as long as its deadline, and leaves time to commit. */
export const LEASE_SECONDS = 30
/** The deadline of one request to the token endpoint. */
export const TOKEN_REQUEST_SECONDS = 10
/** Later than this after the lease was taken no request begins: 5 + 10, and 8 to commit, are inside the lease. */
export const LATEST_REQUEST_SECONDS = 5
/** After so long a request that was given up is over at the provider, too. */
const REQUEST_OVER_SECONDS = 60
/** A provider may ask for any patience; a token must not expire over it. */
const MAX_RETRY_AFTER_SECONDS = 15 * 60
/** While the provider is down, a connection that was tried is due again within this. */
const OUTAGE_RETRY_SECONDS = 60

/** Why a refresh or probe kept the old tokens. */
export type KeptReason = Exclude<WorkResult, 'granted' | 'commit_failed'>

export interface HeldLease {
  readonly owner: string
  readonly since: EpochSeconds
}

export type LeaseOutcome =
  | { readonly outcome: 'acquired'; readonly lease: HeldLease }
  /** Somebody else holds it, or the connection has moved on. */
  | { readonly outcome: 'busy' }
  /** Its tokens are kept and left alone. */
  | { readonly outcome: 'suspended'; readonly what: Suspended }

/** Takes the lease of a connection as it was read; gives the owner to name in the fence. */
export async function acquireLease(
  services: Pick<Ambient & TenancyPorts & ConnectionPorts, 'now' | 'randomBytes' | 'tenants' | 'connections'>,
  connection: Connection,
): Promise<LeaseOutcome> {
  // Read anew, not from a cache: a suspension stops refreshes at once.
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
 * A fault of ours must not leave the connection leased, nor due at once for ever: it counts as a failed attempt.
 * @param known what is known by then and must not be forgotten over the fault
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
      services.log.warn('A lease was not given back; it runs out by itself', { connection: connection.id })
    })
    throw error
  }
}

/** Ends a connection's active life: only the end user can help now. */
export async function requireReauthorization(
  services: Pick<Ambient & ConnectionPorts & AuditPorts, 'now' | 'connections' | 'audit' | 'log'>,
  connection: Connection,
  owner: string,
  reason: ReauthorizationReason,
): Promise<{ readonly outcome: 'reauthorization_required' | 'overtaken' }> {
  const ended = await services.connections.update(refOf(connection), fenceOf(connection, owner), {
    state: { status: 'reauthorization_required', reason },
    lease: null,
    dueAt: null,
    lastError: reason,
    updatedAt: services.now(),
  })
  if (!ended) return { outcome: 'overtaken' }
  services.log.warn('A connection needs its end user again', { connection: connection.id, reason })
  await services.audit.note(connectionNote(connection, 'connection.require_reauthorization', { reason }))
  return { outcome: 'reauthorization_required' }
}

/**
 * Gives the lease back without new tokens: the old ones stand, and the connection is due again as the result's rule says.
 * @param outage whether the provider was known to be down: that is not the connection's failure
 */
export async function keepTokens(
  services: Pick<Ambient & ConnectionPorts, 'now' | 'chance' | 'connections'>,
  connection: Connection,
  owner: string,
  result: KeptReason,
  { outage = false, unanswered = wasAbandoned(connection), retryAfterSeconds = 0 }: KeepOptions = {},
): Promise<{ readonly outcome: 'failed'; readonly error: KeptReason } | { readonly outcome: 'overtaken' }> {
  const now = services.now()
  const { blames, again, maybeRotated } = ruleOf(result)
  const frozen = blames === 'app' || (blames === 'provider' && outage)
  const consecutiveFailures = connection.consecutiveFailures + (frozen ? 0 : 1)
  const over = again === 'when_over' ? later(now, REQUEST_OVER_SECONDS) : undefined
  const retryAt = outage
    ? later(now, 1 + OUTAGE_RETRY_SECONDS * services.chance())
    : backoffUntil(now, Math.max(1, consecutiveFailures), services.chance)
  const notBefore = later(now, Math.min(retryAfterSeconds, MAX_RETRY_AFTER_SECONDS))
  const kept = await services.connections.update(refOf(connection), fenceOf(connection, owner), {
    lease: over === undefined ? null : { owner: NO_OWNER, until: over },
    // An app without working credentials: everything of it stays due, and goes on the moment it has some.
    ...(again !== 'when_app_works' && { dueAt: latest(latest(retryAt, notBefore), over ?? now) }),
    ...((maybeRotated || unanswered) && { unanswered: true }),
    consecutiveFailures,
    lastError: result,
    updatedAt: now,
  })
  return kept ? { outcome: 'failed', error: result } : { outcome: 'overtaken' }
}

interface KeepOptions {
  readonly outage?: boolean
  /** Whether an answer that may have held the next refresh token never came. */
  readonly unanswered?: boolean
  /** What the provider's `Retry-After` asked for. */
  readonly retryAfterSeconds?: number
}

/** Whether somebody may be at work on a connection, as it was read. */
export function isLeased({ lease }: Connection, now: EpochSeconds): boolean {
  return lease !== undefined && lease.until > now
}

/** Whether whoever worked on the connection before, as it was read, died over it. */
export function wasAbandoned({ lease }: Connection): boolean {
  return lease !== undefined && lease.owner !== NO_OWNER
}

export function fenceOf({ generation }: Connection, leaseOwner: string) {
  return { generation, leaseOwner }
}
