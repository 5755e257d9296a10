// Every route of the API, once: the function that serves it, the credential it takes, the scope it needs.
// The CDK stack makes the routes from this table. A function that does not serve its routes does not compile. The $default
// function answers 405 by it, the OpenAPI document describes each route, and the isolation tests call each of them.
import type { AuditAction } from '#domain/audit/event.ts'
import type { Scope } from '#domain/callers/caller.ts'
import { isSafeMethod } from '#domain/provider/resource-server.ts'
import { EXPORT_ROUTES } from './routes/exports.ts'
import { WEBHOOK_ROUTES } from './routes/webhooks.ts'

/**
 * tenant: an API key or an end user's JWT, sent as a bearer token. operator: IAM (SigV4), checked by API Gateway.
 * browser: an end user's browser, known by the link or the state that it sends. provider: ClickFunnels, known by its signature.
 * anyone: no credential.
 */
export type Access = 'tenant' | 'operator' | 'browser' | 'provider' | 'anyone'

/** The scope that an API key needs: the same for all methods, or one for safe methods (RFC 9110 section 9.2.1) and one for others. */
type Needed = Scope | { readonly safe: Scope; readonly unsafe: Scope }

/** A route with the access "tenant" does not compile without a scope. */
export type Route = {
  readonly function: string
  /** The action in the audit trail. Absent if the route changes nothing of a tenant. */
  readonly audit?: AuditAction
} & ({ readonly access: 'tenant'; readonly scope: Needed } | { readonly access: Exclude<Access, 'tenant'> })

// What several routes have in common. Named once, because every function's bundle has this table.
const TENANTS = { function: 'tenants', access: 'operator' } as const
const APPS = { function: 'apps', access: 'operator' } as const
const TENANT_CONNECTIONS = { function: 'tenant-connections', access: 'operator' } as const
const CREDENTIALS = { function: 'credentials', access: 'operator' } as const
const SESSIONS = { function: 'connect-sessions', access: 'tenant', scope: 'sessions:write' } as const
const CONNECTIONS_READ = { function: 'connections', access: 'tenant', scope: 'connections:read' } as const
const CONNECTIONS_WRITE = { function: 'connections', access: 'tenant', scope: 'connections:write' } as const
const SERVICE = { function: 'service', access: 'anyone' } as const
const PROXIED = { safe: 'proxy:read', unsafe: 'proxy:write' } as const

export const ROUTES = {
  'POST /v1/connect-sessions': { ...SESSIONS, audit: 'connect_session.create' },
  'GET /v1/connect-sessions/{id}': SESSIONS,
  'POST /v1/connect-sessions/{id}/complete': { ...SESSIONS, audit: 'connect_session.complete' },
  'POST /v1/manage-links': {
    function: 'manage',
    access: 'tenant',
    scope: 'manage-links:write',
    audit: 'manage_link.create',
  },
  'GET /v1/manage': { function: 'manage', access: 'browser' },
  'POST /v1/manage': { function: 'manage', access: 'browser' },
  'GET /v1/authorize': { function: 'authorize', access: 'browser' },
  'GET /v1/callback/{app_id}': { function: 'callback', access: 'browser' },
  'POST /v1/connections/import': {
    function: 'connect-sessions',
    access: 'tenant',
    scope: 'connections:import',
    audit: 'connection.import',
  },
  'GET /v1/connections': CONNECTIONS_READ,
  'GET /v1/connections/{id}': CONNECTIONS_READ,
  'GET /v1/connections/{id}/timeline': CONNECTIONS_READ,
  'PATCH /v1/connections/{id}': { ...CONNECTIONS_WRITE, audit: 'connection.update' },
  'POST /v1/connections/{id}/refresh': { ...CONNECTIONS_WRITE, audit: 'connection.refresh' },
  'DELETE /v1/connections/{id}': { ...CONNECTIONS_WRITE, audit: 'connection.delete' },
  'GET /v1/connections/{id}/funnels': { function: 'proxy', access: 'tenant', scope: 'proxy:read' },
  'ANY /v1/connections/{id}/proxy/{path+}': { function: 'proxy', access: 'tenant', scope: PROXIED },
  'GET /v1/audit-events': { function: 'audit-events', access: 'tenant', scope: 'audit:read' },
  'GET /v1/events': { function: 'events', access: 'tenant', scope: 'events:read' },
  'POST /v1/clickfunnels-events/{ingest_id}': { function: 'clickfunnels-events', access: 'provider' },
  ...WEBHOOK_ROUTES,
  ...EXPORT_ROUTES,
  'GET /v1/tenants/{tenant_id}/audit-events': { function: 'audit-events', access: 'operator' },
  'POST /v1/tenants': { ...TENANTS, audit: 'tenant.create' },
  'GET /v1/tenants': TENANTS,
  'GET /v1/tenants/{tenant_id}': TENANTS,
  'PATCH /v1/tenants/{tenant_id}': { ...TENANTS, audit: 'tenant.update' },
  'PUT /v1/tenants/{tenant_id}/logo': { ...TENANTS, audit: 'tenant.update' },
  'DELETE /v1/tenants/{tenant_id}/logo': { ...TENANTS, audit: 'tenant.update' },
  'DELETE /v1/tenants/{tenant_id}': { ...TENANT_CONNECTIONS, audit: 'tenant.delete' },
  'POST /v1/tenants/{tenant_id}/apps': { ...APPS, audit: 'app.create' },
  'GET /v1/tenants/{tenant_id}/apps': APPS,
  'GET /v1/tenants/{tenant_id}/apps/{app_id}': APPS,
  'PATCH /v1/tenants/{tenant_id}/apps/{app_id}': { ...APPS, audit: 'app.update' },
  'DELETE /v1/tenants/{tenant_id}/apps/{app_id}': { ...APPS, audit: 'app.delete' },
  'DELETE /v1/tenants/{tenant_id}/apps/{app_id}/client-secrets/{serial}': {
    ...APPS,
    audit: 'app.remove_secret',
  },
  'POST /v1/tenants/{tenant_id}/connections/revoke': {
    ...TENANT_CONNECTIONS,
    audit: 'tenant.revoke_connections',
  },
  'DELETE /v1/tenants/{tenant_id}/connections/{connection_id}': {
    ...TENANT_CONNECTIONS,
    audit: 'connection.delete',
  },
  'GET /v1/tenants/{tenant_id}/connections': TENANT_CONNECTIONS,
  'GET /v1/tenants/{tenant_id}/connections/{connection_id}': TENANT_CONNECTIONS,
  'GET /v1/tenants/{tenant_id}/connections/{connection_id}/timeline': TENANT_CONNECTIONS,
  'POST /v1/tenants/{tenant_id}/connections/{connection_id}/look': {
    ...TENANT_CONNECTIONS,
    audit: 'connection.refresh',
  },
  'PATCH /v1/tenants/{tenant_id}/connections/{connection_id}': {
    ...TENANT_CONNECTIONS,
    audit: 'connection.switch',
  },
  'POST /v1/tenants/{tenant_id}/api-keys': { ...CREDENTIALS, audit: 'api_key.create' },
  'GET /v1/tenants/{tenant_id}/api-keys': CREDENTIALS,
  'POST /v1/tenants/{tenant_id}/api-keys/{key_id}/rotate': { ...CREDENTIALS, audit: 'api_key.rotate' },
  'DELETE /v1/tenants/{tenant_id}/api-keys/{key_id}': { ...CREDENTIALS, audit: 'api_key.revoke' },
  'POST /v1/tenants/{tenant_id}/identity-providers': { ...CREDENTIALS, audit: 'identity_provider.create' },
  'GET /v1/tenants/{tenant_id}/identity-providers': CREDENTIALS,
  'GET /v1/tenants/{tenant_id}/identity-providers/{provider_id}': CREDENTIALS,
  'PATCH /v1/tenants/{tenant_id}/identity-providers/{provider_id}': {
    ...CREDENTIALS,
    audit: 'identity_provider.update',
  },
  'DELETE /v1/tenants/{tenant_id}/identity-providers/{provider_id}': {
    ...CREDENTIALS,
    audit: 'identity_provider.delete',
  },
  'GET /v1/tenants/{tenant_id}/keys': TENANTS,
  'DELETE /v1/tenants/{tenant_id}/keys': { ...TENANTS, audit: 'tenant.shred' },
  'POST /v1/tenants/{tenant_id}/keys/rotate': { ...TENANTS, audit: 'tenant.rotate_key' },
  'POST /v1/root-keys/rotate': TENANTS,
  'GET /v1/health': SERVICE,
  'GET /v1/errors': SERVICE,
  'GET /v1/openapi.json': SERVICE,
  'GET /v1/docs': SERVICE,
  $default: SERVICE,
} as const satisfies Record<string, Route>

export type RouteKey = keyof typeof ROUTES
export type ApiFunction = (typeof ROUTES)[RouteKey]['function']
/** The routes of a function. */
export type RoutesOf<F extends ApiFunction> = {
  [K in RouteKey]: (typeof ROUTES)[K]['function'] extends F ? K : never
}[RouteKey]

/** The methods that a route for ANY method serves. OPTIONS is always a preflight (cors.ts). */
export const ANY_METHOD = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as const

/** The scope that an API key needs to call a route; `undefined` if the route takes no tenant's credential. */
export function scopeOf(key: RouteKey, method: string): Scope | undefined {
  const route: Route = ROUTES[key]
  if (route.access !== 'tenant') return undefined
  const { scope } = route
  if (typeof scope === 'string') return scope
  return isSafeMethod(method) ? scope.safe : scope.unsafe
}
