// The journey of a user in a real browser: from the demo product to ClickFunnels' consent page and back.
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { expireAttempts } from '../support/table.ts'
import { launchBrowser, NO_COOKIES, type RunningStack, startLocalStack } from './browser.ts'
import { inspect } from './inspect.ts'

let browser: Browser
let stack: RunningStack
let context: BrowserContext
let page: Page

beforeAll(async () => {
  browser = await launchBrowser()
  stack = await startLocalStack()
})
afterAll(async () => {
  await browser?.close()
  expect(await stack?.stop()).toBe(0)
})

beforeEach(async () => {
  await context?.close()
  context = await browser.newContext()
  page = await context.newPage()
})

const button = (name: string | RegExp, on: Page = page) => on.getByRole('button', { name })
const rows = (on: Page = page) => on.locator('tbody tr')
const notice = (on: Page = page) => on.getByRole('status').locator('p')
const connectButton = (on: Page = page) => button('Connect to ClickFunnels', on)

const noticed = (words: string) => notice().filter({ hasText: words }).waitFor()

/** Waits until the page is no longer busy. */
const settled = (on: Page = page) => on.locator('#app[aria-busy=false]').waitFor()

/** All tests use the same accounts, so each starts without a connection. */
beforeEach(async () => {
  const credential = stack.apiKey
  const { json } = await stack.call('GET', '/v1/connections', { credential })
  for (const { id } of json.data) await stack.call('DELETE', `/v1/connections/${id}`, { credential })
  await page.goto(stack.demo)
  await settled()
  await connectButton().waitFor()
})

/** The list of connections asks once. */
async function disconnect(on: Page = page): Promise<void> {
  await button('Disconnect', on).click()
  await button('Keep', on).waitFor()
  await button('Disconnect', on).click()
}

async function approve(on: Page = page): Promise<void> {
  await on.getByRole('radio', { name: /Brightwater Coaching/ }).check()
  await button('Authorize', on).click()
}

async function connected(on: Page = page): Promise<void> {
  await button('Show more', on).waitFor()
  expect(await notice(on).textContent()).toBe('ClickFunnels is connected.')
  expect(await rows(on).count()).toBe(20)
  expect(new URL(on.url()).pathname + new URL(on.url()).search).toBe('/')
}

describe('by redirect', () => {
  test('a browser that is new at ClickFunnels logs in first, by one click, and not again', async () => {
    const visitor = await (await browser.newContext({ storageState: NO_COOKIES })).newPage()
    await visitor.goto(stack.demo)
    await settled(visitor)
    await connectButton(visitor).click()
    await button('Continue as Demo Owner', visitor).waitFor()
    await inspect(visitor, 'login')
    await button('Continue as Demo Owner', visitor).click()
    await approve(visitor)
    await connected(visitor)
    await disconnect(visitor)
    await connectButton(visitor).click()
    await approve(visitor)
    await connected(visitor)
    await visitor.context().close()
  })

  test('a user sees funnels after two clicks, all of them page by page, and none after disconnecting', async () => {
    await inspect(page, 'demo-invitation')
    await connectButton().click()
    await button('Authorize').waitFor()
    await inspect(page, 'consent')
    await approve()
    await connected()
    await inspect(page, 'demo-connected')
    for (const count of [40, 57]) {
      await button('Show more').click()
      await expect.poll(() => rows().count(), { timeout: 15_000 }).toBe(count)
    }
    expect(await page.textContent('main')).toContain('These are all 57 funnels.')

    await disconnect()
    await noticed('ClickFunnels is disconnected')
    await connectButton().waitFor()
    expect(await rows().count()).toBe(0)
  })

  test('shows a notice when the user refuses at ClickFunnels', async () => {
    await connectButton().click()
    await button('Cancel').click()
    await connectButton().waitFor()
    await noticed('Nothing was connected')
    await inspect(page, 'demo-denied')
  })

  test('returns to the product when the link has expired, and says what to do', async () => {
    let link = ''
    await page.route('**/v1/authorize?**', async (route) => {
      link = route.request().url()
      await expireAttempts(stack)
      await route.continue()
    })
    await connectButton().click()
    await noticed('has expired')
    expect(new URL(page.url()).origin).toBe(new URL(stack.demo).origin)
    expect(link).not.toBe('')
  })

  test('connects nothing for another user than the one who started', async () => {
    await connectButton().click()
    await button('Authorize').waitFor()
    const other = await context.newPage()
    await other.goto(stack.demo)
    await button('Switch to demo user 2', other).click()
    await button('Switch to demo user 1', other).waitFor()
    await approve()
    await noticed('different user than the one who started')
    await connectButton().waitFor()
    // Nor for the one who started.
    await button('Switch to demo user 1').click()
    await button('Switch to demo user 2').waitFor()
    await connectButton().waitFor()
  })

  test('shows what is connected, though coming back from another attempt was refused', async () => {
    await connectButton().click()
    await approve()
    await connected()
    const back = 'connect_session=cs_00000000000000000000000000&status=awaiting_completion&completion_code=x'
    await page.goto(`${stack.demo}/connected?${back}`)
    await button('Show more').waitFor()
    expect(await notice().textContent()).toContain('no longer exists')
    expect(new URL(page.url()).pathname).toBe('/')
  })

  test('connects again after ClickFunnels took the access away', async () => {
    await connectButton().click()
    await approve()
    await connected()
    await stack.control('POST', 'tokens/revoke')
    await button('Show more').click()
    await button('Reconnect').waitFor()
    await inspect(page, 'demo-lost')
    await button('Reconnect').click()
    await approve()
    await connected()
  })
})

describe('in a pop-up', () => {
  const popUp = async () => {
    const opened = context.waitForEvent('page')
    await button('In a pop-up').click()
    const popup = await opened
    await button('Authorize', popup).waitFor()
    return popup
  }
  const closed = (popup: Page) => expect.poll(() => popup.isClosed(), { timeout: 15_000 }).toBe(true)

  test('the page stays, the window closes itself, and the funnels are there', async () => {
    const popup = await popUp()
    await approve(popup)
    await connected()
    await closed(popup)
  })

  test('a refusal closes the window too', async () => {
    const popup = await popUp()
    await button('Cancel', popup).click()
    await noticed('Nothing was connected')
    await closed(popup)
  })

  test('that the browser blocks becomes a redirect', async () => {
    await page.evaluate('window.open = () => null')
    await button('In a pop-up').click()
    await approve()
    await connected()
  })
})

test('connects by redirect and in a pop-up while third-party cookies are off', async () => {
  const strict = await launchBrowser(['--test-third-party-cookie-phaseout'])
  try {
    for (const way of ['Connect to ClickFunnels', 'In a pop-up']) {
      const visitor = await (await strict.newContext()).newPage()
      await visitor.goto(stack.demo)
      await settled(visitor)
      const popup = way === 'In a pop-up' ? visitor.context().waitForEvent('page') : undefined
      await button(way, visitor).click()
      await approve((await popup) ?? visitor)
      await connected(visitor)
      await disconnect(visitor)
      await notice(visitor).filter({ hasText: 'is disconnected' }).waitFor()
    }
  } finally {
    await strict.close()
  }
})
