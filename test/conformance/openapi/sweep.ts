// Calls every operation as schemathesis does not: without a credential, without the scope, with a body that is no JSON or too large,
// for a tenant at its limits or without keys, and with a connection whose tokens ClickFunnels no longer takes.
import type { ApiCall, TestClient, TestTenant } from '../../support/stack.ts'
import { type Document, operationsOf, type Target } from './document-under-test.ts'
import { type Furnished, furnish, type OpenApiScene, UNKNOWN } from './scene.ts'

const TOO_LARGE = 4_600_000
/** More than a tenant with a limit of one may send in a window of the request meter. */
const CALLS_AT_A_LIMIT = 40

export async function sweep(client: TestClient, document: Document, scene: OpenApiScene): Promise<void> {
  // Last what deletes, because the others need what is there.
  const targets = operationsOf(document).toSorted((a, b) => rank(a) - rank(b))
  const [poor = '', poorer = ''] = await Promise.all(
    ['audit:read', 'proxy:read'].map((scope) => keyWith(client, scene.tenant, scope)),
  )
  const tenants = await strangeTenants(client)
  await retireApp(client, scene.tenant)
  for (const target of targets) {
    const { method, path, operation } = target
    const url = urlOf(target, scene.valuesOf(method, path))
    const send = (call: ApiCall, to = url) => client.api(to, { method: method.toUpperCase(), ...call })
    const key = scene.tenant.apiKey
    if (operation.security?.some((one) => 'apiKey' in one)) {
      await send({})
      await send({ key: path === '/v1/audit-events' ? poorer : poor })
      for (const { values, tenant, repeat } of tenants) {
        const call = { key: tenant.apiKey, ...bodyFor(target, tenant) }
        await Promise.all(Array.from({ length: repeat }, () => send(call, urlOf(target, values))))
      }
    } else if (path.includes('{tenant_id}')) {
      for (const { values, tenant } of tenants) await send(bodyFor(target, tenant), urlOf(target, values))
      await send(bodyFor(target, scene.tenant), urlOf(target, UNKNOWN))
    }
    if (target.takesJson) {
      for (const body of ['{', `"${'x'.repeat(TOO_LARGE / 4)}"`]) await send({ key, body })
    } else if (operation.requestBody) await send({ key, body: 'x'.repeat(TOO_LARGE) })
    if (path === '/v1/connect-sessions') {
      const unknown = { ...bodyFor(target, scene.tenant).body, connection_id: UNKNOWN.connection_id }
      await send({ key, body: unknown })
    }
    if (path.endsWith('/proxy/{path}')) await send({ key }, `${url}%5C`)
  }
}

const rank = ({ method, path }: Target) => (method === 'delete' && !path.includes('/proxy/') ? 1 : 0)

/** What an app and a client secret that are no longer used allow. */
async function retireApp({ api }: TestClient, { id }: TestTenant): Promise<void> {
  const apps = `/v1/tenants/${id}/apps`
  const first = { name: 'Retired', client_id: 'retired', client_secret: 'first' }
  const { json } = await api(apps, { method: 'POST', body: first })
  const app = `${apps}/${json.id}`
  await api(app, { method: 'PATCH', body: { client_secret: 'second' } })
  await api(`${app}/client-secrets/1?force=true`, { method: 'DELETE' })
  await api(app, { method: 'PATCH', body: { status: 'suspended' } })
  await api(app, { method: 'DELETE' })
}

interface Strange {
  readonly tenant: TestTenant
  readonly values: Readonly<Record<string, string>>
  readonly repeat: number
}

async function strangeTenants(client: TestClient): Promise<readonly Strange[]> {
  const limited = await furnish(client, { requests_per_second: 1, sessions_per_minute: 2, connections: 1 })
  const dead = await furnish(client)
  await client.control('POST', 'tokens/revoke', { client_id: dead.tenant.clientId })
  const shredded = await furnish(client)
  await suspended(client, shredded, (base) => client.api(`${base}/keys`, { method: 'DELETE' }))
  await client.api(`/v1/tenants/${shredded.tenant.id}`, { method: 'PATCH', body: { status: 'active' } })
  const deleted = await furnish(client)
  const confirm = deleted.tenant.id
  await suspended(client, deleted, (base) => client.api(base, { method: 'DELETE', body: { confirm } }))
  return [
    { ...limited, repeat: CALLS_AT_A_LIMIT },
    { ...dead, repeat: 1 },
    { ...shredded, repeat: 1 },
    { ...deleted, repeat: 1 },
  ]
}

/** Tries what only a suspended tenant allows, then suspends it and does it. */
async function suspended(
  { api }: TestClient,
  { tenant }: Furnished,
  act: (base: string) => Promise<unknown>,
): Promise<void> {
  const base = `/v1/tenants/${tenant.id}`
  await act(base)
  await api(base, { method: 'PATCH', body: { status: 'suspended' } })
  await act(base)
}

async function keyWith({ api }: TestClient, { id }: TestTenant, scope: string): Promise<string> {
  const body = { name: scope, scopes: [scope] }
  return (await api(`/v1/tenants/${id}/api-keys`, { method: 'POST', body })).json.api_key
}

function urlOf({ path }: Target, values: Readonly<Record<string, string | readonly string[]>>): string {
  return path.replaceAll(/\{(\w+)\}/g, (_, name: string) => [values[name] ?? 'x'].flat()[0] ?? 'x')
}

/** The example of a body, for a tenant of the scene. */
function bodyFor({ operation, takesJson }: Target, { returnUrl }: TestTenant): { readonly body?: object } {
  if (!takesJson) return {}
  const example = operation.requestBody?.content?.['application/json']?.example ?? {}
  // Of the import, so that it finds an app.
  if ('connections' in example) return { body: { connections: example.connections } }
  if (!('return_url' in example)) return { body: example }
  return { body: { end_user: { id: 'user-1' }, return_url: returnUrl } }
}
