// Sends deliveries to one endpoint: those about different things side by side, those about one thing one after another. At most
// four processes send to an endpoint, so that one that hangs leaves the others to the other endpoints. While the endpoint answers
// well, a process goes on with what has come meanwhile, because other senders may have found no place.
import type { Ambient } from '../ambient.ts'
import type { DeliveryRef } from '../events/subscribers.ts'
import { later } from '../time.ts'
import { ATTEMPT_SECONDS, type AttemptOutcome, type AttemptPorts, attempt } from './attempt.ts'
import type { Delivery } from './delivery.ts'
import type { Endpoint, EndpointRef } from './endpoint.ts'
import { noteOutcomes } from './endpoint-health.ts'
import type { WebhookPorts } from './ports.ts'

/** The message of the log line that an alarm counts. */
export const WEBHOOKS_UNSENT = 'Webhooks were not sent yet'
/** More than a process lives that sends. */
const SLOT_SECONDS = 90
/** After that, the schedule wakes the senders. SQS delays a message by 15 minutes at most. */
export const MAX_WAKE_SECONDS = 900
const BUSY_SECONDS = 5
/** Senders that were woken in vain so often leave the deliveries to the schedule. */
const MAX_VAIN = 3
/** How many deliveries of a line one process sends that it was not woken for. */
const MAX_FOLLOWING = 50
/** How many waiting deliveries it takes at once when it goes on. */
const MAX_AT_ONCE = 40

type Ports = AttemptPorts & Pick<Ambient & WebhookPorts, 'endpoints' | 'senders'>

export interface Woken extends EndpointRef {
  readonly deliveries: readonly DeliveryRef[]
  readonly vain: number
}

/** @param hasTime whether so many seconds are left */
export async function send(
  services: Ports,
  { tenantId, endpointId, deliveries: refs, vain }: Woken,
  hasTime: (seconds: number) => boolean,
): Promise<'sent' | 'busy'> {
  const ref = { tenantId, endpointId }
  const now = services.now()
  const slot = await services.deliveries.takeSlot(ref, now, later(now, SLOT_SECONDS))
  if (slot === undefined) {
    if (vain < MAX_VAIN) await services.senders.wake(refs, { delaySeconds: BUSY_SECONDS, vain: vain + 1 })
    return 'busy'
  }
  try {
    const endpoint = await services.endpoints.get(ref)
    for (let next = refs; next.length > 0; ) {
      const found = await services.deliveries.getMany(next)
      const lines = [...Map.groupBy(found, ({ subject }) => subject).values()]
      const sent = await Promise.all(lines.map((line) => sendLine(services, endpoint, line, hasTime)))
      const kinds = new Set(sent.flat())
      const [succeeded, failed, gone] = [kinds.has('succeeded'), kinds.has('failed'), kinds.has('gone')]
      if (endpoint !== undefined) await noteOutcomes(services, endpoint, { succeeded, failed, gone })
      const goesOn = succeeded && !failed && !gone && hasTime(2 * ATTEMPT_SECONDS)
      next = goesOn ? await services.deliveries.inLine(ref, MAX_AT_ONCE) : []
    }
    return 'sent'
  } finally {
    await services.deliveries.giveSlotBack(slot)
  }
}

/** The deliveries about one thing, in their order, and those that waited for them. */
async function sendLine(
  services: Ports,
  endpoint: Endpoint | undefined,
  deliveries: readonly Delivery[],
  hasTime: (seconds: number) => boolean,
): Promise<readonly AttemptOutcome['kind'][]> {
  const line = deliveries.toSorted((one, other) => one.sequence - other.sequence)
  const kinds: AttemptOutcome['kind'][] = []
  const most = line.length + MAX_FOLLOWING
  for (let place = 0; place < line.length && place < most; place++) {
    const delivery = line[place]
    if (delivery === undefined || !hasTime(2 * ATTEMPT_SECONDS)) break
    const outcome = await attempt(services, endpoint, delivery)
    kinds.push(outcome.kind)
    await wakeAgain(services, delivery, outcome)
    if (delivery.alone) continue
    const isOver = outcome.kind !== 'waiting' && outcome.kind !== 'failed'
    if (isOver && place === line.length - 1) line.push(...(await following(services, delivery)))
  }
  return kinds
}

async function wakeAgain(
  { senders, log }: Ports,
  delivery: Delivery,
  outcome: AttemptOutcome,
): Promise<void> {
  if (outcome.kind !== 'failed' || (outcome.pauseSeconds ?? Infinity) > MAX_WAKE_SECONDS) return
  try {
    await senders.wake([delivery], { delaySeconds: outcome.pauseSeconds ?? 0 })
  } catch (error) {
    log.warn('The senders of webhooks were not woken', { delivery: delivery.id, error })
  }
}

/** The next one in line. It may have been postponed until this one ends. */
async function following({ deliveries, now }: Ports, delivery: Delivery): Promise<readonly Delivery[]> {
  const ref = await deliveries.next(delivery)
  const found = ref === undefined ? [] : await deliveries.getMany([ref])
  return found.map((next) => (next.tries === 0 ? { ...next, nextAt: now() } : next))
}
