// The fenced refresh (RFC 6749 section 6): one implementation for the schedule, the proxy and "refresh now".
//
//   read      generation n
//   acquire   the lease, if the generation is still n and nobody holds a live one
//   exchange  at the token endpoint, with a deadline well inside the lease
//   commit    the new tokens as generation n+1, if the generation is still n
//   and only then may anybody use the new tokens.
//
// A refresh that fails keeps the old tokens and moves the connection's due time. Only a refused grant that nobody else
// has refreshed meanwhile ends a connection.
import type { Ambient } from '../ambient.ts'
import type { App } from '../apps/app.ts'
import { areCredentialsRefused, claimCheck, isProviderDown, noteAnswer } from '../apps/app-health.ts'
import { withClientCredentials } from '../apps/client-secrets.ts'
import { type Connection, expiryOf, refOf, tokenOf } from '../connections/connection.ts'
import { ServiceError } from '../errors.ts'
import type { TokenOutcome } from '../provider/authorization-server.ts'
import type { ProviderPorts } from '../provider/ports.ts'
import type { TenancyPorts } from '../tenants/ports.ts'
import type { Suspended } from '../tenants/suspension.ts'
import { later } from '../time.ts'
import { commitTokenRotation, type TokenRotationPorts } from './commit-rotation.ts'
import {
  acquireLease,
  type HeldLease,
  isLeased,
  type KeptReason,
  keepTokens,
  LATEST_REQUEST_SECONDS,
  requireReauthorization,
  underLease,
  wasAbandoned,
} from './lease.ts'
import { ruleOf } from './refresh-rules.ts'

export type RefreshOutcome =
  | { readonly outcome: 'refreshed'; readonly connection: Connection }
  /** Someone else holds the lease. */
  | { readonly outcome: 'busy' }
  /** Its tokens are kept and left alone. */
  | { readonly outcome: 'suspended'; readonly what: Suspended }
  /** ClickFunnels refused the app's credentials a moment ago: nothing was asked, nothing changed. */
  | { readonly outcome: 'app_refused' }
  /** Someone else changed the connection meanwhile; what is stored now counts. */
  | { readonly outcome: 'overtaken' }
  | { readonly outcome: 'reauthorization_required' }
  /** The old tokens stand; the connection is due again later. */
  | {
      readonly outcome: 'failed'
      readonly error: KeptReason | 'commit_failed'
      /** Whether the provider is known to be down for the connection's app. */
      readonly outage?: boolean
    }

export type RefreshPorts = TokenRotationPorts &
  Pick<Ambient & TenancyPorts & ProviderPorts, 'randomBytes' | 'tenants' | 'resourceServer'>

/** Refreshes a connection that has a refresh token. */
export async function refreshConnection(
  services: RefreshPorts,
  connection: Connection,
): Promise<RefreshOutcome> {
  // No write where the answer is known.
  if (isLeased(connection, services.now())) return { outcome: 'busy' }
  const app = await services.apps.get(connection.tenantId, connection.appId)
  if (app === undefined || areCredentialsRefused(app, services.now())) return { outcome: 'app_refused' }
  const acquired = await acquireLease(services, connection)
  if (acquired.outcome !== 'acquired') return acquired
  const { lease } = acquired
  const asked = await underLease(services, connection, lease.owner, async () => {
    const claimed = await claimCheck(services, app)
    if (claimed === undefined) return undefined
    // In hand before the provider rotates: from then on the tokens must be sealed whatever fails.
    const sealer = await services.vault.sealer(connection.tenantId)
    return { sealer, app: claimed, ...(await requestTokens(services, connection, claimed, lease)) }
  })
  if (asked === undefined) {
    await keepTokens(services, connection, lease.owner, 'client_refused')
    return { outcome: 'app_refused' }
  }
  const { answer, serial } = asked
  const outcome =
    answer.outcome === 'granted'
      ? await commitTokenRotation(services, connection, asked, answer.tokens)
      : await conclude(services, connection, lease, asked, answer)
  const outage = await noteAnswer(services, asked.app, ruleOf(answer.outcome).blames, serial)
  return outcome.outcome === 'failed' && outage ? { ...outcome, outage } : outcome
}

interface Asked {
  readonly answer: TokenOutcome
  /** The client secret that the answer was given to. */
  readonly serial: number
  /** Whether an answer that may have held the next refresh token never came. */
  readonly unanswered: boolean
}

/** What a refusal or failure means, by its rule. */
function conclude(
  services: RefreshPorts,
  connection: Connection,
  { owner }: HeldLease,
  { app, unanswered }: Asked & { readonly app: App },
  answer: Exclude<TokenOutcome, { outcome: 'granted' }>,
): Promise<RefreshOutcome> {
  if (answer.outcome === 'grant_refused') {
    const judge = () => judgeRefusal(services, connection, owner, unanswered)
    return underLease(services, connection, owner, judge, { unanswered })
  }
  services.log.warn('A refresh failed; the old tokens stand', { connection: connection.id, ...answer })
  return keepTokens(services, connection, owner, answer.outcome, {
    outage: isProviderDown(app, services.now()),
    unanswered,
    ...(answer.outcome === 'rate_limited' && { retryAfterSeconds: answer.retryAfterSeconds ?? 0 }),
  })
}

/** Presents the refresh token, once more if the answer was lost on the way: nobody has used the new tokens then. */
async function requestTokens(
  services: RefreshPorts,
  connection: Connection,
  app: App,
  { since }: HeldLease,
): Promise<Asked> {
  const { credential, tenantId, generation } = connection
  if (credential.kind !== 'refreshable') throw new Error(`Connection "${connection.id}" has no refresh token`)
  const binding = tokenOf(tenantId, connection.id, generation, 'refresh_token')
  const refreshToken = await services.vault.open(binding, credential.refreshToken)
  const inTime = () => services.now() <= later(since, LATEST_REQUEST_SECONDS)
  const ask = () =>
    withClientCredentials(
      services,
      app,
      (client) => services.authorizationServer.refresh(client, refreshToken),
      (answer) => ruleOf(answer.outcome).blames === 'app',
      inTime,
    )
  if (!inTime()) {
    throw new ServiceError('storage_unavailable', 'The store answered too late to ask ClickFunnels safely.')
  }
  const first = await ask()
  const { again, maybeRotated } = ruleOf(first.answer.outcome)
  // A fault of ours on the way to the second request must not make us forget the first.
  const askAgain = () =>
    ask().catch((error) => {
      services.log.warn('A refresh was not asked for again', { connection: connection.id, error })
      return first
    })
  const { answer, serial } = again === 'at_once' && inTime() ? await askAgain() : first
  const unanswered = maybeRotated === true || wasAbandoned(connection) || connection.unanswered === true
  if (answer.outcome !== 'granted') return { answer, serial, unanswered }
  // RFC 6749 section 6: no new refresh token in the answer means that the old one goes on.
  return { answer: { ...answer, tokens: { refreshToken, ...answer.tokens } }, serial, unanswered }
}

/** `invalid_grant` has many causes; it ends the connection only when nothing that works is left. */
async function judgeRefusal(
  services: RefreshPorts,
  connection: Connection,
  owner: string,
  unanswered: boolean,
): Promise<RefreshOutcome> {
  const stored = await services.connections.get(refOf(connection))
  if (stored?.generation !== connection.generation) return { outcome: 'overtaken' }
  const expiresAt = expiryOf(connection.credential)
  if (expiresAt === undefined || expiresAt > services.now()) {
    const binding = tokenOf(connection.tenantId, connection.id, connection.generation, 'access_token')
    const accessToken = await services.vault.open(binding, connection.credential.accessToken)
    const probe = await services.resourceServer.probe(accessToken)
    // It still works: serve it to its end.
    if (probe.outcome !== 'rejected') {
      return keepTokens(services, connection, owner, 'grant_refused', { unanswered })
    }
  }
  // Another may have lost an answer between our reading the connection and our lease.
  const reason = unanswered || stored.unanswered ? 'answer_lost' : 'grant_refused'
  return requireReauthorization(services, connection, owner, reason)
}
