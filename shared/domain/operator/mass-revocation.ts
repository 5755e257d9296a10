// Revokes many connections: all of a tenant's, one app's, or one end user's. A call works for some seconds and says where
// the next one goes on; one that is repeated finds what is left. What ClickFunnels does not take now is owed, as after
// any disconnection.
import type { Connection } from '../connections/connection.ts'
import type { ConnectionFilter } from '../connections/connection-store.ts'
import type { ConnectionId, TenantId } from '../ids.ts'
import { later } from '../time.ts'
import { type DisconnectPorts, disconnectNow } from '../tokens/disconnect.ts'

/** Revoked at once; also the size of a page. */
const WIDTH = 16
/** No page is begun later. A page may take two requests of 10 s, and API Gateway gives up at 30 s. */
export const CALL_SECONDS = 8

export interface RevocationReport {
  readonly processed: number
  /** ClickFunnels has taken the revocation. */
  readonly revoked: number
  /** Disconnected here; ClickFunnels is asked again by keep-alive. */
  readonly owed: number
  /** Still connected, by a fault of ours. */
  readonly failed: number
}

export interface MassRevocation {
  readonly report: RevocationReport
  /** Where to go on; absent when the end was reached. */
  readonly next?: ConnectionId
}

/** Newest first, from the one named on. */
export async function revokeMany(
  services: DisconnectPorts,
  tenant: TenantId,
  filter: ConnectionFilter,
  after: ConnectionId | undefined,
): Promise<MassRevocation> {
  const until = later(services.now(), CALL_SECONDS)
  const report = { processed: 0, revoked: 0, owed: 0, failed: 0 }
  const revoke = async (connection: Connection) => {
    report[await outcomeOf(services, connection)] += 1
    report.processed += 1
  }
  for (let from = after; ; ) {
    const { items, next } = await services.connections.list(tenant, filter, WIDTH, from)
    await Promise.all(items.map(revoke))
    if (next === undefined || services.now() >= until) {
      services.log.warn('Connections were revoked', { tenant, ...filter, ...report })
      return next === undefined ? { report } : { report, next }
    }
    from = next
  }
}

async function outcomeOf(
  services: DisconnectPorts,
  { tenantId, id }: Connection,
): Promise<Exclude<keyof RevocationReport, 'processed'>> {
  try {
    const settled = await disconnectNow(services, { tenantId, connectionId: id })
    // Gone already: another has revoked it, and owes what there is to owe.
    return settled === 'no_connection' || settled === 'settled' ? 'revoked' : 'owed'
  } catch (error) {
    services.log.error('A connection was not revoked', { connection: id, error })
    return 'failed'
  }
}
