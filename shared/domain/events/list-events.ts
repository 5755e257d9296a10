// Reads the event log for a caller: an API key sees its tenant's events, a JWT only those of its own end user.
import type { Ambient } from '../ambient.ts'
import { type Caller, maySee } from '../callers/caller.ts'
import type { TenantId } from '../ids.ts'
import { later } from '../time.ts'
import type { LoggedEvent } from './event.ts'
import type { EventFilter, EventPage } from './event-log.ts'
import { isOfType } from './event-types.ts'
import type { EventPorts } from './ports.ts'

export interface EventQuery {
  readonly filter: EventFilter
  readonly limit: number
  /** The position after which to read. */
  readonly after: number
}

/** "latest" skips all that is in the log: the answer is its end, for a reader who wants only what comes from now on. */
export type EventRequest = Omit<EventQuery, 'after'> & { readonly after: number | 'latest' }

/** How many events are read at once when a filter may match few of them. */
const FILTERED_PAGE = 100
/** A filter that matches nothing must not read a tenant's whole log in one request. */
const MAX_PAGES = 5
/** An event that is missing for so long before a later one has expired. */
const SETTLED_SECONDS = 60

type Ports = Pick<Ambient & EventPorts, 'now' | 'eventLog'>

/** Oldest first. The page says where the next one starts, also when nothing is there yet. */
export async function listEvents(services: Ports, caller: Caller, query: EventRequest): Promise<EventPage> {
  const { tenant, actor } = caller
  const { filter, after } = query
  if (after === 'latest') return { events: [], next: await services.eventLog.lastPosition(tenant.id) }
  if (filter.endUserId !== undefined && !maySee(caller, filter.endUserId)) return { events: [], next: after }
  const own = actor.kind === 'end_user' ? { ...filter, endUserId: actor.id } : filter
  return readLog(services, tenant.id, { ...query, after, filter: own })
}

/**
 * Reads on after a position. A read of the store does not see a transaction as a whole: it may show an event and not yet the
 * one before it. Positions have no holes, so a hole means that. The page ends before it, and the next read finds both.
 */
export async function readLog(
  { now, eventLog }: Ports,
  tenant: TenantId,
  { filter, limit, after }: EventQuery,
): Promise<EventPage> {
  const found: LoggedEvent[] = []
  const size = Object.keys(filter).length > 0 ? Math.max(limit, FILTERED_PAGE) : limit
  let next = after
  for (let pages = 0; pages < MAX_PAGES; pages++) {
    const page = await eventLog.after(tenant, next, size)
    for (const event of page) {
      if (event.position !== next + 1 && now() < later(event.publishedAt, SETTLED_SECONDS))
        return { events: found, next }
      next = event.position
      if (event.expiresAt > now() && matches(event, filter)) found.push(event)
      if (found.length === limit) return { events: found, next }
    }
    if (page.length < size) break
  }
  return { events: found, next }
}

function matches({ type, data }: LoggedEvent, { types, connectionId, endUserId }: EventFilter): boolean {
  return (
    (types === undefined || types.some((wanted) => isOfType(type, wanted))) &&
    (connectionId === undefined || data.connectionId === connectionId) &&
    (endUserId === undefined || data.endUserId === endUserId)
  )
}
