// Calls from pages with an end user's JWT. A page of a registered origin can do everything. With the same JWT, the browser
// lets a page of another origin read nothing. With another end user's JWT, the service answers 404.
import { buildSync } from 'esbuild'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type LoopbackServer, listenOnLoopback } from '../../infra/local/loopback-server.ts'
import { AUDIENCE, type OpenIdProvider, startOpenIdProvider } from '../support/openid-provider.ts'
import { startTestStack, type TestStack } from '../support/stack.ts'
import { type Called, launchBrowser } from './browser.ts'

const PAGE = '<!doctype html><title>A page</title><link rel="icon" href="data:,">'

let browser: Browser
let stack: TestStack
let provider: OpenIdProvider
let registered: LoopbackServer
let elsewhere: LoopbackServer
let alice: string
let bob: string

beforeAll(async () => {
  const serve = () =>
    listenOnLoopback(0, (_, response) => response.setHeader('content-type', 'text/html').end(PAGE))
  ;[browser, stack, provider, registered, elsewhere] = await Promise.all([
    launchBrowser(),
    startTestStack(),
    startOpenIdProvider(),
    serve(),
    serve(),
  ])
  const { id } = await stack.createTenant({ origins: [registered.url] })
  const tenant = `/v1/tenants/${id}`
  const identityProvider = { issuer: provider.issuer, audience: AUDIENCE, jwks_uri: provider.jwksUri }
  await stack.api(tenant, { method: 'PATCH', body: { return_urls: [`${registered.url}/back`] } })
  await stack.api(`${tenant}/identity-providers`, { method: 'POST', body: identityProvider })
  ;[alice, bob] = await Promise.all([provider.signIn('alice'), provider.signIn('bob')])
})
afterAll(async () => {
  await browser?.close()
  await Promise.all([registered?.close(), elsewhere?.close(), provider?.close(), stack?.close()])
})

async function pageOf({ url }: LoopbackServer): Promise<Page> {
  const page = await (await browser.newContext()).newPage()
  await page.goto(url)
  return page
}

/** What a script of the page can read. @throws Error when the browser lets it read nothing */
function call(
  from: Page,
  token: string,
  method: string,
  path: string,
  body?: object,
): Promise<Called & { readonly headers: Readonly<Record<string, string>> }> {
  const headers = { authorization: `Bearer ${token}`, ...(body && { 'content-type': 'application/json' }) }
  const init = { method, headers, ...(body && { body: JSON.stringify(body) }) }
  return from.evaluate(
    async ([url, init]) => {
      const response = await fetch(url, init)
      const headers = Object.fromEntries(response.headers)
      return { status: response.status, headers, json: await response.json() }
    },
    [`${stack.url}${path}`, init] as const,
  )
}

test('the library tells a page of another origin that the service is there', async () => {
  const { outputFiles } = buildSync({
    entryPoints: ['client/src/index.ts'],
    ...{ bundle: true, format: 'iife', globalName: 'library', write: false },
  })
  const page = await pageOf(elsewhere)
  await page.addScriptTag({ content: outputFiles[0]?.text ?? '' })
  const ask = `new library.FunnelConnect({ url: '${stack.url}', token: () => '${alice}' }).connections.list().page()`
  expect(await page.evaluate(`${ask}.catch(({ code, message }) => [code, message])`)).toEqual([
    'network_error',
    `${stack.url} is there, but its answer was kept from this page. Is the origin ${elsewhere.url} registered?`,
  ])
})

test('a page of a registered origin starts, connects, completes and lists; no other page, and no other user', async () => {
  const [page, stranger, evil] = await Promise.all([
    pageOf(registered),
    pageOf(registered),
    pageOf(elsewhere),
  ])
  const refused = (method: string, path: string, body?: object) =>
    expect(call(evil, alice, method, path, body), `${method} ${path}`).rejects.toThrow('Failed to fetch')
  const missing = { status: 404, json: { code: 'not_found' } }

  const wanted = { return_url: `${registered.url}/back` }
  await refused('POST', '/v1/connect-sessions', wanted)
  const started = await call(page, alice, 'POST', '/v1/connect-sessions', wanted)
  expect(started).toMatchObject({ status: 201, json: { completion: 'verified', end_user: { id: 'alice' } } })
  const session = `/v1/connect-sessions/${started.json.id}`

  await page.goto(started.json.connect_url)
  await page.getByRole('button', { name: 'Authorize' }).click()
  await page.waitForURL(`${wanted.return_url}?**`)
  const completion_code = new URL(page.url()).searchParams.get('completion_code')
  expect(await call(page, alice, 'GET', session)).toMatchObject({ json: { status: 'awaiting_completion' } })
  await refused('GET', session)
  expect(await call(stranger, bob, 'GET', session)).toMatchObject(missing)
  expect(await call(stranger, bob, 'POST', `${session}/complete`, {})).toMatchObject(missing)
  const connection = await call(page, alice, 'POST', `${session}/complete`, { completion_code })
  expect(connection).toMatchObject({ status: 200, json: { status: 'active', end_user: { id: 'alice' } } })

  const funnels = `/v1/connections/${connection.json.id}/funnels`
  const listed = await call(page, alice, 'GET', funnels)
  // Pages may read the headers of ClickFunnels that they need.
  expect(listed).toMatchObject({ status: 200, headers: { 'pagination-next': expect.any(String) } })
  expect(listed.json).toHaveLength(20)
  await refused('GET', funnels)
  expect(await call(stranger, bob, 'GET', funnels)).toMatchObject(missing)
  expect(await call(stranger, bob, 'GET', '/v1/connections')).toMatchObject({ json: { data: [] } })
  // A refusal can be read, so that the page can renew its token.
  const tampered = `${alice.slice(0, -8)}AAAAAAAA`
  expect(await call(page, tampered, 'GET', funnels)).toMatchObject({ status: 401 })
})
