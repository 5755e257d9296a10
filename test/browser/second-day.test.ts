// What happens to a connection after it was made, in the demo product: the buttons of its strip for developers let things go wrong at the
// simulated ClickFunnels, and the elements of the client library show it.
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { launchBrowser, type RunningStack, startLocalStack } from './browser.ts'
import { inspect } from './inspect.ts'

let browser: Browser
let stack: RunningStack
let page: Page

beforeAll(async () => {
  browser = await launchBrowser()
  stack = await startLocalStack()
})
afterAll(async () => {
  await browser?.close()
  expect(await stack?.stop()).toBe(0)
})

const button = (name: string) => page.getByRole('button', { name })
const banner = () => page.locator('clickfunnels-reconnect-banner')
const list = () => page.locator('clickfunnels-connections')
const rows = () => page.locator('tbody tr')
const newest = (text: string) => page.locator('#events li').filter({ hasText: text }).first().waitFor()
const own = async () => (await stack.call('GET', '/v1/connections', { credential: stack.apiKey })).json.data

async function approve(on: Page = page): Promise<void> {
  await on.getByRole('radio', { name: /Brightwater Coaching/ }).check()
  await on.getByRole('button', { name: 'Authorize' }).click()
}

beforeEach(async () => {
  page = await (await browser.newContext()).newPage()
  await page.goto(stack.demo)
  await button('Connect to ClickFunnels').click()
  await approve()
  await button('Show more').waitFor()
})
afterEach(async () => {
  await stack.control('DELETE', 'faults')
  for (const { id } of await own())
    await stack.call('DELETE', `/v1/connections/${id}`, { credential: stack.apiKey })
  await page.context().close()
})

test('when the user uninstalls the app at ClickFunnels, the banner appears by itself, and one click reconnects', async () => {
  const [before] = await own()
  // The service subscribes to ClickFunnels' events after the connection was made.
  const endpoint = async () => (await stack.control('GET', 'endpoints')).endpoints.at(-1)
  await expect.poll(endpoint, { timeout: 30_000 }).toBeDefined()
  expect(await banner().isVisible()).toBe(false)
  await inspect(page, 'demo-strip')
  await button('Uninstall at ClickFunnels').click()

  await banner().getByText('The app was disconnected in ClickFunnels').waitFor()
  await list().getByText('Access lost').waitFor()
  await newest('connection.broken (disconnected_by_provider)')
  await inspect(page, 'demo-broken')
  await banner().getByRole('button', { name: 'Reconnect' }).click()
  await approve()
  await button('Show more').waitFor()
  expect(await banner().isVisible()).toBe(false)
  await list().getByText('Connected', { exact: true }).waitFor()
  await newest('connection.reconnected')
  expect(await own()).toMatchObject([{ id: before.id, status: 'active' }])
})

test('in a pop-up, the banner reconnects beside the page', async () => {
  const endpoint = async () => (await stack.control('GET', 'endpoints')).endpoints.at(-1)
  await expect.poll(endpoint, { timeout: 30_000 }).toBeDefined()
  await page.getByLabel('Connect in a pop-up').check()
  await button('Uninstall at ClickFunnels').click()
  const reconnect = banner().getByRole('button', { name: 'Reconnect' })
  await reconnect.waitFor()
  const [popup] = await Promise.all([page.waitForEvent('popup'), reconnect.click()])
  await approve(popup)
  await banner().waitFor({ state: 'hidden' })
  await list().getByText('Connected', { exact: true }).waitFor()
  expect(await rows().count()).toBe(20)
})

test('when a token without a refresh token expires, the next call notices it, and the list offers to reconnect', async () => {
  await button('Expire the token').click()
  await page.getByText('The access token has expired').waitFor()
  await button('Show more').click()
  await list().getByText('Trying again').waitFor()
  await list().getByRole('button', { name: 'Reconnect' }).click()
  await approve()
  await button('Show more').waitFor()
  await list().getByText('Connected', { exact: true }).waitFor()
})

test('after 503, the page says so, and goes on when the outage is over', async () => {
  await button('503 for 20 seconds').click()
  await page.getByText('answers 503 for 20 seconds').waitFor()
  await button('Show more').click()
  await page.locator('#notice p').waitFor()
  await stack.control('DELETE', 'faults')
  await button('Show more').click()
  await expect.poll(() => rows().count(), { timeout: 20_000 }).toBe(40)
})

test('a late event comes all the same', async () => {
  const endpoint = async () => (await stack.control('GET', 'endpoints')).endpoints.at(-1)
  await expect.poll(endpoint, { timeout: 30_000 }).toBeDefined()
  await button('Late event').click()
  await newest('contact.identified')
})

test('a button stays the same while the page asks for events, so that no click is lost', async () => {
  const more = await button('Show more').elementHandle()
  // The page asks every two seconds.
  await page.waitForTimeout(5000)
  expect(await more?.evaluate((element) => element.isConnected)).toBe(true)
})
