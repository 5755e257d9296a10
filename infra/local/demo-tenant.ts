// Provides the demo tenant. It is created through the operator's API like any other, and registered with the simulator if
// that stands in for ClickFunnels. The demo product is its identity provider. With DATA_DIR, later runs use it again.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readPrivateJson, writePrivateJson } from './private-file.ts'

export interface DemoTenant {
  readonly tenantId: string
  readonly apiKey: string
  /** Absent without the simulator, because a real ClickFunnels application is registered by hand. */
  readonly app?: { readonly id: string; readonly clientId: string; readonly clientSecret: string }
}

export interface DemoTenantOptions {
  readonly apiUrl: string
  readonly simulatorUrl: string | undefined
  readonly returnUrl: string
  readonly dataDir: string | undefined
}

const APP_NAME = 'Tidemark'
const LOGO = readFileSync(new URL('demo/logo.png', import.meta.url)).toString('base64')
const BRAND_COLOR = '#0b6b5b'
const EVENT_TYPES = ['contact.identified']

export async function provideDemoTenant(options: DemoTenantOptions): Promise<DemoTenant> {
  const file = options.dataDir === undefined ? undefined : join(options.dataDir, 'demo.json')
  const kept = file === undefined ? undefined : (readPrivateJson(file) as DemoTenant | undefined)
  const reused = kept && (await reuse(options, kept))
  const tenant = reused ?? (await create(options))
  await provideIdentityProvider(options, tenant)
  if (file !== undefined && !reused) writePrivateJson(file, tenant)
  return tenant
}

async function create({ apiUrl, simulatorUrl, returnUrl }: DemoTenantOptions): Promise<DemoTenant> {
  const tenants = `${apiUrl}/v1/tenants`
  const tenant = await send('POST', tenants, {
    name: APP_NAME,
    return_urls: [returnUrl],
    origins: [new URL(returnUrl).origin],
    branding: { color: BRAND_COLOR },
  })
  const tenantId = text(tenant, 'id')
  await send('PUT', `${tenants}/${tenantId}/logo`, { image: LOGO })
  const key = await send('POST', `${tenants}/${tenantId}/api-keys`, { name: 'npm start' })
  const made = { tenantId, apiKey: text(key, 'api_key') }
  if (simulatorUrl === undefined) return made
  // The redirect URI contains the app's id, and the app needs the client id. So the URI is registered last.
  const applications = `${simulatorUrl}/_control/applications`
  const application = await send('POST', applications, {
    name: APP_NAME,
    logo: `data:image/png;base64,${LOGO}`,
    redirect_uris: [],
  })
  const clientId = text(application, 'client_id')
  const clientSecret = text(application, 'client_secret')
  const app = await send('POST', `${tenants}/${tenantId}/apps`, {
    name: APP_NAME,
    client_id: clientId,
    client_secret: clientSecret,
  })
  await send('PATCH', `${applications}/${clientId}`, { redirect_uris: [text(app, 'redirect_uri')] })
  // So ClickFunnels also reports when a user disconnects the app there.
  await send('PATCH', `${tenants}/${tenantId}/apps/${text(app, 'id')}`, { event_types: EVENT_TYPES })
  return { ...made, app: { id: text(app, 'id'), clientId, clientSecret } }
}

/** The database still has the tenant. But the simulator may have lost the application, and the ports may have changed. */
async function reuse(
  { apiUrl, simulatorUrl, returnUrl }: DemoTenantOptions,
  kept: DemoTenant,
): Promise<DemoTenant | undefined> {
  const tenant = `${apiUrl}/v1/tenants/${kept.tenantId}`
  const known = await send(
    'PATCH',
    tenant,
    { return_urls: [returnUrl], origins: [new URL(returnUrl).origin] },
    [404],
  )
  if (known === undefined || (simulatorUrl !== undefined && !kept.app)) return undefined
  if (simulatorUrl === undefined || !kept.app) return kept
  const app = await send('GET', `${tenant}/apps/${kept.app.id}`)
  const applications = `${simulatorUrl}/_control/applications`
  const { clientId: client_id, clientSecret: client_secret } = kept.app
  const redirect_uris = [text(app, 'redirect_uri')]
  // Registering it again would undo what was changed at the simulator since.
  const changed = await send('PATCH', `${applications}/${client_id}`, { redirect_uris }, [404])
  if (!changed) await send('POST', applications, { name: APP_NAME, client_id, client_secret, redirect_uris })
  return kept
}

/**
 * Registers the demo product as the tenant's identity provider. The issuer is the demo's URL, and an issuer cannot be
 * changed. So one from an earlier run on other ports is replaced.
 */
async function provideIdentityProvider(
  { apiUrl, returnUrl }: DemoTenantOptions,
  { tenantId }: DemoTenant,
): Promise<void> {
  const providers = `${apiUrl}/v1/tenants/${tenantId}/identity-providers`
  const issuer = new URL(returnUrl).origin
  const known = (await send('GET', providers)).data as readonly { id: string; issuer: string }[]
  for (const { id } of known.filter((provider) => provider.issuer !== issuer)) {
    await send('DELETE', `${providers}/${id}`)
  }
  if (known.some((provider) => provider.issuer === issuer)) return
  await send('POST', providers, { issuer, audience: tenantId, algorithms: ['ES256'] })
}

type Answer = Readonly<Record<string, unknown>>

function send(method: string, url: string, body?: object): Promise<Answer>
function send(
  method: string,
  url: string,
  body: object,
  absentAt: readonly number[],
): Promise<Answer | undefined>
async function send(
  method: string,
  url: string,
  body?: object,
  absentAt: readonly number[] = [],
): Promise<Answer | undefined> {
  const response = await fetch(url, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  })
  if (response.status === 204) return {}
  if (response.ok) return (await response.json()) as Answer
  if (absentAt.includes(response.status)) return undefined
  throw new Error(`${method} ${url} answered ${response.status}: ${await response.text()}`)
}

function text(answer: Answer, member: string): string {
  const value = answer[member]
  if (typeof value === 'string') return value
  throw new Error(`The answer has no text member "${member}"`)
}
