// What follows when ClickFunnels reports that an app was disconnected: the report is noted with each connection that it can be
// about, which makes the connection due, and ClickFunnels is asked at once. The report decides nothing by itself. If
// ClickFunnels then refuses the tokens, it is the second witness, and the connection ends without the minute that two refusals
// need (tokens/verdict.ts). If the process dies before it asks, the schedule asks within a minute.

import type { Feed, FeedRef } from '../connections/feed.ts'
import { type ConnectionId, parseId } from '../ids.ts'
import type { Deadline } from '../time.ts'
import { probeConnection } from '../tokens/probe.ts'
import { refreshConnection } from '../tokens/refresh.ts'
import type { Disconnection } from './disconnection.ts'
import type { ReceivePorts } from './ports.ts'

/** @returns the connections that the report is noted with */
export async function noteReport(
  services: Pick<ReceivePorts, 'connections' | 'feeds' | 'now'>,
  feed: Feed,
  { application, workspaceId }: Disconnection,
): Promise<readonly ConnectionId[]> {
  const connectionId = parseId('connection', feed.owner)
  const about =
    connectionId === undefined
      ? workspaceId
        ? await services.feeds.connectionsTo(feed.tenantId, feed.appId, workspaceId)
        : []
      : [connectionId]
  const noted: ConnectionId[] = []
  for (const id of about)
    if (await note(services, { ...feed, owner: id }, application === 'ours')) noted.push(id)
  return noted
}

async function note(
  services: Pick<ReceivePorts, 'connections' | 'now'>,
  { tenantId, owner }: FeedRef,
  isOurs: boolean,
): Promise<boolean> {
  const ref = { tenantId, connectionId: owner as ConnectionId }
  const connection = await services.connections.get(ref)
  if (connection === undefined || connection.suspendedAt !== undefined) return false
  const now = services.now()
  const change = { dueAt: now, updatedAt: connection.updatedAt, ...(isOurs && { disconnectReportedAt: now }) }
  return services.connections.update(ref, { generation: connection.generation }, change, connection)
}

/** Asks ClickFunnels about each connection. A failure is logged; the schedule asks again. */
export async function followReport(
  services: ReceivePorts,
  feed: FeedRef,
  connections: readonly ConnectionId[],
  deadline: Deadline,
): Promise<void> {
  for (const connectionId of connections) {
    const connection = await services.connections.get({ tenantId: feed.tenantId, connectionId })
    if (connection === undefined) continue
    const look =
      connection.credential.kind === 'refreshable'
        ? await refreshConnection(services, connection, 'schedule', deadline)
        : await probeConnection(services, connection)
    services.log.info('ClickFunnels reported a disconnection, and was asked', {
      connection: connectionId,
      outcome: look.outcome,
    })
  }
}
