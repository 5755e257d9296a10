// What a run of keep-alive did and left, for its log line. Metric filters read the line (infra/monitoring/), so the names of
// its members are contracts.
import type { Clock, EpochSeconds } from '../time.ts'
import type { DueWork } from './due.ts'
import type { LaneSignal, LeftReason } from './lanes.ts'

export interface KeepAliveReport {
  /**
   * How many pieces of work ended how. "waiting" and "crowded" were left for a later run: because of trouble with their
   * app, or because the app had too much other work.
   */
  readonly [outcome: string]: number
}

export interface Ended {
  readonly outcome: string
  readonly signal: LaneSignal
  /** The access token had expired before this refresh. */
  readonly late?: boolean
}

/** Outcomes of pieces that failed because ClickFunnels did not answer, or answered with a failure. */
const CLICKFUNNELS_FAILED = ['failed', 'provider_down', 'unclear']

export class RunReport {
  readonly #now: Clock
  readonly #startedAt: EpochSeconds
  readonly #outcomes: Record<string, number> = {}
  readonly #left: Record<LeftReason, number> = { closed: 0, crowded: 0, time: 0 }
  #late = 0
  #lag = 0

  constructor(now: Clock) {
    this.#now = now
    this.#startedAt = now()
  }

  note({ dueAt }: DueWork, begunAt: EpochSeconds, { outcome, signal, late = false }: Ended): void {
    this.#outcomes[outcome] = (this.#outcomes[outcome] ?? 0) + 1
    if (late) this.#late += 1
    if (signal === 'good' && outcome !== 'not_due') this.#noteLag(begunAt - dueAt)
  }

  leave({ dueAt }: DueWork, reason: LeftReason): void {
    this.#left[reason] += 1
    if (reason !== 'closed') this.#noteLag(this.#now() - dueAt)
  }

  /** How many pieces of work ended how, and how many were left. */
  outcomes(): KeepAliveReport {
    const { closed, crowded } = this.#left
    return { ...this.#outcomes, ...(closed > 0 && { waiting: closed }), ...(crowded > 0 && { crowded }) }
  }

  /**
   * The members of the log line. `due_lag_s` is the longest that a piece waited after it was due. Pieces that wait because of
   * trouble with their app or with ClickFunnels do not count: no run could have done them.
   */
  line(): object {
    const { not_due: _, ...done } = this.#outcomes
    const { closed, crowded, time } = this.#left
    return {
      ...this.outcomes(),
      work: Object.values(done).reduce((sum, count) => sum + count, 0),
      errors: this.#outcomes.error ?? 0,
      clickfunnels_failed: CLICKFUNNELS_FAILED.reduce((sum, name) => sum + (this.#outcomes[name] ?? 0), 0),
      late: this.#late,
      left: { trouble: closed, crowded, time },
      due_lag_s: Math.round(this.#lag),
      ms: Math.round((this.#now() - this.#startedAt) * 1000),
    }
  }

  #noteLag(seconds: number): void {
    this.#lag = Math.max(this.#lag, seconds)
  }
}
