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
    problems: ['tenant_deleted'],
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

const test = (id: string) =>
  ({
    id,
    summary: 'Send a test event',
    more: 'Sends one `webhook_endpoint.test`, signed as every event, also to an endpoint that is disabled. It is attempted once and is not in the event log. The list of deliveries shows how it ended.',
    answers: { 202: { says: 'The test is on its way.', schema: 'Delivery', example: 'WaitingDelivery' } },
    problems: ['not_found', 'tenant_deleted'],
  }) as const satisfies Operation

const deliveries = (id: string) =>
  ({
    id,
    summary: 'List the deliveries of a webhook endpoint',
    more: 'Newest first, each with its attempts. A delivery is kept for 30 days.',
    query: 'DeliveryQuery',
    answers: { 200: { says: 'A page of deliveries.', schema: 'DeliveryPage', example: 'DeliveryPage' } },
    problems: ['not_found', 'validation_failed'],
  }) as const satisfies Operation

const resend = (id: string) =>
  ({
    id,
    summary: 'Send an event again',
    more: 'Makes the next attempt now. If the delivery has ended, its attempts begin anew. The event keeps its id. It no longer waits for earlier events of its connection.',
    answers: {
      202: { says: 'The delivery is on its way.', schema: 'Delivery', example: 'WaitingDelivery' },
    },
    problems: ['not_found', 'validation_failed'],
  }) as const satisfies Operation

const replay = (id: string) =>
  ({
    id,
    summary: 'Replay events',
    more: 'Sends events of the log again: those since a time, with the types that the endpoint asks for, or those with the given ids, up to 100. Events keep their ids. A call with `since` looks at 1,000 events. If its answer has a `next_cursor`, send that as `cursor` to go on.',
    body: { schema: 'ReplayRequest', example: 'ReplayRequest' },
    answers: {
      202: { says: 'The events are on their way.', schema: 'ReplayReport', example: 'ReplayReport' },
    },
    problems: ['not_found', 'tenant_deleted'],
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
  'POST /v1/webhook-endpoints/{endpoint_id}/test': test('testWebhookEndpoint'),
  'GET /v1/webhook-endpoints/{endpoint_id}/deliveries': deliveries('listWebhookDeliveries'),
  'POST /v1/webhook-endpoints/{endpoint_id}/deliveries/{delivery_id}/resend': resend('resendWebhook'),
  'POST /v1/webhook-endpoints/{endpoint_id}/replay': replay('replayWebhooks'),
  'POST /v1/tenants/{tenant_id}/webhook-endpoints/{endpoint_id}/test': test('testTenantWebhookEndpoint'),
  'GET /v1/tenants/{tenant_id}/webhook-endpoints/{endpoint_id}/deliveries': deliveries(
    'listTenantWebhookDeliveries',
  ),
  'POST /v1/tenants/{tenant_id}/webhook-endpoints/{endpoint_id}/deliveries/{delivery_id}/resend':
    resend('resendTenantWebhook'),
  'POST /v1/tenants/{tenant_id}/webhook-endpoints/{endpoint_id}/replay': replay('replayTenantWebhooks'),
  'POST /v1/tenants/{tenant_id}/webhook-endpoints': ofOperator(create('createTenantWebhookEndpoint')),
  'GET /v1/tenants/{tenant_id}/webhook-endpoints': ofOperator(list('listTenantWebhookEndpoints')),
  'GET /v1/tenants/{tenant_id}/webhook-endpoints/{endpoint_id}': show('getTenantWebhookEndpoint'),
  'PATCH /v1/tenants/{tenant_id}/webhook-endpoints/{endpoint_id}': update('updateTenantWebhookEndpoint'),
  'DELETE /v1/tenants/{tenant_id}/webhook-endpoints/{endpoint_id}': remove('deleteTenantWebhookEndpoint'),
  'POST /v1/tenants/{tenant_id}/webhook-endpoints/{endpoint_id}/rotate-secret':
    rotate('rotateTenantWebhookSecret'),
} as const satisfies Partial<Record<RouteKey, Operation>>
