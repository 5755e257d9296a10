// The journey of a person: the demo product, ClickFunnels' consent, and back; in a real browser.
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { launchBrowser, type RunningStack, startLocalStack } from './browser.ts'

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

beforeEach(async () => {
  await page?.context().close()
  page = await (await browser.newContext()).newPage()
})

const button = (name: string | RegExp) => page.getByRole('button', { name })

async function api(method: string, path: string, body?: object) {
  const response = await fetch(`${stack.api}${path}`, {
    method,
    headers: { authorization: `Bearer ${stack.apiKey}`, 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  })
  return (await response.json()) as Record<string, string>
}

describe('a person who connects from the demo product', () => {
  test('sees 57 funnels after two clicks, and none after disconnecting', async () => {
    await page.goto(stack.demo)
    await button('Connect to ClickFunnels').click()
    await page.getByRole('radio', { name: /Brightwater Coaching/ }).check()
    await button('Authorize').click()
    await page.waitForURL(`${stack.demo}**`)
    expect(await page.locator('tbody tr').count()).toBe(57)
    expect(await page.textContent('main')).toContain('3 pages')

    await button('Disconnect').click()
    await button('Connect to ClickFunnels').waitFor()
    expect(await page.locator('tbody tr').count()).toBe(0)
  })

  test('is told in words when they refuse at ClickFunnels', async () => {
    await page.goto(stack.demo)
    await button('Connect to ClickFunnels').click()
    await button(/Cancel|Deny/).click()
    await page.waitForURL(`${stack.demo}**`)
    expect(await page.getByRole('status').textContent()).toContain('nothing was connected')
  })
})

describe('a confirmed session', () => {
  const session = () =>
    api('POST', '/v1/connect-sessions', {
      end_user: { id: 'user-9', display_name: 'the account "A&B"' },
      return_url: `${stack.demo}connected`,
      completion: 'confirmed',
    })

  test('names product and account before it leaves for ClickFunnels', async () => {
    const { connect_url = '', id } = await session()
    await page.goto(connect_url)
    expect(await page.textContent('main')).toContain('the account "A&B"')
    await button('Continue to ClickFunnels').click()
    await button('Authorize').click()
    await page.waitForURL(`${stack.demo}**`)
    expect(await api('GET', `/v1/connect-sessions/${id}`)).toMatchObject({ status: 'connected' })
  })

  test('cannot be continued in a browser that was not shown the page', async () => {
    const { connect_url = '', id } = await session()
    await page.goto(connect_url)
    const form = page.locator('form')
    const confirmation = (await form.locator('[name=confirmation]').getAttribute('value')) ?? ''
    const other = await (await browser.newContext()).newPage()
    await other.goto(`${connect_url}&confirmation=${encodeURIComponent(confirmation)}`)
    expect(await other.getByRole('button', { name: 'Continue to ClickFunnels' }).count()).toBe(1)
    expect(await api('GET', `/v1/connect-sessions/${id}`)).toMatchObject({ status: 'created' })
    await other.context().close()
  })
})

describe('the callback', () => {
  test('refuses a browser that did not start, with a page that says what to do', async () => {
    await page.goto(stack.demo)
    await button('Connect to ClickFunnels').click()
    const consent = page.url()
    const other = await (await browser.newContext()).newPage()
    await other.goto(consent)
    await other.getByRole('button', { name: 'Authorize' }).click()
    expect(await other.textContent('main')).toContain('started in another browser')
    await other.context().close()

    // Nothing was used up: the right browser still gets through.
    await button('Authorize').click()
    await page.waitForURL(`${stack.demo}**`)
    expect(await page.locator('tbody tr').count()).toBe(57)
  })
})
