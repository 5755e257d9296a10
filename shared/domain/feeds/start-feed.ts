// Starts the feed of a connection whose app wants events: after an end user connected, and from the schedule for connections that
// are there. The feed is stored first and then created at ClickFunnels, so that whatever happens in between is found again.
import type { App } from '../apps/app.ts'
import { type Connection, refOf } from '../connections/connection.ts'
import type { Feed } from '../connections/feed.ts'
import { randomSecret } from '../hash.ts'
import type { Secret } from '../secret.ts'
import { maintainFeed } from './maintain-feed.ts'
import type { FeedPorts } from './ports.ts'

/**
 * Starts the feed of a connection, or goes on with one that is there. Does nothing if the app wants no events.
 * @param accessToken one that works; without it the feed is only stored, and the schedule goes on
 */
export async function startFeed(
  services: FeedPorts,
  app: App | undefined,
  connection: Connection,
  accessToken?: Secret,
): Promise<void> {
  if (app?.eventTypes === undefined) return
  const feed = await storeFeed(services, connection)
  const { id, tenantId, generation } = connection
  if (connection.feed === undefined) {
    const change = { feed: true, updatedAt: connection.updatedAt } as const
    await services.connections.update({ tenantId, connectionId: id }, { generation }, change)
  }
  if (feed !== undefined && accessToken !== undefined) await maintainFeed(services, app, feed, accessToken)
}

/** The stored feed; `undefined` if another process is changing it. */
async function storeFeed(services: FeedPorts, connection: Connection): Promise<Feed | undefined> {
  const { tenantId, connectionId } = refOf(connection)
  const ref = { tenantId, owner: connectionId }
  const { appId, workspace } = connection
  const dueAt = services.now()
  const found = await services.feeds.get(ref)
  const made: Feed = {
    ...ref,
    appId,
    workspace,
    ingestKey: randomSecret(services.randomBytes),
    version: (found?.version ?? 0) + 1,
    since: dueAt,
    dueAt,
  }
  if (found === undefined) return (await services.feeds.create(made)) ? made : undefined
  // A feed that goes on after its app wanted no events begins anew. ClickFunnels has none of its endpoints any more.
  const next = found.endedAt === undefined ? { ...found, workspace, dueAt, version: found.version + 1 } : made
  return (await services.feeds.save(found, next)) ? next : undefined
}
