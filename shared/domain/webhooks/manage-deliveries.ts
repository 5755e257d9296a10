// What a tenant can do about single deliveries: look at them, and send one again.
import type { Ambient } from '../ambient.ts'
import { ServiceError } from '../errors.ts'
import type { DeliveryRef } from '../events/subscribers.ts'
import type { DeliveryId } from '../ids.ts'
import { untilUnchanged } from '../repeat.ts'
import { changedTo, type Delivery, type DeliveryPage } from './delivery.ts'
import type { Endpoint, EndpointRef } from './endpoint.ts'
import { findEndpoint } from './manage-endpoints.ts'
import type { WebhookPorts } from './ports.ts'

type Ports = Pick<Ambient & WebhookPorts, 'now' | 'log' | 'endpoints' | 'deliveries' | 'senders'>

/** @throws ServiceError not_found */
export async function listDeliveries(
  services: Ports,
  ref: EndpointRef,
  limit: number,
  after?: DeliveryId,
): Promise<DeliveryPage> {
  await findEndpoint(services, ref)
  return services.deliveries.list(ref, limit, after)
}

/**
 * Makes the next attempt of a delivery now. One that has ended begins its attempts anew, and stands in no line.
 * @throws ServiceError not_found; validation_failed if the endpoint is disabled
 */
export async function resend(services: Ports, ref: EndpointRef, id: DeliveryId): Promise<Delivery> {
  checkEnabled(await findEndpoint(services, ref))
  const deliveryRef = { ...ref, id }
  const delivery = await untilUnchanged(`The delivery "${id}"`, async () => {
    const [read] = await services.deliveries.getMany([deliveryRef])
    if (read === undefined) throw new ServiceError('not_found', 'There is no such delivery.')
    const now = services.now()
    // An attempt is under way.
    if ((read.claimedUntil ?? 0) > now) return read
    const { failure, ...rest } = read
    const anew = { ...rest, alone: true, status: 'waiting', tries: 0 } as const
    const changed = changedTo(read.status === 'waiting' ? read : anew, { nextAt: now })
    return (await services.deliveries.save(read, changed)) ? changed : undefined
  })
  await wake(services, [deliveryRef])
  return delivery
}

/** @throws ServiceError validation_failed */
export function checkEnabled({ disabled }: Endpoint): void {
  if (disabled === undefined) return
  throw new ServiceError('validation_failed', 'The webhook endpoint is disabled. Enable it first.')
}

/** If the queue fails, the schedule finds the deliveries. */
export async function wake(
  { senders, log }: Pick<Ports, 'senders' | 'log'>,
  deliveries: readonly DeliveryRef[],
): Promise<void> {
  try {
    await senders.wake(deliveries)
  } catch (error) {
    log.warn('The senders of webhooks were not woken', { deliveries: deliveries.length, error })
  }
}
