// Webhook endpoints. The tenant's back end and the operator have the same operations.
import type { RouteKey } from '#http/routes.ts'
import type { Operation } from './operation.ts'

const ENDPOINT = { schema: 'WebhookEndpoint', example: 'WebhookEndpoint' } as const
const WITH_SECRET = { schema: 'WebhookEndpoint', example: 'WebhookEndpointWithSecret' } as const

const create = (id: string) =>
  ({
    id,
    summary: 'Create a webhook endpoint',
    more: 'This service sends the events of the tenant to the URL, signed as Standard Webhooks (https://www.standardwebhooks.com). A tenant may have 10 endpoints.',
    body: { schema: 'WebhookEndpointRequest', example: 'WebhookEndpointRequest' },
    answers: {
      201: {
        says: 'The endpoint was created. Store `secret` now: it is not shown again.',
        ...WITH_SECRET,
      },
    },
    problems: ['not_found', 'tenant_deleted'],
  }) as const satisfies Operation

const list = (id: string) =>
  ({
    id,
    summary: 'List webhook endpoints',
    answers: {
      200: {
        says: 'All endpoints of the tenant, oldest first, without their secrets.',
        schema: 'WebhookEndpointList',
        example: 'WebhookEndpointList',
      },
    },
  }) as const satisfies Operation

const show = (id: string) =>
  ({
    id,
    summary: 'Get a webhook endpoint',
    answers: { 200: { says: 'The endpoint, without its secret.', ...ENDPOINT } },
    problems: ['not_found'],
  }) as const satisfies Operation

const update = (id: string) =>
  ({
    id,
    summary: 'Change, disable or enable a webhook endpoint',
    more: 'Fields that are left out stay unchanged. A disabled endpoint gets no events.',
    body: { schema: 'WebhookEndpointChange', example: 'WebhookEndpointChange' },
    answers: { 200: { says: 'The endpoint with its changes.', ...ENDPOINT } },
    problems: ['not_found'],
  }) as const satisfies Operation

const remove = (id: string) =>
  ({
    id,
    summary: 'Delete a webhook endpoint',
    answers: { 204: { says: 'The endpoint and its secrets were deleted.' } },
    problems: ['not_found'],
  }) as const satisfies Operation

const rotate = (id: string) =>
  ({
    id,
    summary: 'Make a new secret for a webhook endpoint',
    more: 'Webhooks are signed with the new secret and, for 24 hours, also with the former one. Deploy the new secret in that time. If secrets are replaced more than nine times in 24 hours, the oldest one ends early.',
    answers: {
      200: { says: 'The endpoint with its new secret. It is not shown again.', ...WITH_SECRET },
    },
    problems: ['not_found'],
  }) as const satisfies Operation

const ofOperator = <O extends Operation>(operation: O) => ({
  ...operation,
  problems: [...new Set([...(operation.problems ?? []), 'not_found' as const])],
})

export const WEBHOOK_OPERATIONS = {
  'POST /v1/webhook-endpoints': create('createWebhookEndpoint'),
  'GET /v1/webhook-endpoints': list('listWebhookEndpoints'),
  'GET /v1/webhook-endpoints/{endpoint_id}': show('getWebhookEndpoint'),
  'PATCH /v1/webhook-endpoints/{endpoint_id}': update('updateWebhookEndpoint'),
  'DELETE /v1/webhook-endpoints/{endpoint_id}': remove('deleteWebhookEndpoint'),
  'POST /v1/webhook-endpoints/{endpoint_id}/rotate-secret': rotate('rotateWebhookSecret'),
  'POST /v1/tenants/{tenant_id}/webhook-endpoints': create('createTenantWebhookEndpoint'),
  'GET /v1/tenants/{tenant_id}/webhook-endpoints': ofOperator(list('listTenantWebhookEndpoints')),
  'GET /v1/tenants/{tenant_id}/webhook-endpoints/{endpoint_id}': show('getTenantWebhookEndpoint'),
  'PATCH /v1/tenants/{tenant_id}/webhook-endpoints/{endpoint_id}': update('updateTenantWebhookEndpoint'),
  'DELETE /v1/tenants/{tenant_id}/webhook-endpoints/{endpoint_id}': remove('deleteTenantWebhookEndpoint'),
  'POST /v1/tenants/{tenant_id}/webhook-endpoints/{endpoint_id}/rotate-secret':
    rotate('rotateTenantWebhookSecret'),
} as const satisfies Partial<Record<RouteKey, Operation>>
