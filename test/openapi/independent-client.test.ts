// An independent client (openapi-client-axios) that knows only the document that the service serves goes the whole journey,
// and every answer on the way fits the document.
import { type OpenAPIClient, OpenAPIClientAxios } from 'openapi-client-axios'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Browser } from '../support/browser.ts'
import {
  completionCodeIn,
  startTestStack,
  type TestStack,
  type TestTenant,
  WORKSPACE_ID,
} from '../support/stack.ts'
import { bodyValidator } from './schemas.ts'

let stack: TestStack
let tenant: TestTenant
beforeAll(async () => {
  stack = await startTestStack()
  tenant = await stack.createTenant()
})
afterAll(() => stack?.close())

const fits = bodyValidator()

async function client(apiKey?: string): Promise<OpenAPIClient> {
  const api = new OpenAPIClientAxios({
    definition: `${stack.url}/v1/openapi.json`,
    axiosConfigDefaults: { ...(apiKey && { headers: { authorization: `Bearer ${apiKey}` } }) },
  })
  return api.init()
}

/** Calls an operation by its id and checks its answer against the document. */
async function call(api: OpenAPIClient, operation: string, schema: string, ...given: readonly unknown[]) {
  const asked = api[operation]
  if (asked === undefined) throw new Error(`The document has no operation "${operation}"`)
  const { data, headers } = await asked(...(given as [never]))
  expect(fits(schema, data), operation).toEqual([])
  return { data, headers }
}

test('a client that knows only the document connects, lists and reads funnels', async () => {
  const api = await client(tenant.apiKey)
  const end_user = { id: 'user-1', display_name: 'first user' }
  const request = { end_user, return_url: tenant.returnUrl, completion: 'verified' }
  const { data: session } = await call(api, 'createConnectSession', 'ConnectSession', null, request)

  const browser = new Browser()
  const consent = await browser.visit(session.connect_url)
  const decision = { decision: 'authorize', workspace_id: String(WORKSPACE_ID) }
  const back = await browser.submit(consent, decision, { stopBefore: tenant.returnUrl })

  const { id } = session
  const { data: connection } = await call(
    api,
    'completeConnectSession',
    'Connection',
    { id },
    { end_user: { id: end_user.id }, completion_code: completionCodeIn(back.headers) },
  )
  await call(api, 'getConnectSession', 'ConnectSession', { id })
  await call(api, 'getConnection', 'Connection', { id: connection.id })
  await call(api, 'refreshConnection', 'Connection', { id: connection.id })
  const { data: page } = await call(api, 'listConnections', 'ConnectionPage', {
    end_user_id: 'user-1',
    limit: 1,
  })
  expect(page.data.map((item: { id: string }) => item.id)).toEqual([connection.id])

  const funnels: unknown[] = []
  for (let after: string | undefined; ; ) {
    const next = await call(api, 'listFunnels', 'FunnelPage', { id: connection.id, ...(after && { after }) })
    funnels.push(...next.data)
    after = next.headers['pagination-next']
    if (after === undefined) break
  }
  expect(funnels).toHaveLength(57)

  // OpenAPI cannot say that a path parameter has slashes. A client that encodes them works as well.
  const path = `workspaces/${WORKSPACE_ID}/contacts`
  const { data: contacts } = (await api.proxyGet?.({ id: connection.id, path })) ?? { data: undefined }
  expect(contacts).toBeInstanceOf(Array)

  expect(await api.deleteConnection?.({ id: connection.id })).toMatchObject({ status: 204 })
  const gone = await api.getConnection?.({ id: connection.id }).catch((error) => error.response)
  expect(gone).toMatchObject({ status: 404 })
  expect(fits('Problem', gone?.data)).toEqual([])
})

test('every answer to the operator fits the document', async () => {
  const api = await client()
  const request = {
    name: 'By document',
    return_urls: ['https://app.example/done'],
    origins: ['https://app.example'],
    branding: { color: '#1c5fd4' },
  }
  const { data: made } = await call(api, 'createTenant', 'Tenant', null, request)
  const tenant_id = made.id
  const app = { name: 'An app', client_id: 'c', client_secret: 's' }
  const { data: registered } = await call(api, 'createApp', 'App', { tenant_id }, app)
  const { data: key } = await call(api, 'createApiKey', 'ApiKey', { tenant_id }, { name: 'back end' })
  await call(api, 'getTenant', 'Tenant', { tenant_id })
  await call(api, 'updateTenant', 'Tenant', { tenant_id }, { name: 'Renamed' })
  await call(api, 'listApps', 'AppList', { tenant_id })
  await call(api, 'getApp', 'App', { tenant_id, app_id: registered.id })
  await call(api, 'updateApp', 'App', { tenant_id, app_id: registered.id }, { client_secret: 't' })
  await call(api, 'listApiKeys', 'ApiKeyList', { tenant_id })
  await call(api, 'getTenantKeys', 'KeyRing', { tenant_id })
  await call(api, 'rotateTenantKey', 'KeyRing', { tenant_id })
  expect(await api.deleteApiKey?.({ tenant_id, key_id: key.id })).toMatchObject({ status: 204 })
})

describe('the document as it is served', () => {
  test('names the URL of the service, and any page may read it', async () => {
    const { status, headers, json } = await stack.api('/v1/openapi.json')
    expect(status).toBe(200)
    expect(json.servers).toEqual([{ url: stack.url }])
    expect(headers.get('content-type')).toBe('application/json')
    expect(headers.get('access-control-allow-origin')).toBe('*')
  })

  test('as a page has every operation, every field of a body, no script, and escaped texts', async () => {
    const { status, headers, text } = await stack.api('/v1/docs')
    expect(status).toBe(200)
    expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'sha256-/)
    const { json } = await stack.api('/v1/openapi.json')
    for (const item of Object.values(json.paths as Record<string, Record<string, { operationId: string }>>)) {
      for (const { operationId } of Object.values(item)) {
        expect(text).toContain(`<article id="${operationId}">`)
        expect(text).toContain(`href="#${operationId}"`)
      }
    }
    expect(text).not.toMatch(/<script|\son\w+=|undefined|\[object/)
    const idsOf = (attribute: RegExp) => new Set([...text.matchAll(attribute)].map(([, id]) => id))
    const targets = idsOf(/id="([^"]+)"/g)
    for (const target of idsOf(/href="#([^"]+)"/g)) expect(targets).toContain(target)
    for (const name of ['ConnectSessionRequest', 'Connection', 'Problem'])
      expect(text).toContain(`<article id="body-${name}"><h3>${name}</h3><dl>`)
    expect(text).toContain('<dt><code>completion_code</code> <span class="soft">string, optional</span></dt>')
    expect(text).toContain('POST</b> <code>/v1/connect-sessions</code>')
  })
})
