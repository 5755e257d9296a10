// One closed table: every way in which work on a connection's tokens can end, and what follows from it. refresh.ts,
// probe.ts, lease.ts and keep-alive.ts obey it. A result without a rule does not compile.
import type { Blame } from '../apps/app-health.ts'
import type { TokenOutcome } from '../provider/authorization-server.ts'

export type WorkResult =
  | TokenOutcome['outcome']
  /** The store failed; the sealed tokens are on the recovery queue. */
  | 'commit_failed'
  | 'probe_unclear'
  | 'internal_error'

/** What a refresh is for. refused_call: ClickFunnels answered a call with 401 to the access token of this generation. */
export type RefreshCause = 'schedule' | 'call' | 'refused_call'

export interface Rule {
  /** What is at fault. Faults of the app, and of the provider while it is down, do not count as the connection's. */
  readonly blames: Blame
  /**
   * When the refresh token is presented again; absent: after a backoff. "at_once": within the same lease, and then
   * after a backoff. "when_over": not while the first request may still be under way. "when_app_works": it stays due.
   */
  readonly again?: 'at_once' | 'when_over' | 'when_app_works'
  /** The provider may have replaced the refresh token, and its answer with the next one never came. */
  readonly maybeRotated?: true
}

const RULES = {
  granted: { blames: 'none' },
  grant_refused: { blames: 'grant' },
  client_refused: { blames: 'app', again: 'when_app_works' },
  rate_limited: { blames: 'provider' },
  provider_down: { blames: 'provider', maybeRotated: true },
  answer_lost: { blames: 'provider', again: 'at_once', maybeRotated: true },
  answer_late: { blames: 'provider', again: 'when_over', maybeRotated: true },
  malformed: { blames: 'provider', maybeRotated: true },
  commit_failed: { blames: 'ourselves' },
  probe_unclear: { blames: 'provider' },
  internal_error: { blames: 'ourselves' },
} as const satisfies Record<WorkResult, Rule>

export function ruleOf(result: WorkResult): Rule {
  return RULES[result]
}
