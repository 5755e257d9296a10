// The fenced refresh (RFC 6749 section 6): one implementation for the schedule, the proxy and "refresh now".
//
//   read      generation n
//   acquire   the lease, if the generation is still n and no process holds a live one
//   exchange  at the token endpoint, for as long as the lease and the process leave time for the commit
//   commit    the new tokens as generation n+1, if the generation is still n
//   use       the new tokens, never before the commit
//
// A refresh that fails keeps the old tokens and moves the connection's due time. What a refused grant means is decided
// in verdict.ts, and only if no other process has refreshed the connection meanwhile.
import { type Ambient, namesOf } from '../ambient.ts'
import type { App } from '../apps/app.ts'
import {
  areCredentialsRefused,
  claimCanary,
  claimCheck,
  isProviderDown,
  noteAnswer,
} from '../apps/app-health.ts'
import { withClientCredentials } from '../apps/client-secrets.ts'
import { type Connection, tokenOf } from '../connections/connection.ts'
import type { ConnectionPorts } from '../connections/ports.ts'
import { ServiceError } from '../errors.ts'
import { logOddities, type TokenOutcome } from '../provider/authorization-server.ts'
import type { ProviderPorts } from '../provider/ports.ts'
import type { TenantReader } from '../tenants/ports.ts'
import type { Suspended } from '../tenants/suspension.ts'
import { type Deadline, deadlineIn, type EpochSeconds, later } from '../time.ts'
import { commitTokenRotation, type TokenRotationPorts } from './commit-rotation.ts'
import {
  acquireLease,
  COMMIT_SECONDS,
  endOfRefresh,
  type HeldLease,
  isLeased,
  type KeptReason,
  keepTokens,
  LATEST_REQUEST_SECONDS,
  REFRESH_SECONDS,
  underLease,
  wasAbandoned,
} from './lease.ts'
import { noteWork, refreshWork } from './note-work.ts'
import { type RefreshCause, ruleOf } from './refresh-rules.ts'
import { judgeRefusal, noteRecovery, type RefusedOutcome, wasRefusedJustNow } from './refusal.ts'

export type RefreshOutcome =
  | { readonly outcome: 'refreshed'; readonly connection: Connection }
  /** Another process holds the lease. */
  | { readonly outcome: 'busy' }
  /** A suspended connection keeps its tokens, and they are not refreshed. */
  | { readonly outcome: 'suspended'; readonly what: Suspended }
  /** ClickFunnels refused the app's credentials a moment ago, so it was not asked, and nothing changed. */
  | { readonly outcome: 'app_refused' }
  /** The app was deleted, and with it the client secrets that a refresh needs. */
  | { readonly outcome: 'app_gone' }
  /** Too little time is left: what ClickFunnels answers could be lost. Nothing was asked. */
  | { readonly outcome: 'no_time' }
  /** ClickFunnels is known to be down, and another caller asks it in this second. */
  | { readonly outcome: 'provider_down' }
  /** Another process changed the connection meanwhile; what is stored now counts. */
  | { readonly outcome: 'overtaken' }
  | RefusedOutcome
  /** The connection keeps the old tokens and is due again later. */
  | {
      readonly outcome: 'failed'
      readonly error: KeptReason | 'commit_failed'
      /** The recovery queue may still bring the tokens that follow the refused ones. */
      readonly queued?: true
      /** Whether the provider is known to be down for the connection's app. */
      readonly outage?: boolean
    }

export type RefreshPorts = TokenRotationPorts &
  TenantReader &
  Pick<Ambient & ProviderPorts & ConnectionPorts, 'randomBytes' | 'resourceServer' | 'timeline'>

/**
 * Refreshes a connection that has a refresh token. It waits for ClickFunnels' answer for as long as the process and the
 * lease last, less the time for the commit, because the answer may hold the only refresh token that works.
 */
export async function refreshConnection(
  services: RefreshPorts,
  connection: Connection,
  cause: RefreshCause = 'schedule',
  deadline: Deadline = deadlineIn(services.now()),
): Promise<RefreshOutcome> {
  // The lease that was read is live, so no write is needed to find out.
  if (isLeased(connection, services.now())) return { outcome: 'busy' }
  if (later(services.now(), REFRESH_SECONDS) > deadline.end) return { outcome: 'no_time' }
  const app = await services.apps.get(connection.tenantId, connection.appId)
  if (app === undefined) return { outcome: 'app_gone' }
  if (areCredentialsRefused(app, services.now())) return { outcome: 'app_refused' }
  // The schedule limits itself to one canary a shard and minute.
  if (cause !== 'schedule' && !(await claimCanary(services, app))) return { outcome: 'provider_down' }
  const acquired = await acquireLease(services, connection)
  if (acquired.outcome !== 'acquired') return acquired
  const { lease } = acquired
  if (cause === 'refused_call' && wasRefusedJustNow(services, connection)) {
    const evidence = { app, unanswered: connection.unanswered === true, cause }
    return underLease(services, connection, lease.owner, () =>
      judgeRefusal(services, connection, lease.owner, evidence),
    )
  }
  const asked = await underLease(services, connection, lease.owner, async () => {
    const claimed = await claimCheck(services, app)
    if (claimed === undefined) return undefined
    // The sealer is obtained before the provider rotates the tokens, because they must be sealed whatever fails then.
    const sealer = await services.vault.sealer(connection.tenantId)
    const end = endOfRefresh(lease, deadline)
    return { sealer, app: claimed, ...(await requestTokens(services, connection, claimed, lease, end)) }
  })
  if (asked === undefined) {
    await keepTokens(services, connection, lease.owner, 'client_refused')
    return { outcome: 'app_refused' }
  }
  const { answer, serial } = asked
  const outcome =
    answer.outcome === 'granted'
      ? await commitTokenRotation(services, connection, asked, answer.tokens, deadline.end)
      : await conclude(services, connection, lease, { ...asked, cause }, answer)
  if (outcome.outcome === 'refreshed') await noteRecovery(services, connection)
  const isFirst = outcome.outcome === 'reauthorization_required' && connection.state.status === 'active'
  const blames = isFirst && !connection.disconnectReportedAt ? 'connection' : ruleOf(answer.outcome).blames
  noteWork(services, connection, cause, lease.since, refreshWork(outcome, answer))
  const outage = await noteAnswer(services, asked.app, blames, serial)
  return outcome.outcome === 'failed' && outage ? { ...outcome, outage } : outcome
}

interface Asked {
  readonly answer: TokenOutcome
  /** The client secret that the answer was given to. */
  readonly serial: number
  /** Whether the answer to a request is missing that may have held the next refresh token. */
  readonly unanswered: boolean
}

/** Concludes a refresh that brought no tokens, by the rule of its answer. */
function conclude(
  services: RefreshPorts,
  connection: Connection,
  { owner }: HeldLease,
  asked: Asked & { readonly app: App; readonly cause: RefreshCause },
  answer: Exclude<TokenOutcome, { outcome: 'granted' }>,
): Promise<RefreshOutcome> {
  const { app, unanswered } = asked
  if (answer.outcome === 'grant_refused') {
    const judge = () => judgeRefusal(services, connection, owner, asked)
    return underLease(services, connection, owner, judge, { unanswered })
  }
  const names = namesOf('connection', connection)
  services.log.warn('A refresh failed; the old tokens stand', { ...names, ...answer })
  return keepTokens(services, connection, owner, answer.outcome, {
    outage: isProviderDown(app, services.now()),
    unanswered,
    ...(answer.outcome === 'rate_limited' && { retryAfterSeconds: answer.retryAfterSeconds ?? 0 }),
  })
}

function tooLate(): ServiceError {
  return new ServiceError(
    'storage_unavailable',
    'The store answered too late for a safe request to ClickFunnels. Nothing was sent. Try again.',
  )
}

/**
 * Presents the refresh token, and once more if the answer was lost. It works until the new access token is first used,
 * which no process has then.
 */
async function requestTokens(
  services: RefreshPorts,
  connection: Connection,
  app: App,
  { since }: HeldLease,
  end: EpochSeconds,
): Promise<Asked> {
  const { credential, tenantId, generation } = connection
  if (credential.kind !== 'refreshable') throw new Error(`Connection "${connection.id}" has no refresh token`)
  const binding = tokenOf(tenantId, connection.id, generation, 'refresh_token')
  const refreshToken = await services.vault.open(binding, credential.refreshToken)
  const inTime = () =>
    services.now() <= later(since, LATEST_REQUEST_SECONDS) && later(services.now(), REFRESH_SECONDS) <= end
  const ask = () =>
    withClientCredentials(
      services,
      app,
      async (client) => {
        // The client secret is open now, which may have taken long.
        if (!inTime()) throw tooLate()
        return services.authorizationServer.refresh(
          client,
          refreshToken,
          end - COMMIT_SECONDS - services.now(),
        )
      },
      (answer) => ruleOf(answer.outcome).blames === 'app',
      inTime,
    )
  const first = await ask()
  const { again, maybeRotated } = ruleOf(first.answer.outcome)
  // If a fault of ours prevents the second request, the answer to the first one still counts.
  const askAgain = () =>
    ask().catch((error) => {
      const names = namesOf('connection', connection)
      services.log.warn('The second request of a refresh was not made', { ...names, error })
      return first
    })
  const { answer, serial } = again === 'at_once' && inTime() ? await askAgain() : first
  const unanswered = maybeRotated === true || wasAbandoned(connection) || connection.unanswered === true
  if (answer.outcome !== 'granted') return { answer, serial, unanswered }
  logOddities(services.log, answer.tokens, namesOf('connection', connection))
  // RFC 6749 section 6: without a new refresh token in the answer, the old one stays valid.
  return { answer: { ...answer, tokens: { refreshToken, ...answer.tokens } }, serial, unanswered }
}
