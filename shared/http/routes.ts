// Every route of the API, once: which function serves it and whose credential it takes.
// The CDK stack makes the routes from this table, the functions must serve what it gives them (else they do not
// compile), the $default function answers 405 from it, and the isolation tests walk it.

/**
 * tenant: an API key, sent as a bearer token. operator: IAM (SigV4), checked by API Gateway.
 * browser: an end user's browser, known by the link or state it carries. anyone: no credential.
 */
export type Access = 'tenant' | 'operator' | 'browser' | 'anyone'

export const ROUTES = {
  'POST /v1/connect-sessions': { function: 'connect-sessions', access: 'tenant' },
  'GET /v1/connect-sessions/{id}': { function: 'connect-sessions', access: 'tenant' },
  'POST /v1/connect-sessions/{id}/complete': { function: 'connect-sessions', access: 'tenant' },
  'GET /v1/authorize': { function: 'authorize', access: 'browser' },
  'GET /v1/callback/{app_id}': { function: 'callback', access: 'browser' },
  'GET /v1/connections': { function: 'connections', access: 'tenant' },
  'GET /v1/connections/{id}': { function: 'connections', access: 'tenant' },
  'POST /v1/connections/{id}/refresh': { function: 'connections', access: 'tenant' },
  'DELETE /v1/connections/{id}': { function: 'connections', access: 'tenant' },
  'GET /v1/connections/{id}/funnels': { function: 'proxy', access: 'tenant' },
  'ANY /v1/connections/{id}/proxy/{path+}': { function: 'proxy', access: 'tenant' },
  'POST /v1/tenants': { function: 'tenants', access: 'operator' },
  'GET /v1/tenants/{tenant_id}': { function: 'tenants', access: 'operator' },
  'PATCH /v1/tenants/{tenant_id}': { function: 'tenants', access: 'operator' },
  'POST /v1/tenants/{tenant_id}/apps': { function: 'tenants', access: 'operator' },
  'GET /v1/tenants/{tenant_id}/apps': { function: 'tenants', access: 'operator' },
  'GET /v1/tenants/{tenant_id}/apps/{app_id}': { function: 'tenants', access: 'operator' },
  'PATCH /v1/tenants/{tenant_id}/apps/{app_id}': { function: 'tenants', access: 'operator' },
  'POST /v1/tenants/{tenant_id}/api-keys': { function: 'tenants', access: 'operator' },
  'GET /v1/tenants/{tenant_id}/api-keys': { function: 'tenants', access: 'operator' },
  'DELETE /v1/tenants/{tenant_id}/api-keys/{key_id}': { function: 'tenants', access: 'operator' },
  'GET /v1/tenants/{tenant_id}/keys': { function: 'tenants', access: 'operator' },
  'DELETE /v1/tenants/{tenant_id}/keys': { function: 'tenants', access: 'operator' },
  'POST /v1/tenants/{tenant_id}/keys/rotate': { function: 'tenants', access: 'operator' },
  'POST /v1/root-keys/rotate': { function: 'tenants', access: 'operator' },
  'GET /v1/health': { function: 'service', access: 'anyone' },
  'GET /v1/errors': { function: 'service', access: 'anyone' },
  $default: { function: 'service', access: 'anyone' },
} as const satisfies Record<string, { readonly function: string; readonly access: Access }>

export type RouteKey = keyof typeof ROUTES
export type ApiFunction = (typeof ROUTES)[RouteKey]['function']
/** The routes that one function has to serve. */
export type RoutesOf<F extends ApiFunction> = {
  [K in RouteKey]: (typeof ROUTES)[K]['function'] extends F ? K : never
}[RouteKey]
