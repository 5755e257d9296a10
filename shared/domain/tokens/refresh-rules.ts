// Every way in which work on a connection's tokens can end, and what follows from it: one closed table, which refresh.ts,
// liveness.ts, lease.ts and keep-alive.ts obey. A result without a rule does not compile.
import type { Blame } from '../apps/app-health.ts'
import type { TokenOutcome } from '../provider/authorization-server.ts'

export type WorkResult =
  | 'rotated'
  /** RFC 6749 section 6: the provider may leave the refresh token as it is. */
  | 'rotated_without_refresh_token'
  | Exclude<TokenOutcome['outcome'], 'granted'>
  /** The fence refused: reconnected, deleted or refreshed by another while we asked. */
  | 'commit_refused'
  /** The store failed; the sealed tokens are on the recovery queue. */
  | 'commit_failed'
  | 'probe_unclear'
  | 'internal_error'

export interface Rule {
  /** Which tokens count now. "judged": the old ones if they still work, else none. */
  readonly tokens: 'new' | 'old' | 'judged' | 'stored' | 'queued'
  /** Whose trouble it is. The app's and a recognised outage of the provider's add nothing to the connection's failures. */
  readonly blames: Blame
  /**
   * When the refresh token is presented again. "at_once": within the same lease, and then after a backoff;
   * "when_over": not while the request may still be under way; "when_app_works": it stays due.
   */
  readonly again: 'before_expiry' | 'after_backoff' | 'at_once' | 'when_over' | 'when_app_works' | 'never'
  /** Whether the provider may have replaced the refresh token without our knowing by what. */
  readonly maybeRotated?: true
}

export const RULES = {
  rotated: { tokens: 'new', blames: 'nobody', again: 'before_expiry' },
  rotated_without_refresh_token: { tokens: 'new', blames: 'nobody', again: 'before_expiry' },
  grant_refused: { tokens: 'judged', blames: 'grant', again: 'after_backoff' },
  client_refused: { tokens: 'old', blames: 'app', again: 'when_app_works' },
  rate_limited: { tokens: 'old', blames: 'provider', again: 'after_backoff' },
  provider_down: { tokens: 'old', blames: 'provider', again: 'after_backoff', maybeRotated: true },
  answer_lost: { tokens: 'old', blames: 'provider', again: 'at_once', maybeRotated: true },
  answer_late: { tokens: 'old', blames: 'provider', again: 'when_over', maybeRotated: true },
  malformed: { tokens: 'old', blames: 'provider', again: 'after_backoff', maybeRotated: true },
  commit_refused: { tokens: 'stored', blames: 'nobody', again: 'never' },
  commit_failed: { tokens: 'queued', blames: 'ourselves', again: 'never' },
  probe_unclear: { tokens: 'old', blames: 'provider', again: 'after_backoff' },
  internal_error: { tokens: 'old', blames: 'ourselves', again: 'after_backoff' },
} as const satisfies Record<WorkResult, Rule>

/** The result that an answer of the token endpoint means. */
export function resultOf(answer: TokenOutcome): WorkResult {
  if (answer.outcome !== 'granted') return answer.outcome
  return answer.tokens.refreshToken === undefined ? 'rotated_without_refresh_token' : 'rotated'
}

export function ruleOf(result: WorkResult): Rule {
  return RULES[result]
}
