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
import { type Connection, expiryOf } from './connection.ts'
import {
  acquireLease,
  type KeptReason,
  keepTokens,
  refOf,
  requireReauthorization,
  underLease,
} from './lease.ts'
import type { Services, TokenOutcome } from './ports.ts'
import { tokenOf } from './revocation.ts'
import { commitRotation, type RotationPorts } from './rotation.ts'

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

export type RefreshPorts = RotationPorts & Pick<Services, 'randomBytes' | 'tenants' | 'resourceServer'>

/** Refreshes a connection that has a refresh token. */
export async function refreshConnection(
  services: RefreshPorts,
  connection: Connection,
): Promise<RefreshOutcome> {
  const lease = await acquireLease(services, connection)
  if (lease.outcome !== 'acquired') return lease
  const { owner } = lease
  const [sealer, answer] = await underLease(services, connection, owner, async () => {
    // In hand before the provider rotates: from then on the tokens must be sealed whatever fails.
    const inHand = await services.vault.sealer(connection.tenantId)
    return [inHand, await requestTokens(services, connection)] as const
  })
  switch (answer.outcome) {
    case 'granted':
      return commitRotation(services, connection, owner, sealer, answer.tokens)
    case 'grant_refused':
      return underLease(services, connection, owner, () => judgeRefusal(services, connection, owner))
    case 'rate_limited':
      return keepTokens(services, connection, owner, answer.outcome, answer.retryAfterSeconds)
    default:
      services.log.warn('A refresh failed; the old tokens stand', { connection: connection.id, ...answer })
      return keepTokens(services, connection, owner, answer.outcome)
  }
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
