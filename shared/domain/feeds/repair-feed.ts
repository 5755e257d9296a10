// Puts in what ClickFunnels did not deliver: its list of events is read from the last id up to which nothing is missing. The
// list has the events of other endpoints, too, so only wanted types count. An event that was delivered is not put in again.
import { namesOf } from '../ambient.ts'
import type { Feed } from '../connections/feed.ts'
import { REPAIRED_DAYS } from '../connections/feed.ts'
import type { WorkspaceAccess } from '../provider/webhook-endpoints.ts'
import { DAY_SECONDS, later, latest } from '../time.ts'
import type { FeedPorts } from './ports.ts'
import { isEvent, MAX_EVENT_BYTES } from './received.ts'

/** Pages of 20 that one run reads. The next run goes on. */
const MAX_PAGES = 100
/** A younger event may come before one with a lower id that is not visible yet, so it is read again. */
const SETTLED_SECONDS = 120

/** @returns where the next repair starts */
export async function repairFeed(
  services: Pick<FeedPorts, 'feeds' | 'webhookEndpoints' | 'now' | 'log'>,
  feed: Feed,
  access: WorkspaceAccess,
  types: readonly string[],
): Promise<string | undefined> {
  const oldest = latest(feed.since, later(services.now(), -REPAIRED_DAYS * DAY_SECONDS))
  let cursor = feed.cursor
  let isSettled = true
  let repaired = 0
  for (let pages = 0, after = feed.cursor; pages < MAX_PAGES; pages++) {
    const page = await services.webhookEndpoints.events(access, after)
    if (page.outcome !== 'listed') {
      services.log.warn("ClickFunnels' list of events was not read", {
        ...namesOf('feed', { ...feed, id: feed.owner }),
        ...page,
      })
      break
    }
    for (const listed of page.events) {
      isSettled &&= (listed.createdAt ?? 0) <= later(services.now(), -SETTLED_SECONDS)
      if (isSettled) cursor = listed.id
      const { eventId, eventType, body } = listed
      const fits = isEvent(listed) && Buffer.byteLength(body) <= MAX_EVENT_BYTES
      const isOld = listed.createdAt !== undefined && listed.createdAt < oldest
      if (!fits || isOld || !types.includes(eventType)) continue
      const receipt = await services.feeds.receive(feed, { eventId, eventType, body, repaired: true })
      if (receipt === 'gone') return cursor
      if (receipt === 'stored') repaired += 1
    }
    after = page.events.at(-1)?.id ?? after
    if (!page.more || page.events.length === 0) break
  }
  if (repaired > 0)
    services.log.warn('Events that ClickFunnels did not deliver were put in', {
      ...namesOf('feed', { ...feed, id: feed.owner }),
      repaired,
    })
  return cursor
}
