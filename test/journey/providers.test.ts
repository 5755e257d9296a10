// The provider is configuration: the real service's URLs, those the project was first asked for, and any other server.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { afterEach, describe, expect, test } from 'vitest'
import { providerProfile } from '#adapters/clickfunnels/profiles.ts'
import type { WorkspaceId } from '#domain/ids.ts'
import { apiBase, funnelsPath } from '#domain/provider/profile.ts'
import { Browser } from '../support/browser.ts'
import { startTestStack, type TestStack } from '../support/stack.ts'

let stack: TestStack | undefined
let server: Server | undefined
afterEach(async () => {
  await stack?.close()
  server?.closeAllConnections()
  server?.close()
})

const RETURN_URL = 'https://acme.example/done'
const CLIENT = { client_id: 'the-client', client_secret: 'the-client-secret-0123456789' }

/** A tenant whose app is not registered anywhere yet. */
async function tenantOf(running: TestStack) {
  const post = async (path: string, body: object) => (await running.api(path, { method: 'POST', body })).json
  const { id } = await post('/v1/tenants', { name: 'Example', return_urls: [RETURN_URL] })
  const app = await post(`/v1/tenants/${id}/apps`, { name: 'Example', ...CLIENT })
  const { api_key } = await post(`/v1/tenants/${id}/api-keys`, { name: 'test' })
  return { app, key: api_key as string }
}

async function authorizationRequest(running: TestStack, key: string, browser = new Browser()) {
  const body = { end_user: { id: 'user-1' }, return_url: RETURN_URL, completion: 'confirmed' }
  const { json } = await running.api('/v1/connect-sessions', { method: 'POST', key, body })
  const page = await browser.visit(json.connect_url)
  const redirect = await browser.submit(page, {}, { stopBefore: 'http' })
  return new URL(redirect.headers.get('location') ?? '')
}

const SETTINGS = { CLICKFUNNELS_ACCOUNTS_URL: '', CLICKFUNNELS_API_URL: '', CLICKFUNNELS_WORKSPACE_HOSTS: '' }
const PKCE_AND_STATE = {
  state: expect.stringMatching(/^[\w-]{43}$/),
  code_challenge: expect.stringMatching(/^[\w-]{43}$/),
  code_challenge_method: 'S256',
}

describe('the profile', () => {
  test('"seed" sends exactly the parameters of the first request, plus state and PKCE', async () => {
    stack = await startTestStack({ provider: { profile: 'seed' } })
    const { app, key } = await tenantOf(stack)
    const url = await authorizationRequest(stack, key)
    expect(url.origin + url.pathname).toBe('https://app.clickfunnels.com/oauth/authorize')
    expect(Object.fromEntries(url.searchParams)).toEqual({
      client_id: CLIENT.client_id,
      redirect_uri: app.redirect_uri,
      response_type: 'code',
      ...PKCE_AND_STATE,
    })
    const profile = providerProfile({ ...SETTINGS, CLICKFUNNELS_PROFILE: 'seed' })
    const path = funnelsPath(profile, undefined) ?? []
    expect(`${apiBase(profile, {}, path)}/${path.join('/')}`).toBe(
      'https://api.clickfunnels.com/api/v2/funnels',
    )
    expect(profile.tokenEndpoint).toBe('https://app.clickfunnels.com/oauth/token')
  })

  test('"clickfunnels" sends what the real service asks for', async () => {
    stack = await startTestStack({ provider: { profile: 'clickfunnels' } })
    const { app, key } = await tenantOf(stack)
    const url = await authorizationRequest(stack, key)
    expect(url.origin + url.pathname).toBe('https://accounts.myclickfunnels.com/oauth/authorize')
    expect(Object.fromEntries(url.searchParams)).toEqual({
      client_id: CLIENT.client_id,
      redirect_uri: app.redirect_uri,
      response_type: 'code',
      grant_type: 'authorization_code',
      new_installation: 'true',
      ...PKCE_AND_STATE,
    })
    const profile = providerProfile({ ...SETTINGS, CLICKFUNNELS_PROFILE: 'clickfunnels' })
    const workspace = { id: '7' as WorkspaceId, host: 'shop.myclickfunnels.com' }
    const path = funnelsPath(profile, workspace.id) ?? []
    expect(`${apiBase(profile, workspace, path)}/${path.join('/')}`).toBe(
      'https://shop.myclickfunnels.com/api/v2/workspaces/7/funnels',
    )
    expect(apiBase(profile, workspace, ['me'])).toBe('https://accounts.myclickfunnels.com/api/v2')
  })

  test('"custom" works with an authorization server that is no simulator of ours', async () => {
    const plain = await plainOAuthServer()
    stack = await startTestStack({
      provider: { accountsUrl: plain.url, workspaceHosts: new URL(plain.url).host },
    })
    const { key } = await tenantOf(stack)
    const browser = new Browser()
    const authorize = await authorizationRequest(stack, key, browser)
    expect(authorize.origin).toBe(plain.url)
    const callback = new URL(authorize.searchParams.get('redirect_uri') ?? '')
    callback.search = `?code=the-code&state=${authorize.searchParams.get('state')}`
    const page = await browser.visit(callback, { stopBefore: RETURN_URL })
    const connection = new URL(page.headers.get('location') ?? '').searchParams.get('connection_id')
    const funnels = () => stack?.api(`/v1/connections/${connection}/funnels`, { key })
    expect(await funnels()).toMatchObject({ status: 200, json: [{ id: 1 }] })
    plain.expire()
    expect(await funnels()).toMatchObject({ status: 200, json: [{ id: 1 }] })
    const deleted = await stack.api(`/v1/connections/${connection}`, { method: 'DELETE', key })
    expect(deleted.status).toBe(204)
    expect(plain.seen).toEqual(['authorization_code', 'refresh_token', 'revoke', 'revoke'])
  })
})

/** The least a provider can be: standard answers, no extras, one host, `GET /me` for the workspace. */
async function plainOAuthServer() {
  const seen: string[] = []
  let generation = 0
  server = createServer(async (request, response) => {
    const json = (status: number, body: object) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    const form = new URLSearchParams(String(await buffer(request)))
    const path = request.url?.split('?')[0]
    if (path === '/oauth/token') {
      seen.push(form.get('grant_type') ?? '')
      generation += 1
      const tokens = { access_token: `access-${generation}`, refresh_token: `refresh-${generation}` }
      return json(200, { ...tokens, token_type: 'bearer', expires_in: 3600 })
    }
    if (path === '/oauth/revoke') {
      seen.push('revoke')
      return json(200, {})
    }
    if (request.headers.authorization !== `Bearer access-${generation}`) return json(401, { error: 'no' })
    if (path === '/api/v2/me')
      return json(200, { connected_workspace: { workspace_id: 42, workspace_name: 'Shop' } })
    if (path === '/api/v2/workspaces/42/funnels') return json(200, [{ id: 1 }])
    return json(404, { error: 'not found' })
  })
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, seen, expire: () => (generation += 1) }
}
