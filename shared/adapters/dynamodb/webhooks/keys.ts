// The keys of webhooks: a partition for each tenant, apart from its other items. So the functions that send webhooks, which talk to
// servers of strangers, can be kept away from tokens and credentials by IAM. The access patterns are in schema.ts.
import type { TenantId } from '#domain/ids.ts'
import type { EndpointRef } from '#domain/webhooks/endpoint.ts'
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
