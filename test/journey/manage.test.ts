// The hosted manage page over HTTP, and what attackers try with its link, its cookie and its forms.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { MANAGE_COOKIE } from '#domain/manage/manage-visit.ts'
import { Browser, type Page } from '../support/browser.ts'
import type { FaultyDynamoDb } from '../support/faulty-dynamodb.ts'
import { type FaultyStack, startFaultyStack } from '../support/faulty-stack.ts'
import { type TestStack, type TestTenant, WORKSPACE_ID } from '../support/stack.ts'
import { ageRefusals } from '../support/table.ts'

let store: FaultyDynamoDb
let stack: TestStack
let tenant: TestTenant
const end_user = { id: 'user-1', display_name: 'Ada' }

let faulty: FaultyStack

beforeAll(async () => {
  faulty = await startFaultyStack()
  ;({ stack, store } = faulty)
})
afterAll(() => faulty?.close())
beforeEach(async () => {
  tenant = await stack.createTenant()
})

const call = (method: string, path: string, body?: object, key = tenant.apiKey) =>
  stack.api(path, { method, key, ...(body && { body }) })
const linkFor = async (user: object = end_user, more: object = {}) =>
  call('POST', '/v1/manage-links', { end_user: user, return_url: tenant.returnUrl, ...more })
const urlFor = async (user: object = end_user): Promise<string> => (await linkFor(user)).json.manage_url
const here = () => `${stack.url}/v1/manage`
const connections = async () => (await call('GET', '/v1/connections')).json.data
const approval = { decision: 'authorize', workspace_id: String(WORKSPACE_ID) }

async function opened(user: object = end_user) {
  const browser = new Browser()
  return { browser, page: await browser.visit(await urlFor(user)) }
}

/** The form of a page that has this hidden field. */
function formWith(page: Page, name: string, value: string): Page {
  const forms = page.html.match(/<form[\s\S]*?<\/form>/g) ?? []
  const html = forms.find((form) => form.includes(`name="${name}" value="${value}"`))
  if (html === undefined) throw new Error(`The page has no form with ${name}=${value}: ${page.html}`)
  return { ...page, html }
}
const press = (browser: Browser, page: Page, action: string, more: object = {}) =>
  browser.submit(formWith(page, 'action', action), {}, more)
const token = (page: Page) => /name="token" value="([^"]+)"/.exec(page.html)?.[1] ?? ''
const cookieOf = (page: Page) => page.headers.getSetCookie().find((one) => one.startsWith(MANAGE_COOKIE))

test('an end user connects, sees the connection, disconnects after a question, and leaves', async () => {
  const { browser, page } = await opened()
  expect(page).toMatchObject({ status: 200 })
  expect(page.url.href).toBe(here())
  expect(page.html).toContain('No ClickFunnels workspace is connected.')
  expect(page.html).toContain('Ada')

  const confirmation = await press(browser, page, 'connect')
  expect(confirmation.url.pathname).toBe('/v1/authorize')
  expect(confirmation.html).toContain('user-1')
  const consent = await browser.submit(confirmation)
  const back = await browser.submit(consent, approval)
  expect(back.url.pathname).toBe('/v1/manage')
  expect(back.html).toContain('Connected')
  const [connection] = await connections()
  expect(connection).toMatchObject({ end_user, status: 'active' })

  const question = await browser.submit(formWith(back, 'disconnect', connection.id))
  expect(question.html).toMatch(/<h1>Disconnect .+\?<\/h1>/)
  expect(await connections()).toHaveLength(1)
  const after = await press(browser, question, 'disconnect')
  expect(after.url.href).toBe(here())
  expect(after.html).toContain('No ClickFunnels workspace is connected.')
  expect(await connections()).toEqual([])

  const left = await press(browser, after, 'leave', { stopBefore: tenant.returnUrl })
  expect(left).toMatchObject({ status: 303 })
  expect(left.headers.get('location')).toBe(tenant.returnUrl)
  const closed = await browser.visit(here())
  expect(closed).toMatchObject({ status: 410 })
  expect(closed.html).toContain(`href="${tenant.returnUrl}"`)
})

test('the tenant reads in its audit trail and its events who did it', async () => {
  const { json: connection } = await stack.connect(tenant)
  const { browser, page } = await opened()
  const question = await browser.submit(formWith(page, 'disconnect', connection.id))
  await press(browser, question, 'disconnect')
  const key = (
    await stack.api(`/v1/tenants/${tenant.id}/api-keys`, { method: 'POST', body: { name: 'audit' } })
  ).json.api_key
  const trail = (await call('GET', '/v1/audit-events', undefined, key)).json.data
  const one = (action: string) => trail.find((event: { action: string }) => event.action === action)
  const { id } = one('manage_link.create').resource
  expect(id).toMatch(/^ml_/)
  expect(one('manage_link.open')).toMatchObject({ actor: { type: 'browser', id }, resource: { id } })
  expect(one('connection.delete')).toMatchObject({
    actor: { type: 'browser', id },
    resource: { id: connection.id },
  })
  const { json } = await call('GET', `/v1/connections/${connection.id}/timeline`)
  expect(json.data.map(({ code }: { code: string }) => code)).toContain('connection.disconnected')
})

test('a broken connection says why, and is reconnected with its id', async () => {
  const { json: connection } = await stack.connect(tenant)
  const { browser, page } = await opened()
  expect(() => formWith(page, 'action', 'reconnect')).toThrow()
  await stack.control('POST', 'tokens/revoke', {})
  const look = `/v1/tenants/${tenant.id}/connections/${connection.id}/look`
  await stack.api(look, { method: 'POST' })
  expect((await browser.visit(here())).html).toContain('We are trying again within minutes.')
  await ageRefusals(stack)
  await stack.api(look, { method: 'POST' })
  const broken = await browser.visit(here())
  expect(broken.html).toContain('Access lost')
  const confirmation = await press(browser, broken, 'reconnect')
  const back = await browser.submit(await browser.submit(confirmation), approval)
  expect(back.html).toContain('Connected')
  expect((await connections()).map(({ id }: { id: string }) => id)).toEqual([connection.id])
})

describe('while DynamoDB fails', () => {
  const failing = async <T>(does: (operation: string, body: string) => boolean, work: () => Promise<T>) => {
    store.failing = does
    return work().finally(() => {
      store.failing = undefined
    })
  }

  test('an opening ends in a page, and the link can be opened afterwards', async () => {
    const url = await urlFor()
    const browser = new Browser()
    const opens = (operation: string, body: string) =>
      operation === 'UpdateItem' && body.includes('manage-link')
    const failed = await failing(opens, () => browser.visit(url))
    expect(failed).toMatchObject({ status: 503 })
    expect(failed.headers.get('content-type')).toContain('text/html')
    expect((await browser.visit(url)).url.href).toBe(here())
  })

  test('a disconnection ends in a page, the connection stays, and the form works afterwards', async () => {
    const { json: connection } = await stack.connect(tenant)
    const { browser, page } = await opened()
    const question = await browser.submit(formWith(page, 'disconnect', connection.id))
    const removes = (operation: string) => operation === 'TransactWriteItems'
    const failed = await failing(removes, () => press(browser, question, 'disconnect'))
    expect(failed).toMatchObject({ status: 503 })
    expect(await connections()).toHaveLength(1)
    expect((await press(browser, question, 'disconnect')).url.href).toBe(here())
    expect(await connections()).toEqual([])
  })
})

describe('a link', () => {
  test('is for one browser: another one is told so, with the way back, and the first goes on', async () => {
    const url = await urlFor()
    const mine = new Browser()
    expect((await mine.visit(url)).status).toBe(200)
    const theirs = await new Browser().visit(url)
    expect(theirs).toMatchObject({ status: 410 })
    expect(theirs.html).toContain(`href="${tenant.returnUrl}"`)
    expect(theirs.html).not.toContain('user-1')
    expect(cookieOf(theirs)).toBeUndefined()
    // "Back", a second tab, a double click: the same browser may follow it again.
    expect(await mine.visit(url)).toMatchObject({ status: 200, url: new URL(here()) })
  })

  test('leaves no secret in the URL of the page, and its cookie is hard to steal', async () => {
    const url = await urlFor()
    const first = await new Browser().visit(url, { stopBefore: 'http' })
    expect(first.headers.get('location')).toBe('/v1/manage')
    expect(cookieOf(first)).toMatch(/; Path=\/; Secure; HttpOnly; SameSite=Lax; Max-Age=86400$/)
    const secret = new URL(url).searchParams.get('link') ?? ''
    expect(first.headers.getSetCookie().join()).not.toContain(secret)
    expect(first.headers.get('referrer-policy')).toBe('no-referrer')
  })

  test('is no cookie: who has the link of an open page has not the page', async () => {
    const url = await urlFor()
    await new Browser().visit(url)
    const secret = new URL(url).searchParams.get('link') ?? ''
    const opening = await (await fetch(url, { redirect: 'manual' })).text()
    expect(opening).toContain('already used')
    for (const guess of [secret, `${secret}.${secret}`, `.${secret}`, '.', 'a.b.c']) {
      const answer = await fetch(here(), { headers: { cookie: `${MANAGE_COOKIE}=${guess}` } })
      expect(answer.status).toBe(404)
    }
  })

  test.each(['?link=', '?link=unknown', '?link=a&link=b', '', '?disconnect=conn_x', '?after=x'])(
    'that is %j is answered with a page',
    async (query) => {
      const answer = await fetch(`${here()}${query}`, { redirect: 'manual' })
      expect(answer.status).toBe(404)
      expect(answer.headers.get('content-type')).toContain('text/html')
    },
  )

  test('shows nothing after the tenant was suspended', async () => {
    const url = await urlFor()
    const { browser } = await opened()
    await stack.api(`/v1/tenants/${tenant.id}`, { method: 'PATCH', body: { status: 'suspended' } })
    expect((await new Browser().visit(url)).status).toBe(403)
    expect((await browser.visit(here())).status).toBe(403)
  })

  test('is made by a back end only, for its own return URLs and apps', async () => {
    const elsewhere = await linkFor(end_user, { return_url: 'https://evil.example/' })
    expect(elsewhere).toMatchObject({ status: 422, json: { code: 'return_url_not_registered' } })
    const other = await stack.createTenant()
    expect(await linkFor(end_user, { app_id: other.appId })).toMatchObject({ status: 422 })
    const narrow = await stack.createTenant({ scopes: ['connections:write', 'sessions:write'] })
    const body = { end_user, return_url: narrow.returnUrl }
    expect(await call('POST', '/v1/manage-links', body, narrow.apiKey)).toMatchObject({
      status: 403,
      json: { code: 'insufficient_scope' },
    })
    expect((await stack.api('/v1/manage-links', { method: 'POST', body })).status).toBe(401)
  })
})

describe('a form', () => {
  const post = (browser: Browser, form: Record<string, string>) =>
    browser.visit(here(), { method: 'POST', form, stopBefore: `${stack.url}/v1/authorize` })

  test('of another site does nothing', async () => {
    const { json: connection } = await stack.connect(tenant)
    const { browser } = await opened()
    const other = await opened()
    const act = { action: 'disconnect', connection: connection.id }
    for (const form of [act, { ...act, token: '' }, { ...act, token: token(other.page) }]) {
      expect(await post(browser, form)).toMatchObject({ status: 400 })
    }
    expect(await connections()).toHaveLength(1)
    // The browser has cookie and token, and says which site the form comes from.
    const mine = await visitWithCookie()
    const body = { ...act, token: mine.token }
    for (const site of ['cross-site', 'same-site']) {
      expect((await mine.post(body, { 'sec-fetch-site': site })).status).toBe(400)
    }
    expect(await connections()).toHaveLength(1)
    expect((await mine.post(body, { 'sec-fetch-site': 'same-origin' })).status).toBe(303)
    expect(await connections()).toEqual([])
  })

  test("does nothing to another end user's connection, nor to another tenant's", async () => {
    const { json: connection } = await stack.connect(tenant, { endUser: 'victim' })
    const { browser, page } = await opened()
    expect(page.html).not.toContain(connection.id)
    for (const action of ['disconnect', 'reconnect']) {
      const answer = await post(browser, { token: token(page), action, connection: connection.id })
      expect(answer.url.href).toBe(here())
    }
    expect((await browser.visit(`${here()}?disconnect=${connection.id}`)).url.href).toBe(here())
    const strange = await stack.createTenant()
    const foreign = (await stack.connect(strange)).json
    await post(browser, { token: token(page), action: 'disconnect', connection: foreign.id })
    expect(await connections()).toHaveLength(1)
    expect((await call('GET', '/v1/connections', undefined, strange.apiKey)).json.data).toHaveLength(1)
  })

  test.each([
    { action: 'delete' },
    { action: 'disconnect', connection: 'conn_x' },
    { action: 'reconnect' },
    { padding: 'x'.repeat(5000), action: 'leave' },
  ])('that is no form of ours, $action, is answered with a page', async (fields) => {
    const { browser, page } = await opened()
    const answer = await post(browser, {
      token: token(page),
      ...(fields as unknown as Record<string, string>),
    })
    expect(answer.status).toBe(400)
    expect(answer.html).toContain('href="/v1/manage"')
  })

  test('in JSON, and one that repeats a field, are none', async () => {
    const mine = await visitWithCookie()
    const form = new URLSearchParams({ token: mine.token, action: 'leave' })
    const json = { 'content-type': 'application/json' }
    expect((await mine.post(form.toString(), json)).status).toBe(400)
    expect((await mine.post(`${form}&action=leave`, FORM)).status).toBe(400)
    expect((await mine.post(form.toString(), FORM)).status).toBe(303)
  })

  test('pressed twice comes to the same', async () => {
    const { json: connection } = await stack.connect(tenant)
    const { browser, page } = await opened()
    const question = await browser.submit(formWith(page, 'disconnect', connection.id))
    const both = await Promise.all([1, 2].map(() => press(browser, question, 'disconnect')))
    for (const answer of both) expect(answer).toMatchObject({ status: 200, url: new URL(here()) })
    expect(await connections()).toEqual([])
    expect((await browser.visit(`${here()}?disconnect=${connection.id}`)).url.href).toBe(here())
  })

  test('of a lured victim connects nothing before the confirmation names whose account it is', async () => {
    const { browser, page } = await opened({ id: 'attacker' })
    const next = await press(browser, page, 'connect', { stopBefore: 'http://127.0.0.1:1' })
    expect(next.url.pathname).toBe('/v1/authorize')
    expect(next.html).toContain('attacker')
    expect(next.html).toContain('Not you? Stop here')
    const stopped = await browser.submit(next, { decision: 'decline' })
    expect(stopped.html).toContain('Nothing was connected')
    expect(await connections()).toEqual([])
  })

  test('that asks for more sessions than the tenant may start says so', async () => {
    const limits = { sessions_per_minute: 3 }
    await stack.api(`/v1/tenants/${tenant.id}`, { method: 'PATCH', body: { limits } })
    const { browser, page } = await opened()
    const answers: number[] = []
    for (let i = 0; i < 4; i++) {
      answers.push((await post(browser, { token: token(page), action: 'connect' })).status)
    }
    expect(answers).toContain(303)
    expect(answers.at(-1)).toBe(429)
  })

  test('that is pressed again and again uses up its own end user’s share, and leaves room for others', async () => {
    await stack.api(`/v1/tenants/${tenant.id}`, {
      method: 'PATCH',
      body: { limits: { sessions_per_minute: 60 } },
    })
    const { browser, page } = await opened()
    const answers: number[] = []
    for (let i = 0; i < 8; i++)
      answers.push((await post(browser, { token: token(page), action: 'connect' })).status)
    expect(answers.at(-1)).toBe(429)
    const session = { end_user: { id: 'user-2' }, return_url: tenant.returnUrl }
    expect((await call('POST', '/v1/connect-sessions', session)).status).toBe(201)
  })

  const FORM = { 'content-type': 'application/x-www-form-urlencoded' }

  /** A visit whose cookie and token are at hand. */
  async function visitWithCookie() {
    const opening = await fetch(await urlFor(), { redirect: 'manual' })
    const cookie = opening.headers.getSetCookie()[0]?.split(';')[0] ?? ''
    const html = await (await fetch(here(), { headers: { cookie } })).text()
    const post = (body: string | Record<string, string>, headers: Record<string, string>) =>
      fetch(here(), {
        method: 'POST',
        redirect: 'manual',
        headers: { cookie, ...headers },
        body: typeof body === 'string' ? body : new URLSearchParams(body),
      })
    return { token: /name="token" value="([^"]+)"/.exec(html)?.[1] ?? '', post }
  }
})

describe('a browser that is back from ClickFunnels', () => {
  test('is told that another workspace was chosen, and the list is as it was', async () => {
    const { json: connection } = await stack.connect(tenant)
    const look = `/v1/tenants/${tenant.id}/connections/${connection.id}/look`
    await stack.control('POST', 'tokens/revoke', {})
    await stack.api(look, { method: 'POST' })
    const { browser, page } = await opened()
    const consent = await browser.submit(await press(browser, page, 'reconnect'))
    const other = { ...approval, workspace_id: String(WORKSPACE_ID + 1) }
    const back = await browser.submit(consent, other)
    expect(back.url.pathname).toBe('/v1/manage')
    expect(back.html).toContain('you chose another workspace at ClickFunnels')
  })

  test('is told that access was not allowed, and that a workspace is connected', async () => {
    const { browser, page } = await opened()
    const refused = await browser.submit(await browser.submit(await press(browser, page, 'connect')), {
      decision: 'deny',
    })
    expect(refused.html).toContain('access was not allowed at ClickFunnels')
    const consent = await browser.submit(await press(browser, refused, 'connect'))
    const back = await browser.submit(consent, approval)
    expect(back.html).toContain('The workspace is connected.')
    // The session of another end user says nothing here, nor does a query that was made up.
    const stranger = await opened({ id: 'user-2' })
    const seen = await stranger.browser.visit(back.url)
    expect(seen.html).not.toContain('The workspace is connected.')
    const madeUp = await browser.visit(`${here()}?status=connected&connection_id=x`)
    expect(madeUp.html).not.toContain('The workspace is connected.')
  })

  test('says on our confirmation that it is not them, and comes back to the page', async () => {
    const { browser, page } = await opened()
    const stopped = await browser.submit(await press(browser, page, 'connect'), { decision: 'decline' })
    expect(stopped.html).toContain(`href="${here()}?error=access_denied"`)
    expect((await browser.visit(here())).status).toBe(200)
  })
})

test('the links and pages of a revoked key are worth nothing', async () => {
  const keys = `/v1/tenants/${tenant.id}/api-keys`
  const leaked = (await stack.api(keys, { method: 'POST', body: { name: 'leaked' } })).json
  const body = { end_user, return_url: tenant.returnUrl }
  const make = async () => (await call('POST', '/v1/manage-links', body, leaked.api_key)).json.manage_url
  const [used, unused] = [await make(), await make()]
  const attacker = new Browser()
  expect((await attacker.visit(used)).status).toBe(200)
  await stack.api(`${keys}/${leaked.id}`, { method: 'DELETE' })
  expect((await attacker.visit(here())).status).toBe(404)
  expect((await attacker.visit(unused)).status).toBe(404)
})

test('a page has no script, cannot be framed, and sends forms to this service only', async () => {
  const { page } = await opened()
  const policy = page.headers.get('content-security-policy') ?? ''
  expect(policy).toContain("default-src 'none'")
  expect(policy).toContain("frame-ancestors 'none'")
  expect(policy).toContain(`form-action 'self' https: ${new URL(tenant.returnUrl).origin}`)
  expect(page.html).not.toMatch(/<script|onclick|javascript:/i)
  expect(page.headers.get('cache-control')).toBe('no-store')
})
