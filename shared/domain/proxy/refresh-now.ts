// Refreshes a connection because its caller asks for it.
import type { Ambient } from '../ambient.ts'
import type { Caller } from '../callers/caller.ts'
import type { Connection } from '../connections/connection.ts'
import { noteUse } from '../connections/lazy-refresh.ts'
import { reachOf } from '../connections/reach.ts'
import type { ConnectionId } from '../ids.ts'
import { suspended, suspensionOf } from '../tenants/suspension.ts'
import { deadlineIn, later } from '../time.ts'
import { type FreshTokenPorts, lookAgain, refreshOrWait, whenIdle } from '../tokens/await-refresh.ts'
import { probeConnection } from '../tokens/probe.ts'
import { reauthorizationRequired, refreshFailed } from '../tokens/refresh-errors.ts'
import { checkReach, orGiveUp } from '../tokens/usable-connection.ts'
import { CONFIRMATION_SECONDS } from '../tokens/verdict.ts'

/** A refresh that is asked for so soon after another one would give nothing new, and costs ClickFunnels' patience. */
const REFRESH_AGAIN_SECONDS = 60

/**
 * Refreshes a connection now, or probes it if it has no refresh token. A token that was refreshed less than 60 s ago is left
 * as it is.
 * @throws ServiceError not_found; reauthorization_required; refresh_failed; recovering; storage_unavailable
 */
export async function refreshNow(
  services: FreshTokenPorts,
  caller: Caller,
  connectionId: ConnectionId,
  deadline = deadlineIn(services.now()),
): Promise<Connection> {
  const reach = reachOf(caller, connectionId)
  const connection = checkReach(reach, await services.connections.get(reach))
  noteUse(services, connection)
  if (connection.state.status !== 'active') {
    const lookedAt = connection.state.refusedAt === undefined ? undefined : connection.updatedAt
    const recent = lookedAt !== undefined && services.now() < later(lookedAt, CONFIRMATION_SECONDS)
    if (recent) throw reauthorizationRequired(connection)
    return lookAgain(services, connection, deadline)
  }
  if (connection.credential.kind === 'refreshable') {
    if (!wasJustRefreshed(services, connection))
      return (await refreshOrWait(services, connection, 'call', deadline)).connection
    // Nothing is asked of ClickFunnels, but a suspension is told at once, as a refresh would tell it.
    const what = suspensionOf(await services.tenants.get(connection.tenantId), connection)
    if (what !== undefined) throw suspended(what)
    return connection
  }
  const probe = await orGiveUp(services, connection, probeConnection(services, connection, 'call'), deadline)
  if (probe.outcome === 'suspended') throw suspended(probe.what)
  if (probe.outcome === 'unclear')
    throw refreshFailed(connection, 'ClickFunnels did not say whether the token is valid')
  return orGiveUp(services, connection, whenIdle(services, connection, deadline), deadline)
}

function wasJustRefreshed({ now }: Pick<Ambient, 'now'>, { lastRefreshedAt }: Connection): boolean {
  return lastRefreshedAt !== undefined && now() < later(lastRefreshedAt, REFRESH_AGAIN_SECONDS)
}
