// A test: an event that is sent to one endpoint, and is not in the log. It is signed as every event is. It also goes to an endpoint
// that is disabled, so that a repair can be tested before events come again.
import type { Ambient } from '../ambient.ts'
import type { TenantEvent } from '../events/event.ts'
import { tenantDeleted } from '../tenants/manage-tenants.ts'
import { type Delivery, firstOf } from './delivery.ts'
import type { EndpointRef } from './endpoint.ts'
import { wake } from './manage-deliveries.ts'
import { findEndpoint } from './manage-endpoints.ts'
import type { WebhookPorts } from './ports.ts'

/** @throws ServiceError not_found; tenant_deleted */
export async function sendTest(
  services: Pick<Ambient & WebhookPorts, 'now' | 'newId' | 'log' | 'endpoints' | 'deliveries' | 'senders'>,
  ref: EndpointRef,
): Promise<Delivery> {
  const { tenantId, endpointId } = ref
  await findEndpoint(services, ref)
  const now = services.now()
  const test: TenantEvent = {
    id: services.newId('event'),
    tenantId,
    type: 'webhook_endpoint.test',
    at: now,
    data: { endpointId, sequence: 1 },
  }
  const made = {
    ...ref,
    id: services.newId('delivery'),
    event: { id: test.id, type: test.type, position: 0 },
    subject: endpointId,
    sequence: 1,
    createdAt: now,
  }
  const delivery: Delivery = { ...firstOf(made), alone: true, test }
  if (!(await services.deliveries.create(tenantId, [delivery]))) throw tenantDeleted()
  await wake(services, [delivery])
  return delivery
}
