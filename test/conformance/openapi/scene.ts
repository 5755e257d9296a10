// What schemathesis finds at the service: tenants with everything that a path can name. An operation that destroys or disables has a
// tenant of its own, so that the others keep finding what they need.
import { SCOPES } from '#domain/callers/caller.ts'
import type { ApiAnswer, TestClient, TestTenant } from '../../support/stack.ts'

/** A well-formed id that nothing has. */
export const UNKNOWN: Readonly<Record<string, string>> = {
  tenant_id: 'ten_00000000000000000000000000',
  app_id: 'app_00000000000000000000000000',
  connection_id: 'conn_00000000000000000000000000',
  key_id: 'key_00000000000000000000000000',
  provider_id: 'idp_00000000000000000000000000',
  serial: '99',
  delivery_id: 'dlv_00000000000000000000000000',
  endpoint_id: 'we_00000000000000000000000000',
  id: 'conn_00000000000000000000000000',
}

type Values = Readonly<Record<string, readonly string[]>>

export interface OpenApiScene {
  readonly tenant: TestTenant
  /** The values of the path parameters of an operation, by their names. */
  valuesOf(method: string, path: string): Values
}

export async function openScene(client: TestClient): Promise<OpenApiScene> {
  const own = await furnish(client)
  const spare = new Map<string, Furnished>()
  for (const place of SPARE) spare.set(place, await furnish(client))
  return {
    tenant: own.tenant,
    valuesOf: (method, path) => {
      const { values, session } = spare.get(`${method} ${path}`) ?? own
      const known = { ...values, ...(path.startsWith('/v1/connect-sessions') && { id: session }) }
      const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name)
      return Object.fromEntries(
        names.map((name) => [name, [known[name as keyof typeof known] ?? '', UNKNOWN[name] ?? 'me']]),
      )
    },
  }
}

/** Operations after which a tenant, or what a path names, cannot be used as before. */
const SPARE = [
  'delete /v1/connections/{id}',
  'patch /v1/tenants/{tenant_id}',
  'delete /v1/tenants/{tenant_id}',
  'patch /v1/tenants/{tenant_id}/apps/{app_id}',
  'delete /v1/tenants/{tenant_id}/apps/{app_id}',
  'delete /v1/tenants/{tenant_id}/apps/{app_id}/client-secrets/{serial}',
  'patch /v1/tenants/{tenant_id}/connections/{connection_id}',
  'delete /v1/tenants/{tenant_id}/connections/{connection_id}',
  'post /v1/tenants/{tenant_id}/connections/revoke',
  'post /v1/tenants/{tenant_id}/api-keys/{key_id}/rotate',
  'delete /v1/tenants/{tenant_id}/api-keys/{key_id}',
  'patch /v1/tenants/{tenant_id}/identity-providers/{provider_id}',
  'delete /v1/tenants/{tenant_id}/identity-providers/{provider_id}',
  'delete /v1/tenants/{tenant_id}/keys',
  'patch /v1/webhook-endpoints/{endpoint_id}',
  'patch /v1/tenants/{tenant_id}/webhook-endpoints/{endpoint_id}',
  'delete /v1/webhook-endpoints/{endpoint_id}',
  'delete /v1/tenants/{tenant_id}/webhook-endpoints/{endpoint_id}',
] as const

export interface Furnished {
  readonly tenant: TestTenant
  readonly session: string
  /** Path parameters; `id` is that of a connection. */
  readonly values: Readonly<Record<string, string>>
}

/** @param limits of the tenant, as in the body of POST /v1/tenants */
export async function furnish(
  { api, createTenant, connect }: TestClient,
  limits?: object,
): Promise<Furnished> {
  const tenant = await createTenant({ scopes: SCOPES, ...(limits && { limits }) })
  const base = `/v1/tenants/${tenant.id}`
  const [connected, session, keys, provider, endpoint] = await Promise.all([
    connect(tenant),
    api('/v1/connect-sessions', {
      method: 'POST',
      key: tenant.apiKey,
      body: { end_user: { id: 'user-2' }, return_url: tenant.returnUrl },
    }),
    api(`${base}/api-keys`),
    api(`${base}/identity-providers`, {
      method: 'POST',
      body: { issuer: 'https://id.example', audience: tenant.id, jwks_uri: 'https://id.example/jwks' },
    }),
    api('/v1/webhook-endpoints', {
      method: 'POST',
      key: tenant.apiKey,
      body: { url: 'https://saas.example.com/hooks' },
    }),
  ])
  const connection = idOf(connected)
  const test = await api(`/v1/webhook-endpoints/${idOf(endpoint)}/test`, {
    method: 'POST',
    key: tenant.apiKey,
  })
  return {
    tenant,
    session: idOf(session),
    values: {
      id: connection,
      path: 'funnels',
      tenant_id: tenant.id,
      app_id: tenant.appId,
      connection_id: connection,
      key_id: keys.json.data[0].id,
      provider_id: idOf(provider),
      serial: '1',
      endpoint_id: idOf(endpoint),
      delivery_id: idOf(test),
    },
  }
}

function idOf({ status, json, text }: ApiAnswer): string {
  if (status >= 300) throw new Error(`The scene was not made: ${status} ${text}`)
  return json.id
}
