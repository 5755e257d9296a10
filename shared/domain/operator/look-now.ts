// Looks at a connection at once, whatever the schedule says: the operator asks ClickFunnels whether it accepts the tokens.
import type { Connection, ConnectionRef } from '../connections/connection.ts'
import { tenantConnection } from '../connections/list-connections.ts'
import { type ProbeResult, probeConnection } from '../tokens/probe.ts'
import { type RefreshOutcome, type RefreshPorts, refreshConnection } from '../tokens/refresh.ts'

export interface Look {
  /**
   * works: ClickFunnels accepts the tokens. refused: it refuses them, and callers get 409. unknown: it gave no clear answer,
   * and nothing changed. not_asked: it was not asked.
   */
  readonly found: 'works' | 'refused' | 'unknown' | 'not_asked'
  /** Why the look found nothing, or why a refused connection is not ended. */
  readonly detail?: string
  /** The connection after the look. */
  readonly connection: Connection
}

/** @throws ServiceError not_found */
export async function lookNow(services: RefreshPorts, ref: ConnectionRef): Promise<Look> {
  const connection = await tenantConnection(services, ref)
  const ended =
    connection.credential.kind === 'refreshable'
      ? await refreshConnection(services, connection, 'call')
      : await probeConnection(services, connection, 'call')
  return { ...foundBy(ended), connection: await tenantConnection(services, ref) }
}

function foundBy(ended: RefreshOutcome | ProbeResult): Pick<Look, 'found' | 'detail'> {
  switch (ended.outcome) {
    case 'refreshed':
    case 'alive':
      return { found: 'works' }
    case 'reauthorization_required':
      return { found: 'refused', ...(ended.held && { detail: 'connections_refused' }) }
    case 'failed':
      return { found: 'unknown', detail: ended.error }
    case 'unclear':
      return { found: 'unknown', detail: ended.detail }
    case 'overtaken':
      return { found: 'unknown', detail: ended.outcome }
    case 'suspended':
      return { found: 'not_asked', detail: `${ended.what}_suspended` }
    default:
      return { found: 'not_asked', detail: ended.outcome }
  }
}
