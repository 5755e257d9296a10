// The client as its users get it, with the README's snippets pasted in. The project is built and used in Chromium against the
// local service.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { snippet } from '../client/snippets.ts'
import { testClient } from '../support/stack.ts'
import { inspect } from './inspect.ts'
import { type Product, startProduct } from './product.ts'

let product: Product
let page: Page
const openWith = (code: string) => product.openWith(page, code)

beforeAll(async () => {
  product = await startProduct()
}, 180_000)
afterAll(() => product?.close())

beforeEach(async () => {
  page = await (await product.browser.newContext()).newPage()
})
afterEach(async () => {
  product.headers = {}
  await product.disconnectAll()
  await page.context().close()
})

const approve = (at: Page) => at.getByRole('button', { name: 'Authorize' }).click()

const connectButton = () => page.getByRole('button', { name: 'Connect to ClickFunnels' })
const disconnectButton = () => page.getByRole('button', { name: /^Disconnect/ })

test('what is packed is the code, its types, the README, the licence and the notices', () => {
  const { installed } = product.packed
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

test('the archive has the name that the README installs', () => {
  expect(readFileSync('client/README.md', 'utf8')).toContain(`/${product.packed.archive} `)
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
  product.headers = { 'cross-origin-opener-policy': 'same-origin' }
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

test('the banner shows nothing until a connection needs its user, and reconnects it', async () => {
  await openWith(snippet('element'))
  const [popup] = await Promise.all([page.waitForEvent('popup'), connectButton().click()])
  await approve(popup)
  await page.locator('connect-clickfunnels[state=connected]').waitFor()
  const [connection] = await product.api('/v1/connections')

  const looked = () => page.waitForResponse((response) => response.url().includes('/v1/connections?'))
  await Promise.all([looked(), openWith(snippet('banner'))])
  const banner = page.locator('clickfunnels-reconnect-banner')
  expect(await banner.isVisible()).toBe(false)

  await product.breakConnection(connection?.id ?? '')
  await Promise.all([looked(), page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")])
  await banner.getByText('Brightwater Coaching: ClickFunnels ended the access').waitFor()
  await inspect(page, 'reconnect-banner')
  await banner.getByRole('button', { name: 'Reconnect' }).click()
  await approve(page)
  const connections = () => product.api('/v1/connections')
  const reconnected = [{ id: connection?.id, status: 'active' }]
  await expect.poll(connections, { timeout: 15_000 }).toMatchObject(reconnected)
  await page.waitForLoadState('networkidle')
  expect(await banner.isVisible()).toBe(false)
})

test('the element shows no button while it does not know what is connected', async () => {
  let answer = () => {}
  const answered = new Promise<void>((resolve) => (answer = resolve))
  await page.route('**/v1/connections?**', async (route) => {
    await answered
    await route.continue()
  })
  await openWith(snippet('element'))
  await page.locator('connect-clickfunnels[state=loading]').waitFor()
  expect(await connectButton().isVisible()).toBe(false)
  answer()
  await connectButton().waitFor()
})

test('the element shows the connection that there is, though coming back was refused', async () => {
  await openWith(snippet('element'))
  const [popup] = await Promise.all([page.waitForEvent('popup'), connectButton().click()])
  await approve(popup)
  await page.locator('connect-clickfunnels[state=connected]').waitFor()
  const back = new URL(page.url())
  back.search = '?connect_session=cs_00000000000000000000000000&status=awaiting_completion&completion_code=x'
  await page.goto(back.href)
  await page.locator('connect-clickfunnels[state=connected]').waitFor()
})

test('the element says when access was lost, and connects again', async () => {
  await openWith(snippet('element'))
  const [popup] = await Promise.all([page.waitForEvent('popup'), connectButton().click()])
  await approve(popup)
  await page.locator('connect-clickfunnels[state=connected]').waitFor()
  const [connection] = await product.api('/v1/connections')
  await testClient(product.stack.api, product.stack.clickfunnels).control('POST', 'tokens/revoke', {})
  await product.api(`/v1/connections/${connection?.id}/refresh`, 'POST')
  await page.reload()
  await page.locator('connect-clickfunnels[state=reconnect]').waitFor()
  const again = page.getByRole('button', { name: 'Reconnect ClickFunnels' })
  const [second] = await Promise.all([page.waitForEvent('popup'), again.click()])
  await approve(second)
  await page.locator('connect-clickfunnels[state=connected]').waitFor()
})
