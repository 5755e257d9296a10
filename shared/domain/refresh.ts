// The fenced refresh (RFC 6749 section 6): one implementation for the schedule, the proxy and "refresh now".
//
//   read      generation n
//   acquire   the lease, if the generation is still n and nobody holds a live one
//   exchange  at the token endpoint, with a deadline well inside the lease
//   commit    the new tokens as generation n+1, if the generation is still n and the lease still ours
//   and only then may anybody use the new tokens.
//
// A refresh that fails keeps the old tokens and moves the connection's due time. Only a refused grant that nobody else
// has refreshed meanwhile ends a connection.
import { withClientCredentials } from './client-secrets.ts'
import { backoffUntil, type Connection, expiryOf, type ReauthorizationReason } from './connection.ts'
import { ServiceError } from './errors.ts'
import { replacement } from './grant.ts'
import { equalSecrets } from './hash.ts'
import type { Services, TokenOutcome, TokenSet } from './ports.ts'
import { revokeOrphan, tokenOf } from './revocation.ts'
import { later, latest } from './time.ts'

/** The token endpoint's deadline is inside it (adapters/clickfunnels-oauth.ts), with time left to commit. */
export const LEASE_SECONDS = 30
/** How long a commit is tried while the store fails. */
const COMMIT_SECONDS = 8
const COMMIT_PAUSE_MILLISECONDS = 300

/** Why a refresh or probe kept the old tokens. */
export type KeptReason = Exclude<TokenOutcome['outcome'], 'granted'> | 'internal_error'

export type RefreshOutcome =
  | { readonly outcome: 'refreshed'; readonly connection: Connection }
  /** Someone else holds the lease. */
  | { readonly outcome: 'busy' }
  /** The tenant is suspended: its tokens are kept and left alone. */
  | { readonly outcome: 'suspended' }
  /** Someone else changed the connection meanwhile; what is stored now counts. */
  | { readonly outcome: 'overtaken' }
  | { readonly outcome: 'reauthorization_required' }
  /** The old tokens stand; the connection is due again later. */
  | { readonly outcome: 'failed'; readonly error: KeptReason }

export type RefreshPorts = Pick<
  Services,
  | 'randomBytes'
  | 'sleep'
  | 'tenants'
  | 'apps'
  | 'connections'
  | 'resourceServer'
  | 'authorizationServer'
  | 'log'
> &
  Parameters<typeof revokeOrphan>[0]

/** Refreshes a connection that has a refresh token. */
export async function refreshConnection(
  services: RefreshPorts,
  connection: Connection,
): Promise<RefreshOutcome> {
  const lease = await acquireLease(services, connection)
  if (lease.outcome !== 'acquired') return lease
  const { owner } = lease
  const answer = await underLease(services, connection, owner, () => requestTokens(services, connection))
  switch (answer.outcome) {
    case 'granted':
      return commit(services, connection, owner, answer.tokens)
    case 'grant_refused':
      return underLease(services, connection, owner, () => judgeRefusal(services, connection, owner))
    case 'rate_limited':
      return keepTokens(services, connection, owner, answer.outcome, answer.retryAfterSeconds)
    default:
      services.log.warn('A refresh failed; the old tokens stand', { connection: connection.id, ...answer })
      return keepTokens(services, connection, owner, answer.outcome)
  }
}

/** Takes the lease of a connection as it was read; gives the owner to name in the fence. */
export async function acquireLease(
  services: Pick<Services, 'now' | 'randomBytes' | 'tenants' | 'connections'>,
  connection: Connection,
): Promise<{ outcome: 'acquired'; owner: string } | { outcome: 'busy' | 'suspended' }> {
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
): Promise<RefreshOutcome> {
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

export function refOf({ tenantId, id }: Connection) {
  return { tenantId, connectionId: id }
}

export function fenceOf({ generation }: Connection, leaseOwner: string) {
  return { generation, leaseOwner }
}

async function requestTokens(services: RefreshPorts, connection: Connection): Promise<TokenOutcome> {
  const { credential, tenantId, appId } = connection
  if (credential.kind !== 'refreshable') throw new Error(`Connection "${connection.id}" has no refresh token`)
  const app = await services.apps.get(tenantId, appId)
  if (app === undefined) return { outcome: 'client_refused', error: 'the app is gone' }
  const binding = tokenOf(tenantId, connection.id, connection.generation, 'refresh_token')
  const refreshToken = await services.vault.open(binding, credential.refreshToken)
  const answer = await withClientCredentials(
    services,
    app,
    (client) => services.authorizationServer.refresh(client, refreshToken),
    ({ outcome }) => outcome === 'client_refused',
  )
  // RFC 6749 section 6: no new refresh token in the answer means that the old one goes on.
  if (answer.outcome !== 'granted' || answer.tokens.refreshToken !== undefined) return answer
  return { ...answer, tokens: { ...answer.tokens, refreshToken } }
}

async function commit(
  services: RefreshPorts,
  connection: Connection,
  owner: string,
  tokens: TokenSet,
): Promise<RefreshOutcome> {
  const change = {
    ...(await replacement(services, connection, tokens)),
    ...(tokens.scopes.length > 0 && { scopes: tokens.scopes }),
    lastRefreshedAt: services.now(),
  }
  const ref = refOf(connection)
  if (
    await persistently(services, () => services.connections.update(ref, fenceOf(connection, owner), change))
  ) {
    const stored = await services.connections.get(ref)
    return stored === undefined ? { outcome: 'overtaken' } : { outcome: 'refreshed', connection: stored }
  }
  const stored = await services.connections.get(ref)
  // A retried write can refuse what its first attempt stored; and a provider may give two askers the same tokens.
  if (stored !== undefined && (await holds(services, stored, tokens))) {
    return { outcome: 'refreshed', connection: stored }
  }
  // Reconnected, deleted or refreshed by another while we asked: our tokens belong nowhere.
  await revokeOrphan(services, connection, tokens)
  return { outcome: 'overtaken' }
}

/** Storage trouble passes: the new tokens are in our hands only, so the write is tried for as long as the lease lasts. */
async function persistently(
  services: Pick<Services, 'now' | 'chance' | 'sleep'>,
  write: () => Promise<boolean>,
): Promise<boolean> {
  const until = later(services.now(), COMMIT_SECONDS)
  for (;;) {
    try {
      return await write()
    } catch (error) {
      const passing = error instanceof ServiceError && error.code === 'storage_unavailable'
      if (!passing || services.now() >= until) throw error
      await services.sleep(COMMIT_PAUSE_MILLISECONDS * (0.5 + services.chance()))
    }
  }
}

async function holds(services: RefreshPorts, stored: Connection, tokens: TokenSet): Promise<boolean> {
  const binding = tokenOf(stored.tenantId, stored.id, stored.generation, 'access_token')
  const held = await services.vault.open(binding, stored.credential.accessToken)
  return equalSecrets(held.reveal(), tokens.accessToken.reveal())
}

/** `invalid_grant` has many causes; it ends the connection only when nothing that works is left. */
async function judgeRefusal(
  services: RefreshPorts,
  connection: Connection,
  owner: string,
): Promise<RefreshOutcome> {
  const stored = await services.connections.get(refOf(connection))
  if (stored?.generation !== connection.generation) return { outcome: 'overtaken' }
  const expiresAt = expiryOf(connection.credential)
  if (expiresAt === undefined || expiresAt > services.now()) {
    const binding = tokenOf(connection.tenantId, connection.id, connection.generation, 'access_token')
    const accessToken = await services.vault.open(binding, connection.credential.accessToken)
    const probe = await services.resourceServer.probe(accessToken)
    // It still works: serve it to its end.
    if (probe.outcome !== 'rejected') return keepTokens(services, connection, owner, 'grant_refused')
  }
  return requireReauthorization(services, connection, owner, 'grant_refused')
}

async function keepTokens(
  services: Pick<Services, 'now' | 'chance' | 'connections'>,
  connection: Connection,
  owner: string,
  error: KeptReason,
  atLeastSeconds = 0,
): Promise<RefreshOutcome> {
  const now = services.now()
  const consecutiveFailures = connection.consecutiveFailures + 1
  const kept = await services.connections.update(refOf(connection), fenceOf(connection, owner), {
    lease: null,
    dueAt: latest(backoffUntil(now, consecutiveFailures, services.chance), later(now, atLeastSeconds)),
    consecutiveFailures,
    lastError: error,
    updatedAt: now,
  })
  return kept ? { outcome: 'failed', error } : { outcome: 'overtaken' }
}
