// The routes for a tenant's webhook endpoints. Each is there twice: for the tenant's back end, and for the operator.

const serves = { function: 'webhook-endpoints' } as const
const tenant = { ...serves, access: 'tenant', scope: 'webhooks:write' } as const
const operator = { ...serves, access: 'operator' } as const

const CREATE = { audit: 'webhook_endpoint.create' } as const
const UPDATE = { audit: 'webhook_endpoint.update' } as const
const ROTATE = { audit: 'webhook_endpoint.rotate_secret' } as const
const TEST = { audit: 'webhook_endpoint.test' } as const
const RESEND = { audit: 'webhook_endpoint.resend' } as const
const REPLAY = { audit: 'webhook_endpoint.replay' } as const
const DELETE = { audit: 'webhook_endpoint.delete' } as const

export const WEBHOOK_ROUTES = {
  'POST /v1/webhook-endpoints': { ...tenant, ...CREATE },
  'GET /v1/webhook-endpoints': tenant,
  'GET /v1/webhook-endpoints/{endpoint_id}': tenant,
  'PATCH /v1/webhook-endpoints/{endpoint_id}': { ...tenant, ...UPDATE },
  'DELETE /v1/webhook-endpoints/{endpoint_id}': { ...tenant, ...DELETE },
  'POST /v1/webhook-endpoints/{endpoint_id}/rotate-secret': { ...tenant, ...ROTATE },
  'POST /v1/webhook-endpoints/{endpoint_id}/test': { ...tenant, ...TEST },
  'GET /v1/webhook-endpoints/{endpoint_id}/deliveries': tenant,
  'POST /v1/webhook-endpoints/{endpoint_id}/deliveries/{delivery_id}/resend': { ...tenant, ...RESEND },
  'POST /v1/webhook-endpoints/{endpoint_id}/replay': { ...tenant, ...REPLAY },
  'POST /v1/tenants/{tenant_id}/webhook-endpoints': { ...operator, ...CREATE },
  'GET /v1/tenants/{tenant_id}/webhook-endpoints': operator,
  'GET /v1/tenants/{tenant_id}/webhook-endpoints/{endpoint_id}': operator,
  'PATCH /v1/tenants/{tenant_id}/webhook-endpoints/{endpoint_id}': { ...operator, ...UPDATE },
  'DELETE /v1/tenants/{tenant_id}/webhook-endpoints/{endpoint_id}': { ...operator, ...DELETE },
  'POST /v1/tenants/{tenant_id}/webhook-endpoints/{endpoint_id}/rotate-secret': { ...operator, ...ROTATE },
  'POST /v1/tenants/{tenant_id}/webhook-endpoints/{endpoint_id}/test': { ...operator, ...TEST },
  'GET /v1/tenants/{tenant_id}/webhook-endpoints/{endpoint_id}/deliveries': operator,
  'POST /v1/tenants/{tenant_id}/webhook-endpoints/{endpoint_id}/deliveries/{delivery_id}/resend': {
    ...operator,
    ...RESEND,
  },
  'POST /v1/tenants/{tenant_id}/webhook-endpoints/{endpoint_id}/replay': { ...operator, ...REPLAY },
} as const
