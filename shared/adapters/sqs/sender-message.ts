// Reads a message that wakes a sender of webhooks, and refuses everything that is not one of this service.
import * as z from 'zod/mini'
import type { DeliveryId, EndpointId, TenantId } from '#domain/ids.ts'
import type { Woken } from '#domain/webhooks/send.ts'

const messageSchema = z.object({
  tenant: z.string(),
  endpoint: z.string(),
  deliveries: z.array(z.string()),
  vain: z.number(),
})

/** @throws Error when the message is not one of ours */
export function wokenBy(body: string): Woken {
  const { tenant, endpoint, deliveries, vain } = messageSchema.parse(JSON.parse(body))
  const ref = { tenantId: tenant as TenantId, endpointId: endpoint as EndpointId }
  return { ...ref, deliveries: deliveries.map((id) => ({ ...ref, id: id as DeliveryId })), vain }
}
