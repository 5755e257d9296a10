// The lease: the right to refresh or probe one connection, and the ways to give it back. Every write under it names the
// generation that was read and the owner, so that one who comes too late changes nothing.
import { backoffUntil, type Connection, type ReauthorizationReason } from './connection.ts'
import type { Services, TokenOutcome } from './ports.ts'
import { later, latest } from './time.ts'

/** The token endpoint's deadline is inside it (adapters/clickfunnels-oauth.ts), with time left to commit. */
export const LEASE_SECONDS = 30
/** A provider may ask for any patience; a token must not expire over it. */
const MOST_PATIENCE_SECONDS = 15 * 60

/** Why a refresh or probe kept the old tokens. */
export type KeptReason = Exclude<TokenOutcome['outcome'], 'granted'> | 'commit_failed' | 'internal_error'

export type LeaseOutcome =
  | { readonly outcome: 'acquired'; readonly owner: string }
  /** Somebody else holds it, or the connection has moved on. */
  | { readonly outcome: 'busy' }
  /** The tenant is suspended: its tokens are kept and left alone. */
  | { readonly outcome: 'suspended' }

/** Takes the lease of a connection as it was read; gives the owner to name in the fence. */
export async function acquireLease(
  services: Pick<Services, 'now' | 'randomBytes' | 'tenants' | 'connections'>,
  connection: Connection,
): Promise<LeaseOutcome> {
  // Read anew, not from a cache: a suspension stops refreshes at once.
  const tenant = await services.tenants.get(connection.tenantId)
  if (tenant?.status !== 'active') return { outcome: 'suspended' }
  const owner = Buffer.from(services.randomBytes(12)).toString('base64url')
  const now = services.now()
  const lease = { owner, until: later(now, LEASE_SECONDS) }
  const acquired = await services.connections.acquireLease(
    refOf(connection),
    connection.generation,
    lease,
    now,
  )
  return acquired ? { outcome: 'acquired', owner } : { outcome: 'busy' }
}

/** A fault of ours must not leave the connection leased, nor due at once for ever: it counts as a failed attempt. */
export async function underLease<T>(
  services: Pick<Services, 'now' | 'chance' | 'connections' | 'log'>,
  connection: Connection,
  owner: string,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work()
  } catch (error) {
    await keepTokens(services, connection, owner, 'internal_error').catch(() => {
      services.log.warn('A lease was not given back; it runs out by itself', { connection: connection.id })
    })
    throw error
  }
}

/** Ends a connection's active life: only the end user can help now. */
export async function requireReauthorization(
  services: Pick<Services, 'now' | 'connections' | 'log'>,
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
  return { outcome: 'reauthorization_required' }
}

/** Gives the lease back without new tokens: the old ones stand, and the connection is due again later. */
export async function keepTokens(
  services: Pick<Services, 'now' | 'chance' | 'connections'>,
  connection: Connection,
  owner: string,
  error: KeptReason,
  atLeastSeconds = 0,
): Promise<{ readonly outcome: 'failed'; readonly error: KeptReason } | { readonly outcome: 'overtaken' }> {
  const now = services.now()
  const consecutiveFailures = connection.consecutiveFailures + 1
  const kept = await services.connections.update(refOf(connection), fenceOf(connection, owner), {
    lease: null,
    dueAt: latest(
      backoffUntil(now, consecutiveFailures, services.chance),
      later(now, Math.min(atLeastSeconds, MOST_PATIENCE_SECONDS)),
    ),
    consecutiveFailures,
    lastError: error,
    updatedAt: now,
  })
  return kept ? { outcome: 'failed', error } : { outcome: 'overtaken' }
}

export function refOf({ tenantId, id }: Connection) {
  return { tenantId, connectionId: id }
}

export function fenceOf({ generation }: Connection, leaseOwner: string) {
  return { generation, leaseOwner }
}
