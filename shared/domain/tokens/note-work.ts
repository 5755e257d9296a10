// Adds what became of a refresh or probe to the connection's timeline, after the result was stored. No caller waits for it, and
// a fault costs no more than the entry.
import type { Ambient } from '../ambient.ts'
import type { Connection } from '../connections/connection.ts'
import type { ConnectionPorts } from '../connections/ports.ts'
import { expiryAt, type Work } from '../connections/timeline.ts'
import type { TokenOutcome } from '../provider/authorization-server.ts'

type Ports = Pick<Ambient & ConnectionPorts, 'now' | 'newId' | 'background' | 'timeline'>

export function noteWork(
  { now, newId, background, timeline }: Ports,
  { tenantId, id: connectionId }: Connection,
  cause: Work['cause'],
  since: number,
  result: Omit<Work, 'cause' | 'seconds'> | undefined,
): void {
  if (result === undefined) return
  const at = now()
  background.start(() =>
    timeline.add({
      ...{ kind: 'work', id: newId('timelineEntry'), tenantId, connectionId, at, expiresAt: expiryAt(at) },
      work: { ...result, cause, seconds: Math.max(0, at - since) },
    }),
  )
}

/** `undefined` if another process was faster: then that one notes what it did. */
export function refreshWork(
  { outcome, error }: { readonly outcome: string; readonly error?: string },
  answer: TokenOutcome,
): Omit<Work, 'cause' | 'seconds'> | undefined {
  const status = 'status' in answer && answer.status !== undefined ? { status: answer.status } : {}
  if (outcome === 'refreshed') return { code: 'tokens.refreshed', what: 'refresh' }
  if (outcome === 'overtaken') return undefined
  if (answer.outcome === 'grant_refused')
    return { code: 'tokens.refused', what: 'refresh', error: answer.error, ...status }
  const fault = answer.outcome === 'granted' ? (error ?? outcome) : answer.outcome
  return { code: 'tokens.refresh_failed', what: 'refresh', error: fault, ...status }
}

export function probeWork({
  outcome,
}: {
  readonly outcome: string
}): Omit<Work, 'cause' | 'seconds'> | undefined {
  switch (outcome) {
    case 'alive':
      return { code: 'tokens.probed', what: 'probe' }
    case 'reauthorization_required':
      return { code: 'tokens.refused', what: 'probe', status: 401 }
    case 'unclear':
      return { code: 'tokens.probe_failed', what: 'probe', error: 'probe_unclear' }
    default:
      return undefined
  }
}
