// Revokes many connections: all of a tenant's, of an app's, or of an end user's. A call works for 8 s and says where the next one
// goes on. A repeated call finds the connections that are left. Where ClickFunnels does not take a revocation now, it is stored
// and retried, as after every disconnection.
import type { Connection } from '../connections/connection.ts'
import type { ConnectionFilter } from '../connections/connection-store.ts'
import type { ConnectionId, TenantId } from '../ids.ts'
import { later } from '../time.ts'
import { type DisconnectPorts, disconnectNow } from '../tokens/disconnect.ts'

/** How many connections are revoked at the same time; also the size of a page. */
const WIDTH = 16
/** How long a call begins new pages. A page may take two requests of 10 s, and API Gateway gives up at 30 s. */
export const CALL_SECONDS = 8

export interface RevocationReport {
  readonly processed: number
  /** Disconnected, and ClickFunnels has revoked the tokens. */
  readonly revoked: number
  /** Disconnected, but ClickFunnels has not revoked the tokens yet. Keep-alive retries. */
  readonly owed: number
  /** Still connected, because this service failed. */
  readonly failed: number
}

export interface MassRevocation {
  readonly report: RevocationReport
  /** Where the next call goes on; absent after the last one. */
  readonly next?: ConnectionId
}

/** Revokes the connections that match the filter, newest first. @param after where an earlier call stopped */
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
    const settled = await disconnectNow(services, { tenantId, connectionId: id }, 'operator')
    // Disconnected by another call, which has also stored the revocation.
    return settled === 'no_connection' || settled === 'settled' ? 'revoked' : 'owed'
  } catch (error) {
    services.log.error('A connection was not revoked', { tenant: tenantId, connection: id, error })
    return 'failed'
  }
}
