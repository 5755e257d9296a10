// Session fixation (RFC 9700 section 4.7) in browsers: an attacker starts a session and makes a victim approve it. In
// neither mode may the victim's workspace be connected to the attacker's account.
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchBrowser, type RunningStack, startLocalStack } from './browser.ts'
import { inspect } from './inspect.ts'

let browser: Browser
let stack: RunningStack
let victim: Page

beforeAll(async () => {
  browser = await launchBrowser()
  stack = await startLocalStack()
  victim = await (await browser.newContext()).newPage()
})
afterAll(async () => {
  await browser?.close()
  await stack?.stop()
})

const button = (name: string) => victim.getByRole('button', { name })
/** How many codes ClickFunnels has exchanged. */
const exchanges = async () => (await stack.control('GET', 'tokens')).grants.authorization_code

test('verified: the victim comes back with a login of their own, and the code is never exchanged', async () => {
  const before = await exchanges()
  // The attacker is user 2 of the product, with a token of their own.
  const attacker = await (await browser.newContext()).newPage()
  await attacker.goto(stack.demo)
  await attacker.getByRole('button', { name: 'Switch to demo user 2' }).click()
  await attacker.getByRole('button', { name: 'Switch to demo user 1' }).waitFor()
  const token: string = await attacker.evaluate(
    async () => JSON.parse(await (await fetch('/token', { method: 'POST' })).text()).token,
  )
  const asAttacker = (method: string, path: string, body?: object) =>
    stack.call(method, path, { credential: token, body })
  const session = await asAttacker('POST', '/v1/connect-sessions', {
    return_url: `${stack.demo}connected`,
  })
  expect(session.json).toMatchObject({ completion: 'verified', end_user: { id: 'user-2' } })

  // The victim, logged in as user 1, follows the link and approves.
  await victim.goto(stack.demo)
  await victim.goto(session.json.connect_url)
  await button('Authorize').click()
  await expect
    .poll(() => victim.locator('#notice').textContent(), { timeout: 15_000 })
    .toContain('different user than the one who started')

  const path = `/v1/connect-sessions/${session.json.id}`
  expect(await asAttacker('POST', `${path}/complete`, {})).toMatchObject({
    status: 409,
    json: { code: 'session_not_completable' },
  })
  expect((await asAttacker('GET', path)).json).toMatchObject({ status: 'failed', error: 'end_user_mismatch' })
  expect((await asAttacker('GET', '/v1/connections')).json).toEqual({ data: [] })
  expect(await exchanges()).toBe(before)
})

test('verified with an API key: the attacker opens the return page first, and nothing is connected', async () => {
  const before = await exchanges()
  const asBackEnd = (method: string, path: string, body?: object) =>
    stack.call(method, path, { credential: stack.apiKey, body })
  const session = await asBackEnd('POST', '/v1/connect-sessions', {
    end_user: { id: 'attacker-1' },
    return_url: `${stack.demo}connected`,
  })
  expect(session.json).toMatchObject({ completion: 'verified' })
  const path = `/v1/connect-sessions/${session.json.id}`
  // The product's return page, played by a back end that completes with the user of its own login.
  const returnPage = (query: URLSearchParams, user: string) =>
    asBackEnd('POST', `${path}/complete`, {
      end_user: { id: user },
      completion_code: query.get('completion_code') ?? undefined,
    })
  // The victim's browser comes back, and the page does not complete yet.
  const stranger = await (await browser.newContext({ javaScriptEnabled: false })).newPage()
  const returns: URL[] = []
  stranger.on('request', (request) => {
    if (request.url().startsWith(`${stack.demo}connected`)) returns.push(new URL(request.url()))
  })
  await stranger.goto(session.json.connect_url)
  await stranger.getByRole('button', { name: 'Authorize' }).click()
  await expect.poll(() => returns.length, { timeout: 15_000 }).toBe(1)
  const guess = new URLSearchParams({ connect_session: session.json.id, status: 'awaiting_completion' })
  expect(await returnPage(guess, 'attacker-1')).toMatchObject({
    status: 403,
    json: { code: 'completion_code_mismatch' },
  })
  // The used link tells the attacker's browser no id.
  const attacker = await (await browser.newContext()).newPage()
  await attacker.goto(session.json.connect_url)
  expect(await attacker.content()).not.toContain('cs_')
  expect(await attacker.getByRole('link').getAttribute('href')).toBe(`${stack.demo}connected?error=link_used`)
  expect((await asBackEnd('GET', path)).json).toMatchObject({ status: 'awaiting_completion' })
  const returned = returns[0]?.searchParams ?? new URLSearchParams()
  expect((await returnPage(returned, 'victim-1')).json).toMatchObject({ code: 'end_user_mismatch' })
  expect((await asBackEnd('GET', path)).json).toMatchObject({ status: 'failed', error: 'end_user_mismatch' })
  expect(await exchanges()).toBe(before)
})

test("confirmed: the page names the attacker's account before anything happens, and the victim ends it there", async () => {
  const before = await exchanges()
  const end_user = { id: 'attacker-1', display_name: 'the account of the attacker' }
  const session = await stack.call('POST', '/v1/connect-sessions', {
    credential: stack.apiKey,
    body: { end_user, return_url: `${stack.demo}connected`, completion: 'confirmed' },
  })
  const asked: string[] = []
  victim.on('request', (request) => asked.push(request.url()))
  await victim.goto(session.json.connect_url)
  const text = await victim.textContent('main')
  for (const name of ['Tidemark', end_user.id, end_user.display_name]) expect(text).toContain(name)
  await inspect(victim, 'confirmation-live')
  await button('Not you? Stop here').click()
  await victim.getByRole('heading', { name: 'Nothing was connected' }).waitFor()
  expect(asked.filter((url) => url.startsWith(stack.clickfunnels))).toEqual([])
  const sessionNow = () =>
    stack.call('GET', `/v1/connect-sessions/${session.json.id}`, { credential: stack.apiKey })
  expect((await sessionNow()).json).toMatchObject({ status: 'denied', error: 'access_denied' })
  await victim.goto(session.json.connect_url)
  expect(await victim.textContent('h1')).toContain('already used')
  expect(await exchanges()).toBe(before)
})

test('confirmed: "Back" from ClickFunnels and a double click go on in the same browser', async () => {
  const end_user = { id: 'user-1', display_name: 'demo user 1' }
  const session = await stack.call('POST', '/v1/connect-sessions', {
    credential: stack.apiKey,
    body: { end_user, return_url: `${stack.demo}connected`, completion: 'confirmed' },
  })
  const page = await (await browser.newContext()).newPage()
  const go = page.getByRole('button', { name: 'Continue to ClickFunnels' })
  await page.goto(session.json.connect_url)
  await go.click()
  await page.getByRole('button', { name: 'Authorize' }).waitFor()
  await page.goBack()
  await go.dblclick()
  await page.getByRole('button', { name: 'Authorize' }).click()
  await page.waitForURL((url) => url.href.startsWith(stack.demo))
  const { json } = await stack.call('GET', `/v1/connect-sessions/${session.json.id}`, {
    credential: stack.apiKey,
  })
  expect(json).toMatchObject({ status: 'connected' })
})

test('confirmed: another tab and a callback that is loaded again lead back to the product, and the used link says so', async () => {
  const session = await stack.call('POST', '/v1/connect-sessions', {
    credential: stack.apiKey,
    body: { end_user: { id: 'user-1' }, return_url: `${stack.demo}connected`, completion: 'confirmed' },
  })
  const context = await browser.newContext()
  const callbacks: string[] = []
  const returns: URL[] = []
  context.on('request', (request) => {
    if (request.url().startsWith(`${stack.api}/v1/callback/`)) callbacks.push(request.url())
    if (request.url().startsWith(`${stack.demo}connected`)) returns.push(new URL(request.url()))
  })
  const tabs = [await context.newPage(), await context.newPage()]
  for (const tab of tabs) {
    await tab.goto(session.json.connect_url)
    await tab.getByRole('button', { name: 'Continue to ClickFunnels' }).click()
    await tab.getByRole('button', { name: 'Authorize' }).waitFor()
  }
  const back = async (times: number) => {
    await expect.poll(() => returns.length, { timeout: 15_000 }).toBe(times)
    expect(returns.at(-1)?.searchParams.get('status')).toBe('connected')
    expect(returns.at(-1)?.searchParams.get('connect_session')).toBe(session.json.id)
  }
  await tabs[0]?.getByRole('button', { name: 'Authorize' }).click()
  await back(1)
  // The other tab was still at ClickFunnels.
  await tabs[1]?.getByRole('button', { name: 'Authorize' }).click()
  await back(2)
  await tabs[0]?.goto(callbacks[0] ?? '').catch(() => undefined)
  await back(3)
  await tabs[0]?.goto(session.json.connect_url)
  expect(await tabs[0]?.textContent('h1')).toBe('This link was already used')
  expect(await tabs[0]?.textContent('main')).toContain('If ClickFunnels is not connected there')
  await tabs[0]?.getByRole('link', { name: 'Back to' }).waitFor()
  await context.close()
})
