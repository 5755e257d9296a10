// The journey of connecting, over HTTP, through the real handlers: both ways of completing, and every way of being refused.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Browser } from '../support/browser.ts'
import { startTestStack, type TestStack, type TestTenant, WORKSPACE_ID } from '../support/stack.ts'

let stack: TestStack
let tenant: TestTenant

beforeAll(async () => {
  stack = await startTestStack()
  tenant = await stack.createTenant()
})
afterAll(() => stack?.close())

const start = async (more: object = {}) => {
  const body = { end_user: { id: 'user-1' }, return_url: `${tenant.returnUrl}?page=2`, ...more }
  return (await stack.api('/v1/connect-sessions', { method: 'POST', key: tenant.apiKey, body })).json
}
const read = async (id: string) =>
  (await stack.api(`/v1/connect-sessions/${id}`, { key: tenant.apiKey })).json
const approve = { decision: 'authorize', workspace_id: String(WORKSPACE_ID) }

/** Where the last redirect led: the tenant's return URL. */
const returned = (page: { headers: Headers }) => new URL(page.headers.get('location') ?? 'none:')

/** Follows a link to ClickFunnels' consent page. */
async function toConsent(browser: Browser, session: { connect_url: string; completion: string }) {
  const page = await browser.visit(session.connect_url)
  return session.completion === 'confirmed' ? browser.submit(page) : page
}

describe('a confirmed session', () => {
  test('shows who is connected, then connects on the way back', async () => {
    const end_user = { id: 'user-1', display_name: '<b>first</b>' }
    const session = await start({ end_user, completion: 'confirmed' })
    expect(session).toMatchObject({ status: 'created', completion: 'confirmed' })
    const browser = new Browser()
    const confirmation = await browser.visit(session.connect_url)
    expect(confirmation.html).toContain('&lt;b&gt;first&lt;/b&gt;')
    expect(await read(session.id)).toMatchObject({ status: 'created' })

    const consent = await browser.submit(confirmation)
    expect(await read(session.id)).toMatchObject({ status: 'authorizing' })
    const back = returned(await browser.submit(consent, approve, { stopBefore: tenant.returnUrl }))
    const { connection_id } = await read(session.id)
    expect(Object.fromEntries(back.searchParams)).toEqual({
      page: '2',
      connect_session: session.id,
      status: 'connected',
      connection_id,
    })
    const connection = await stack.api(`/v1/connections/${connection_id}`, { key: tenant.apiKey })
    expect(connection.json).toMatchObject({
      status: 'active',
      app_id: tenant.appId,
      end_user: { id: 'user-1', display_name: '<b>first</b>' },
      workspace: { id: String(WORKSPACE_ID), name: 'Brightwater Coaching', team_name: 'Brightwater Media' },
      token: { refreshable: true, consecutive_failures: 0 },
    })
  })

  test('can be denied', async () => {
    const session = await start({ completion: 'confirmed' })
    const browser = new Browser()
    const consent = await toConsent(browser, session)
    const page = await browser.submit(
      consent,
      { ...approve, decision: 'deny' },
      { stopBefore: tenant.returnUrl },
    )
    expect(returned(page).searchParams.get('error')).toBe('access_denied')
    expect(await read(session.id)).toMatchObject({ status: 'denied', error: 'access_denied' })
  })

  test('goes on after "Back" and after a double click, in the same browser alone', async () => {
    const session = await start({ completion: 'confirmed' })
    const browser = new Browser()
    const page = await browser.visit(session.connect_url)
    const stranger = new Browser()
    const seen = await stranger.visit(session.connect_url)
    const consents = await Promise.all([browser.submit(page), browser.submit(page)])
    for (const { url } of consents) expect(url.href.startsWith(stack.simulator.url)).toBe(true)
    // The stranger saw the page, too, but did not use the link.
    expect(await stranger.submit(seen)).toMatchObject({ status: 410 })
    expect(await stranger.visit(session.connect_url)).toMatchObject({ status: 410 })
    // "Back": the page is shown again, and goes on.
    const shown = await browser.visit(session.connect_url)
    expect(shown.status).toBe(200)
    const last = await browser.submit(shown)
    const states = new Set([...consents, last].map(({ url }) => url.searchParams.get('state')))
    expect(states.size).toBe(3)
    const back = returned(await browser.submit(last, approve, { stopBefore: tenant.returnUrl }))
    expect(back.searchParams.get('status')).toBe('connected')
    // The other tabs end in the same place, and connect nothing more.
    const before = (await stack.control('GET', 'tokens')).json.grants.authorization_code
    for (const consent of consents) {
      const other = returned(await browser.submit(consent, approve, { stopBefore: tenant.returnUrl }))
      expect(other.href).toBe(back.href)
    }
    expect((await stack.control('GET', 'tokens')).json.grants.authorization_code).toBe(before)
    expect(await browser.visit(session.connect_url)).toMatchObject({ status: 410 })
  })

  test('uses its link up with the redirect, not before', async () => {
    const session = await start({ completion: 'confirmed' })
    const browser = new Browser()
    await browser.visit(session.connect_url)
    await toConsent(browser, session)
    expect(await new Browser().visit(session.connect_url)).toMatchObject({ status: 410 })
  })
})

describe('a verified session', () => {
  async function awaiting() {
    const session = await start({ completion: 'verified' })
    const browser = new Browser()
    const consent = await toConsent(browser, session)
    const page = await browser.submit(consent, approve, { stopBefore: tenant.returnUrl })
    const query = returned(page).searchParams
    return { session, status: query.get('status'), code: query.get('completion_code') ?? '' }
  }
  const complete = (id: string, endUser: string, completion_code?: string) => {
    const body = { end_user: { id: endUser }, completion_code }
    return stack.api(`/v1/connect-sessions/${id}/complete`, { method: 'POST', key: tenant.apiKey, body })
  }
  const codesSpent = async () => (await stack.control('GET', 'tokens')).json.grants.authorization_code

  test('exchanges the code only when it is completed, and once', async () => {
    const before = await codesSpent()
    const { session, status, code } = await awaiting()
    expect(status).toBe('awaiting_completion')
    expect(await codesSpent()).toBe(before)
    const [one, other] = await Promise.all([
      complete(session.id, 'user-1', code),
      complete(session.id, 'user-1', code),
    ])
    expect([one.status, other.status].toSorted()).toEqual([200, 409])
    expect(await complete(session.id, 'user-1')).toMatchObject({ status: 200 })
    expect(await codesSpent()).toBe(before + 1)
  })

  test('throws the code away when somebody else is logged in', async () => {
    const before = await codesSpent()
    const { session, code } = await awaiting()
    expect(await complete(session.id, 'user-2', code)).toMatchObject({
      status: 403,
      json: { code: 'end_user_mismatch' },
    })
    expect(await complete(session.id, 'user-1', code)).toMatchObject({
      status: 409,
      json: { status: 409, session_status: 'failed' },
    })
    expect(await codesSpent()).toBe(before)
  })
})

describe('the callback', () => {
  /** The URL that ClickFunnels sends the browser back to. */
  async function callbackUrl(browser: Browser) {
    const session = await start({ completion: 'verified' })
    const consent = await toConsent(browser, session)
    const page = await browser.submit(consent, approve, { stopBefore: `${stack.url}/v1/callback` })
    return { session, url: returned(page) }
  }
  const count = async () => (await stack.api('/v1/connections', { key: tenant.apiKey })).json.data.length

  test('takes a state once', async () => {
    const browser = new Browser()
    const { url } = await callbackUrl(browser)
    const first = await browser.visit(url, { stopBefore: tenant.returnUrl })
    expect(first).toMatchObject({ status: 302 })
    // The browser that did it is told the same again. Any other learns nothing.
    const again = await browser.visit(url, { stopBefore: tenant.returnUrl })
    expect(returned(again).href).toBe(returned(first).href)
    expect(await new Browser().visit(url)).toMatchObject({ status: 404 })
  })

  test('refuses an unknown state, another browser and another app, and loses nothing by it', async () => {
    const other = await stack.createTenant({ name: 'Other' })
    const browser = new Browser()
    const { session, url } = await callbackUrl(browser)
    const connections = await count()
    const unknown = new URL(url)
    unknown.searchParams.set('state', 'invented')
    expect(await browser.visit(unknown)).toMatchObject({ status: 404 })
    expect(await new Browser().visit(url)).toMatchObject({ status: 403 })
    const elsewhere = url.href.replace(tenant.appId, other.appId)
    expect(await browser.visit(elsewhere)).toMatchObject({ status: 400 })
    expect(await read(session.id)).toMatchObject({ status: 'authorizing' })
    expect(await count()).toBe(connections)
    expect(await browser.visit(url, { stopBefore: tenant.returnUrl })).toMatchObject({ status: 302 })
  })

  test.each(['state', 'code', 'iss', 'error'])(
    'refuses a repeated "%s", and loses nothing by it',
    async (name) => {
      const browser = new Browser()
      const { session, url } = await callbackUrl(browser)
      for (const value of [url.searchParams.get(name) ?? 'x', 'other']) {
        const repeated = new URL(url)
        if (!repeated.searchParams.has(name)) repeated.searchParams.append(name, 'x')
        repeated.searchParams.append(name, value)
        expect(await browser.visit(repeated)).toMatchObject({ status: 404 })
      }
      expect(await read(session.id)).toMatchObject({ status: 'authorizing' })
      expect(await browser.visit(url, { stopBefore: tenant.returnUrl })).toMatchObject({ status: 302 })
    },
  )

  test('refuses an answer of another issuer', async () => {
    const browser = new Browser()
    const { session, url } = await callbackUrl(browser)
    url.searchParams.set('iss', 'https://attacker.example')
    await browser.visit(url, { stopBefore: tenant.returnUrl })
    expect(await read(session.id)).toMatchObject({ status: 'failed', error: 'issuer_mismatch' })
  })
})

describe('connecting again', () => {
  test('to the same workspace keeps the connection and revokes the former token', async () => {
    const first = await stack.connect(tenant, { endUser: 'again' })
    const second = await stack.connect(tenant, { endUser: 'again' })
    expect(second.json.id).toBe(first.json.id)
    const { tokens } = (await stack.control('GET', 'tokens')).json
    expect(tokens.slice(-2).map((token: { state: string }) => token.state)).toEqual(['revoked', 'live'])
  })

  test('a connection to another workspace is refused, and the new token revoked', async () => {
    const { json } = await stack.connect(tenant, { endUser: 'mismatch' })
    const refused = await stack.connect(tenant, {
      endUser: 'mismatch',
      workspaceId: 20418,
      connectionId: json.id,
    })
    expect(refused).toMatchObject({ status: 409, json: { code: 'workspace_mismatch' } })
    const { tokens } = (await stack.control('GET', 'tokens')).json
    expect(tokens.slice(-2).map((token: { state: string }) => token.state)).toEqual(['live', 'revoked'])
  })
})
