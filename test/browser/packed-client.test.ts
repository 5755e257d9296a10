// The client as its users get it: packed, installed into an empty Vite project, with the README's snippets pasted in. The
// project is built and used in Chromium against the local service.
import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { promisify } from 'node:util'
import type { Browser, Page } from 'playwright-core'
import { build } from 'vite'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { Tokens } from '../../infra/local/demo/tokens.ts'
import { type LoopbackServer, listenOnLoopback } from '../../infra/local/loopback-server.ts'
import { snippet } from '../client/snippets.ts'
import { type TestTenant, testClient } from '../support/stack.ts'
import { launchBrowser, type RunningStack, startLocalStack } from './browser.ts'

const run = promisify(execFile)
const project = mkdtempSync(join(tmpdir(), 'vite-project-'))
const built = join(project, 'dist')
/** The product's own login. */
const tokens = new Tokens()
const USER = { id: 'user-1', name: 'demo user 1' }
let browser: Browser
let stack: RunningStack
let server: LoopbackServer
let tenant: TestTenant
let page: Page
/** Headers that the product's page is served with. */
let headers: Record<string, string> = {}

beforeAll(async () => {
  const packing = await run('npm', ['pack', '--silent', '--pack-destination', project], { cwd: 'client' })
  writeFileSync(join(project, 'package.json'), '{"name":"empty","private":true,"type":"module"}')
  const archive = join(project, packing.stdout.trim().split('\n').at(-1) ?? '')
  await run('npm', ['install', '--offline', '--no-audit', '--no-fund', archive], { cwd: project })

  server = await listenOnLoopback(0, ({ url = '/' }, response) => {
    const { pathname } = new URL(url, 'http://127.0.0.1')
    if (pathname === '/token') return void response.end(tokens.issue(server.url, tenant.id, USER))
    if (pathname === '/.well-known/jwks.json') return void response.end(JSON.stringify(tokens.keySet()))
    const file = extname(pathname) === '' ? 'index.html' : pathname
    response.setHeader('content-type', file.endsWith('.js') ? 'text/javascript' : 'text/html')
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
    response.end(readFileSync(join(built, file)))
  })
  browser = await launchBrowser()
  stack = await startLocalStack()
  const client = testClient(stack.api, stack.clickfunnels)
  tenant = await client.createTenant({ origins: [server.url] })
  const change = { return_urls: [`${server.url}/`] }
  await client.api(`/v1/tenants/${tenant.id}`, { method: 'PATCH', body: change })
  const identityProvider = { issuer: server.url, audience: tenant.id }
  await client.api(`/v1/tenants/${tenant.id}/identity-providers`, { method: 'POST', body: identityProvider })
  // Packs, installs, synthesizes: minutes, on a busy machine.
}, 180_000)
afterAll(async () => {
  await browser?.close()
  await server?.close()
  await stack?.stop()
  rmSync(project, { recursive: true, force: true })
})

beforeEach(async () => {
  page = await (await browser.newContext()).newPage()
})
afterEach(async () => {
  headers = {}
  for (const item of await api('/v1/connections')) await api(`/v1/connections/${item.id}`, 'DELETE')
  await page.context().close()
})

async function api(path: string, method = 'GET') {
  const response = await fetch(`${stack.api}${path}`, {
    method,
    headers: { authorization: `Bearer ${tenant.apiKey}` },
  })
  return method === 'GET' ? ((await response.json()) as { data: { id: string }[] }).data : []
}

/** Builds the project with this code as its only module, and opens it. */
async function openWith(code: string): Promise<void> {
  writeFileSync(join(project, 'main.js'), code.replace('https://connect.example.com', stack.api))
  const script = '<script type="module" src="/main.js"></script>'
  writeFileSync(join(project, 'index.html'), `<!doctype html><link rel="icon" href="data:,">${script}`)
  await build({ root: project, configFile: false, logLevel: 'error' })
  await page.goto(server.url)
}

const approve = (at: Page) => at.getByRole('button', { name: 'Authorize' }).click()

const connectButton = () => page.getByRole('button', { name: 'Connect to ClickFunnels' })
const disconnectButton = () => page.getByRole('button', { name: /^Disconnect/ })

test('what is packed is the code, its types, the README, the licence and the notices', () => {
  const installed = join(project, 'node_modules/@funnel-connect/client')
  expect(readdirSync(installed).toSorted()).toEqual([
    'LICENSE',
    'README.md',
    'THIRD-PARTY-NOTICES.txt',
    'dist',
    'package.json',
  ])
  expect(readdirSync(join(installed, 'dist'))).toEqual(
    expect.arrayContaining(['index.js', 'index.d.ts', 'element.js', 'element.d.ts', 'api.d.ts']),
  )
})

test('the snippet for a page connects by redirect and lists the funnels', async () => {
  await openWith(snippet('page'))
  await connectButton().click()
  await approve(page)
  await page.locator('li').nth(56).waitFor()
  expect(await page.locator('li').count()).toBe(57)
  expect(new URL(page.url()).search).toBe('')
  await disconnectButton().click()
  await connectButton().waitFor()
})

test('the snippet for a popup connects beside the page', async () => {
  await openWith(`${snippet('page')}\n${snippet('popup')}`)
  const [popup] = await Promise.all([page.waitForEvent('popup'), connectButton().click()])
  const closed = popup.waitForEvent('close')
  await approve(popup)
  await page.locator('li').nth(56).waitFor()
  await closed
})

test('a page that is separated from its popups gets the connection, too', async () => {
  headers = { 'cross-origin-opener-policy': 'same-origin' }
  await openWith(`${snippet('page')}\n${snippet('popup')}`)
  const [popup] = await Promise.all([page.context().waitForEvent('page'), connectButton().click()])
  await popup.getByRole('button', { name: 'Authorize' }).waitFor()
  expect(await popup.evaluate('window.opener')).toBeNull()
  await approve(popup)
  await page.locator('li').nth(56).waitFor()
})

test('a popup that is blocked becomes a redirect', async () => {
  await openWith(`window.open = () => null\n${snippet('page')}\n${snippet('popup')}`)
  await connectButton().click()
  await approve(page)
  await page.locator('li').nth(56).waitFor()
})

test('the element connects, shows its state, and disconnects', async () => {
  await openWith(snippet('element'))
  const element = page.locator('connect-clickfunnels')
  const state = (name: string) => page.locator(`connect-clickfunnels[state=${name}]`).waitFor()
  await state('disconnected')
  const [popup] = await Promise.all([page.waitForEvent('popup'), connectButton().click()])
  await state('connecting')
  const closed = popup.waitForEvent('close')
  await approve(popup)
  await state('connected')
  await closed
  expect(await element.getByRole('status').textContent()).toBe('Connected to Brightwater Coaching')
  await page.reload()
  await state('connected')
  await disconnectButton().click()
  await state('disconnected')
})

test('the element says when access was lost, and connects again', async () => {
  await openWith(snippet('element'))
  const [popup] = await Promise.all([page.waitForEvent('popup'), connectButton().click()])
  await approve(popup)
  await page.locator('connect-clickfunnels[state=connected]').waitFor()
  const [connection] = await api('/v1/connections')
  await testClient(stack.api, stack.clickfunnels).control('POST', 'tokens/revoke', {})
  await fetch(`${stack.api}/v1/connections/${connection?.id}/refresh`, {
    method: 'POST',
    headers: { authorization: `Bearer ${tenant.apiKey}` },
  })
  await page.reload()
  await page.locator('connect-clickfunnels[state=reconnect]').waitFor()
  const again = page.getByRole('button', { name: 'Reconnect ClickFunnels' })
  const [second] = await Promise.all([page.waitForEvent('popup'), again.click()])
  await approve(second)
  await page.locator('connect-clickfunnels[state=connected]').waitFor()
})
