// A connection's problem on the wire, with a sentence that a product can show as it is.
import * as z from 'zod/mini'
import type { Connection } from '#domain/connections/connection.ts'
import {
  type ConnectionProblem,
  connectionProblem,
  PROBLEM_ACTIONS,
} from '#domain/connections/connection-problem.ts'
import { RISK_REASONS } from '#domain/events/event-types.ts'
import { optionalTime } from './fields.ts'

export const connectionProblemSchema = z.object({
  code: z.enum(['suspended', ...RISK_REASONS]),
  since: z.optional(z.string()),
  message: z.string(),
  action: z.enum(PROBLEM_ACTIONS),
})

const MESSAGES: Readonly<Record<ConnectionProblem['code'], string>> = {
  suspended: 'This connection was stopped. Ask support.',
  revoked_at_provider: 'ClickFunnels no longer gives access to this workspace. Connect again.',
  disconnected_by_provider: 'The app was disconnected in ClickFunnels. Connect again.',
  refresh_rejected: 'ClickFunnels ended the access to this workspace. Connect again.',
  answer_lost: 'The access to this workspace was lost. Connect again.',
  workspace_gone: 'ClickFunnels no longer has this workspace. Connect another one.',
  attempts_failing: 'ClickFunnels did not answer several times in a row. It is tried again.',
  events_refused: 'ClickFunnels does not report its events with this access. Connect again to allow that.',
}
const REFUSED_ONCE = 'ClickFunnels refused the access. It is tried again within minutes.'

/** `undefined` if all is well. */
export function problemIn(connection: Connection) {
  const problem = connectionProblem(connection)
  if (problem === undefined) return undefined
  const { code, since, action } = problem
  const isRefusal = action === 'wait' && code !== 'attempts_failing'
  return { code, since: optionalTime(since), message: isRefusal ? REFUSED_ONCE : MESSAGES[code], action }
}
