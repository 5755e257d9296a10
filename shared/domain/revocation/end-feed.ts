// Ends the feed of a connection that was removed: the endpoint at ClickFunnels is deleted with the connection's token, before
// that is revoked. An endpoint belongs to the workspace, not to the token. Afterwards no one but the customer could delete it.

import { type Ambient, namesOf } from '../ambient.ts'
import { type Feed, type FeedRef, ingestUrl } from '../connections/feed.ts'
import type { ConnectionPorts } from '../connections/ports.ts'
import type { ConnectionId } from '../ids.ts'
import type { ProviderPorts } from '../provider/ports.ts'
import type { NotDone, WorkspaceAccess } from '../provider/webhook-endpoints.ts'
import type { Secret } from '../secret.ts'

type Ports = Pick<
  Ambient & ConnectionPorts & ProviderPorts,
  'now' | 'publicUrl' | 'log' | 'feeds' | 'webhookEndpoints'
>

/** After so many attempts the tokens are revoked, even if the endpoint is still there. */
const MAX_ATTEMPTS = 6

/**
 * Deletes the endpoint of a removed connection.
 * @param attempts how often it was tried before
 * @returns whether the tokens may be revoked now
 */
export async function endFeed(
  services: Ports,
  ref: FeedRef,
  accessToken: Secret,
  attempts: number,
): Promise<boolean> {
  const feed = await services.feeds.get(ref)
  if (feed === undefined || feed.endedAt !== undefined) return true
  // Another process may be creating the endpoint. It sees that the connection is gone, or stores the endpoint's id.
  if ((feed.claimedUntil ?? 0) > services.now()) return attempts >= MAX_ATTEMPTS
  const failure = feed.workspace && (await remove(services, feed, { workspace: feed.workspace, accessToken }))
  if (failure?.outcome === 'failed' && attempts < MAX_ATTEMPTS) return false
  if (failure !== undefined)
    services.log.warn('An endpoint at ClickFunnels was not deleted and goes on sending', {
      ...namesOf('feed', { ...feed, id: feed.owner }),
      ...failure,
    })
  const { dueAt, claimedUntil, begun, ...rest } = feed
  return services.feeds.save(feed, { ...rest, version: feed.version + 1, endedAt: services.now() })
}

/** Ends the feed of a connection whose app was deleted: its endpoint can no longer be deleted, and nothing is expected of it. */
export async function abandonFeed({ feeds, now }: Pick<Ports, 'feeds' | 'now'>, ref: FeedRef): Promise<void> {
  const feed = await feeds.get(ref)
  if (feed === undefined || feed.endedAt !== undefined) return
  const { dueAt, claimedUntil, begun, ...rest } = feed
  await feeds.save(feed, { ...rest, version: feed.version + 1, endedAt: now() })
}

async function remove(
  services: Ports,
  feed: Feed,
  token: Omit<WorkspaceAccess, 'connection'>,
): Promise<NotDone | undefined> {
  const access = { ...token, connection: feed.owner as ConnectionId }
  const { endpoint, begun } = feed
  if (endpoint?.id === undefined && begun === undefined) return undefined
  if (endpoint?.id === undefined)
    return removeEndpoints(services, access, ingestUrl(services.publicUrl, feed))
  const removed = await services.webhookEndpoints.remove(access, endpoint.id)
  return removed.outcome === 'removed' ? undefined : removed
}

/** Deletes every endpoint with a feed's URL. @returns what kept it from that */
export async function removeEndpoints(
  services: Pick<Ports, 'webhookEndpoints'>,
  access: WorkspaceAccess,
  url: string,
): Promise<NotDone | undefined> {
  const found = await services.webhookEndpoints.find(access, url)
  if (found.outcome !== 'found') return found
  for (const id of found.ids) {
    const removed = await services.webhookEndpoints.remove(access, id)
    if (removed.outcome !== 'removed') return removed
  }
  return undefined
}
