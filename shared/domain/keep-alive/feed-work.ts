// The schedule's work on feeds: those that are due, and connections whose app wants events and that have no feed yet.
import type { App } from '../apps/app.ts'
import { type Connection, refOf } from '../connections/connection.ts'
import { ServiceError } from '../errors.ts'
import { maintainFeed } from '../feeds/maintain-feed.ts'
import type { FeedPorts } from '../feeds/ports.ts'
import { startFeed } from '../feeds/start-feed.ts'
import type { ConnectionId, TenantId } from '../ids.ts'
import { abandonFeed } from '../revocation/end-feed.ts'
import { suspensionOf } from '../tenants/suspension.ts'
import { type Deadline, later } from '../time.ts'
import type { FreshTokenPorts } from '../tokens/await-refresh.ts'
import { usableToken } from '../tokens/fresh-token.ts'
import type { LaneSignal } from './lanes.ts'
import { SUSPENDED_SECONDS } from './put-off.ts'

type Ports = FreshTokenPorts & FeedPorts

/** A feed whose connection does not work at the moment is tried again after that. */
const WAIT_SECONDS = 3600
/** The token has to last for the work. */
const VALID_SECONDS = 60

export async function processDueFeed(
  services: Ports,
  ref: { readonly tenantId: TenantId; readonly connectionId: ConnectionId },
  deadline: Deadline,
): Promise<{ readonly outcome: string; readonly signal: LaneSignal }> {
  const feed = await services.feeds.get({ tenantId: ref.tenantId, owner: ref.connectionId })
  const now = services.now()
  if (feed?.dueAt === undefined || feed.dueAt > now) return { outcome: 'not_due', signal: 'good' }
  const tenant = await services.tenants.get(feed.tenantId)
  if (suspensionOf(tenant, { appId: feed.appId }) !== undefined) {
    const dueAt = later(now, SUSPENDED_SECONDS * (1 + services.chance()))
    await services.feeds.save(feed, { ...feed, dueAt, version: feed.version + 1 })
    return { outcome: 'suspended', signal: 'good' }
  }
  const app = await services.apps.get(feed.tenantId, feed.appId)
  if (app === undefined) {
    await abandonFeed(services, feed)
    return { outcome: 'feed_ended', signal: 'good' }
  }
  try {
    const { accessToken } = await usableToken(services, ref, VALID_SECONDS, deadline)
    const outcome = await maintainFeed(services, app, feed, accessToken)
    return { outcome: `feed_${outcome}`, signal: outcome === 'failed' ? 'trouble' : 'good' }
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error
    const { dueAt: _, ...rest } = feed
    const next =
      error.code === 'not_found' ? {} : { dueAt: later(now, WAIT_SECONDS * (1 + services.chance())) }
    // Without its connection, the feed is left to the revocation, which ends it.
    await services.feeds.save(feed, { ...rest, ...next, version: feed.version + 1 })
    return { outcome: 'feed_waits', signal: 'good' }
  }
}

/** Starts the feed of a connection that has none, if its app wants events. */
export async function startMissingFeed(
  services: Ports,
  app: App | undefined,
  read: Connection,
): Promise<void> {
  if (app?.eventTypes === undefined || read.feed !== undefined) return
  const connection = await services.connections.get(refOf(read))
  if (connection !== undefined && connection.state.status === 'active')
    await startFeed(services, app, connection)
}
