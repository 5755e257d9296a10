// Sends events of the log to an endpoint again: those since a time, or those with the given ids. A replayed event has its own id, so
// that a receiver that had it knows it. Replayed events stand in no line.
import type { Ambient } from '../ambient.ts'
import type { LoggedEvent } from '../events/event.ts'
import { deliveriesOf } from '../events/subscribers.ts'
import { type EventId, mintedAt, type TenantId } from '../ids.ts'
import { tenantDeleted } from '../tenants/manage-tenants.ts'
import { type EpochSeconds, epochSeconds, later } from '../time.ts'
import { firstOf } from './delivery.ts'
import type { EndpointRef } from './endpoint.ts'
import { checkEnabled, wake } from './manage-deliveries.ts'
import { findEndpoint } from './manage-endpoints.ts'
import type { WebhookPorts } from './ports.ts'

/** Clocks differ, and an event is published after it happened. */
const MARGIN_SECONDS = 300
const PAGE = 50
/** One call looks at so many events. The next one goes on after them. */
const MAX_LOOKED_AT = 1000

type Ports = Pick<
  Ambient & WebhookPorts,
  'now' | 'newId' | 'log' | 'endpoints' | 'deliveries' | 'senders' | 'eventLog'
>

export type ReplayRequest =
  | { readonly since: EpochSeconds }
  | { readonly eventIds: readonly EventId[] }
  /** Goes on after a position, where an earlier call with `since` ended. */
  | { readonly after: number }

export interface Replay {
  readonly deliveries: number
  /** Where the next call goes on. Absent if all events were looked at. */
  readonly next?: number
}

/** @throws ServiceError not_found; validation_failed if the endpoint is disabled; tenant_deleted */
export async function replay(services: Ports, ref: EndpointRef, request: ReplayRequest): Promise<Replay> {
  const endpoint = await findEndpoint(services, ref)
  checkEnabled(endpoint)
  const wanted = 'eventIds' in request ? new Set<string>(request.eventIds) : undefined
  const since = 'since' in request ? request.since : undefined
  const isWanted = (event: LoggedEvent) =>
    event.expiresAt > services.now() &&
    (wanted === undefined || wanted.has(event.id)) &&
    (since === undefined || event.at >= since)
  let position = await startOf(services, ref.tenantId, request)
  let deliveries = 0
  for (let lookedAt = 0; lookedAt < MAX_LOOKED_AT; lookedAt += PAGE) {
    const page = await services.eventLog.after(ref.tenantId, position, PAGE)
    // One that was asked for by its id is sent whatever types the endpoint wants.
    const subscriber = {
      endpointId: endpoint.id,
      ...(endpoint.types && !wanted && { types: endpoint.types }),
    }
    const made = deliveriesOf(page.filter(isWanted), [subscriber], services.newId)
    await store(services, ref.tenantId, made)
    deliveries += made.length
    position = page.at(-1)?.position ?? position
    if (page.length < PAGE || deliveries === wanted?.size) return { deliveries }
  }
  return wanted === undefined ? { deliveries, next: position } : { deliveries }
}

async function store(
  services: Ports,
  tenant: TenantId,
  made: ReturnType<typeof deliveriesOf>,
): Promise<void> {
  if (made.length === 0) return
  const createdAt = services.now()
  const deliveries = made.map((one) => ({ ...firstOf({ ...one, createdAt }), alone: true as const }))
  if (!(await services.deliveries.create(tenant, deliveries))) throw tenantDeleted()
  await wake(services, deliveries)
}

/** The position after which to look. Events are published in the order of positions, so it is found by halves. */
async function startOf(
  { eventLog }: Pick<Ports, 'eventLog'>,
  tenant: TenantId,
  request: ReplayRequest,
): Promise<number> {
  if ('after' in request) return request.after
  const from = 'since' in request ? request.since : earliestOf(request.eventIds)
  let [low, high] = [0, await eventLog.lastPosition(tenant)]
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    const [event] = await eventLog.after(tenant, middle, 1)
    if (event !== undefined && later(event.publishedAt, MARGIN_SECONDS) < from) low = middle + 1
    else high = middle
  }
  return low
}

function earliestOf(ids: readonly EventId[]): EpochSeconds {
  return epochSeconds(Math.min(...ids.map(mintedAt)) / 1000)
}
