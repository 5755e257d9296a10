// What is wrong with a connection, for a page that shows it: why, since when, and who can do something about it.
import type { RiskReason } from '../events/event-types.ts'
import type { EpochSeconds } from '../time.ts'
import type { Connection } from './connection.ts'
import { breakReason } from './connection-events.ts'

/** wait: it is tried again without anybody's help. reconnect: the end user has to connect again. */
export const PROBLEM_ACTIONS = ['reconnect', 'wait', 'ask_operator'] as const

export interface ConnectionProblem {
  readonly code: RiskReason | 'suspended'
  /** Absent if that is not known. */
  readonly since?: EpochSeconds
  readonly action: (typeof PROBLEM_ACTIONS)[number]
}

/** The problem to show; `undefined` if all is well. */
export function connectionProblem({
  state,
  suspendedAt,
  alert,
}: Pick<Connection, 'state' | 'suspendedAt' | 'alert'>): ConnectionProblem | undefined {
  if (suspendedAt !== undefined) return { code: 'suspended', since: suspendedAt, action: 'ask_operator' }
  if (state.status === 'reauthorization_required') {
    const { reason, refusedAt, endedAt } = state
    const since = refusedAt ?? endedAt
    // The first refusal may be a fault of ClickFunnels. Items from before there were second looks are final.
    const isFinal = endedAt !== undefined || refusedAt === undefined
    const code = alert?.kind === 'broken' ? alert.reason : breakReason(reason)
    return { code, ...(since !== undefined && { since }), action: isFinal ? 'reconnect' : 'wait' }
  }
  if (alert === undefined) return undefined
  return { code: alert.reason, action: alert.reason === 'events_refused' ? 'reconnect' : 'wait' }
}
