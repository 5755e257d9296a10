// The keys of webhooks: a partition for each tenant, apart from its other items. So the functions that send webhooks, which talk to
// servers of strangers, can be kept away from tokens and credentials by IAM. The access patterns are in schema.ts.
import type { DeliveryRef, NewDelivery } from '#domain/events/subscribers.ts'
import type { TenantId } from '#domain/ids.ts'
import type { Slot } from '#domain/webhooks/delivery.ts'
import type { EndpointRef } from '#domain/webhooks/endpoint.ts'
import { padded } from '../events/keys.ts'
import type { Key } from '../schema.ts'

export const webhookPartition = (tenant: TenantId) => `webhooks#${tenant}` as const

export const ENDPOINT_PREFIX = 'endpoint#'
export const endpointKey = ({ tenantId, endpointId }: EndpointRef): Key => ({
  pk: webhookPartition(tenantId),
  sk: `${ENDPOINT_PREFIX}${endpointId}`,
})
/** How many endpoints a tenant has. */
export const endpointCountKey = (tenant: TenantId): Key => ({
  pk: webhookPartition(tenant),
  sk: 'endpoint-count',
})

/** The deliveries of an endpoint sort by the time they were made. */
export const deliveryPrefix = ({ endpointId }: Pick<EndpointRef, 'endpointId'>) => `delivery#${endpointId}#`
export const deliveryKey = (ref: DeliveryRef): Key => ({
  pk: webhookPartition(ref.tenantId),
  sk: `${deliveryPrefix(ref)}${ref.id}`,
})

type InLine = Pick<NewDelivery, 'tenantId' | 'endpointId' | 'subject' | 'sequence'>
export const linesPrefix = ({ endpointId }: Pick<EndpointRef, 'endpointId'>) => `line#${endpointId}#`
/** The events about one thing that wait for an endpoint, by their numbers. */
export const linePrefix = ({ subject, ...endpoint }: Omit<InLine, 'tenantId' | 'sequence'>) =>
  `${linesPrefix(endpoint)}${subject}#`
export const lineKey = (delivery: InLine): Key => ({
  pk: webhookPartition(delivery.tenantId),
  sk: `${linePrefix(delivery)}${padded(delivery.sequence)}`,
})

export const slotKey = ({ tenantId, endpointId, number }: Omit<Slot, 'until'>): Key => ({
  pk: webhookPartition(tenantId),
  sk: `slot#${endpointId}#${number}`,
})

/** Deliveries that are due are apart from other work. The schedule reads all of these. */
export const DELIVERY_PARTITIONS = 4
export const dueDeliveryPartition = (partition: number): string => `due#delivery#${partition}`
