// Moves a tenant's events from the outbox into its log and numbers them. Several processes may do this at once, because each
// move depends on the log's last position: one of them wins, and the others read again. So positions have no holes, and a
// follower that has read up to a position has missed nothing, whatever the clocks of the processes say.
import type { Ambient } from '../ambient.ts'
import type { TenantId } from '../ids.ts'
import { DAY_SECONDS, later, latest } from '../time.ts'
import { type LoggedEvent, subjectOf, type TenantEvent } from './event.ts'
import type { EventPorts } from './ports.ts'
import { deliveriesOf, type NewDelivery } from './subscribers.ts'

/** The message of the log line that an alarm counts. */
export const EVENTS_UNPUBLISHED = 'Events of a tenant were not published yet'

export const MAX_EVENTS_AT_ONCE = 40
/** Of a transaction in DynamoDB: the log's last position, two for each event, and two for each delivery. */
const MAX_PARTS = 100
/** So often in a row another process may be first. */
const MAX_LOST = 20

type Ports = Pick<
  Ambient & EventPorts,
  'now' | 'newId' | 'log' | 'outbox' | 'eventLog' | 'eventRetentionDays' | 'subscribers' | 'senders'
>

/**
 * Publishes the waiting events of a tenant; safe to repeat.
 * @returns how many were moved into the log
 */
export async function publishEvents(
  services: Ports,
  tenant: TenantId,
  mayGoOn: () => boolean = () => true,
): Promise<number> {
  const { now, newId, outbox, eventLog, eventRetentionDays } = services
  let published = 0
  let lost = 0
  while (mayGoOn()) {
    const waiting = await outbox.waiting(tenant, MAX_EVENTS_AT_ONCE)
    if (waiting.length === 0) break
    const [last, subscribers] = await Promise.all([
      eventLog.lastPosition(tenant),
      services.subscribers.subscribers(tenant),
    ])
    const atOnce = Math.min(MAX_EVENTS_AT_ONCE, Math.floor((MAX_PARTS - 1) / (2 + 2 * subscribers.length)))
    const publishedAt = now()
    const ordered = inOrder(waiting).slice(0, atOnce)
    const entries = ordered.map(
      (event, place): LoggedEvent => ({
        ...event,
        position: last + place + 1,
        publishedAt,
        expiresAt: later(event.at, eventRetentionDays * DAY_SECONDS),
      }),
    )
    const deliveries = deliveriesOf(entries, subscribers, newId)
    const moved = await outbox.publish(tenant, last, entries, deliveries)
    if (moved) {
      published += entries.length
      await wakeSenders(services, deliveries)
    }
    // Another process was first, and has taken these events or others.
    lost = moved ? 0 : lost + 1
    if (lost === MAX_LOST) throw new Error(`The events of the tenant "${tenant}" cannot be moved`)
    if (moved && entries.length === waiting.length && waiting.length < MAX_EVENTS_AT_ONCE) break
  }
  return published
}

/** After the commit. A failure delays the webhooks until the schedule finds them, and nothing else. */
async function wakeSenders(
  { senders, log }: Pick<Ports, 'senders' | 'log'>,
  deliveries: readonly NewDelivery[],
): Promise<void> {
  if (deliveries.length === 0) return
  try {
    await senders.wake(deliveries)
  } catch (error) {
    log.warn('The senders of webhooks were not woken', { deliveries: deliveries.length, error })
  }
}

/**
 * Publishes what the table's stream did not bring: events that have waited for a minute.
 * @throws Error after all tenants had their turn, if one of them failed
 */
export async function sweepOutbox(
  services: Ports,
  mayGoOn: () => boolean,
): Promise<{ readonly tenants: number; readonly published: number }> {
  const tenants = await services.outbox.overdue(services.now())
  let published = 0
  let failed = 0
  for (const tenant of tenants) {
    if (!mayGoOn()) break
    try {
      published += await publishEvents(services, tenant, mayGoOn)
    } catch (error) {
      services.log.error(EVENTS_UNPUBLISHED, { tenant, error })
      failed += 1
    }
  }
  if (published > 0) services.log.warn('Events were published late', { tenants: tenants.length, published })
  // The function fails, so that its alarm rises. The other tenants have their events by now.
  if (failed > 0) throw new Error(`The events of ${failed} of ${tenants.length} tenants were not published`)
  return { tenants: tenants.length, published }
}

/**
 * By time, but never against the numbers of the events about one thing, because these numbers come from the store and the
 * times from the clocks of several processes.
 */
function inOrder(events: readonly TenantEvent[]): readonly TenantEvent[] {
  const reached = new Map<string, TenantEvent['at']>()
  const timed = events
    .toSorted((one, other) => one.data.sequence - other.data.sequence)
    .map((event) => {
      const subject = subjectOf(event)
      const at = latest(event.at, reached.get(subject) ?? event.at)
      reached.set(subject, at)
      return { event, at }
    })
  return timed.toSorted((one, other) => one.at - other.at).map(({ event }) => event)
}
