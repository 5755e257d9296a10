// Connecting from a page against the real service: by redirect, in a popup, blocked, refused, cut off, given up.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { complete } from '../../client/src/complete.ts'
import { connect } from '../../client/src/connect.ts'
import { FunnelConnect } from '../../client/src/index.ts'
import type { ConnectOptions } from '../../client/src/sessions.ts'
import { Browser, type Page } from '../support/browser.ts'
import { startTestStack, type TestStack, type TestTenant, WORKSPACE_ID } from '../support/stack.ts'
import { FakePage } from './page.ts'
import { startService } from './service.ts'

let stack: TestStack
let tenant: TestTenant
let page: FakePage
let funnelConnect: FunnelConnect

beforeAll(async () => {
  stack = await startTestStack()
  tenant = await stack.createTenant()
  funnelConnect = new FunnelConnect({ url: stack.url, apiKey: tenant.apiKey })
})
afterAll(() => stack?.close())
beforeEach(() => {
  page = new FakePage(`${tenant.returnUrl}?tab=2#part`)
})

const end_user = { id: 'user-1' }
const ports = () => ({ sessions: funnelConnect.sessions, connection: funnelConnect.connections.get })
const connecting = (options: ConnectOptions = {}) =>
  connect(page, ports(), { end_user, completion: 'verified', ...options })

/** Decides at ClickFunnels, as the user. Returns the page that the browser returns to. */
async function decide(link: string, decision: 'authorize' | 'deny' = 'authorize'): Promise<FakePage> {
  const browser = new Browser()
  const consent = await browser.visit(link)
  const answer = { decision, workspace_id: String(WORKSPACE_ID) }
  const back: Page = await browser.submit(consent, answer, { stopBefore: tenant.returnUrl })
  return new FakePage(back.headers.get('location') ?? '')
}

describe('by redirect', () => {
  test('the page is left, and completes when the browser is back', async () => {
    expect(await connecting()).toEqual({ status: 'redirecting' })
    expect(page.opened).toEqual([])
    const back = await decide(page.assigned[0] ?? '')
    const outcome = await complete(back, ports(), { end_user })
    expect(outcome).toMatchObject({
      status: 'connected',
      session: { status: 'connected', end_user },
      connection: { status: 'active', workspace: { name: 'Brightwater Coaching' } },
    })
    expect(back.location.href).toBe(`${tenant.returnUrl}?tab=2`)
    expect(await complete(back, ports(), { end_user })).toBeUndefined()
  })

  test('a refusal is an outcome', async () => {
    await connecting()
    const back = await decide(page.assigned[0] ?? '', 'deny')
    expect(await complete(back, ports(), { end_user })).toMatchObject({
      status: 'denied',
      session: { error: 'access_denied' },
    })
  })

  test('another user than the one who started is a problem', async () => {
    await connecting()
    const back = await decide(page.assigned[0] ?? '')
    await expect(complete(back, ports(), { end_user: { id: 'user-2' } })).rejects.toMatchObject({
      code: 'end_user_mismatch',
    })
  })

  test('a browser that did not begin the session is told nothing about it, and the session continues', async () => {
    await connecting()
    await new Browser().visit(page.assigned[0] ?? '')
    const used = await new Browser().visit(page.assigned[0] ?? '')
    const way = /<a [^>]*href="([^"]*)"/.exec(used.html)?.[1]?.replaceAll('&amp;', '&') ?? ''
    expect(way).toBe(`${tenant.returnUrl}?tab=2&error=link_used`)
    expect(await complete(new FakePage(way), ports(), { end_user })).toBeUndefined()
  })

  test('a popup that did not begin the session closes', async () => {
    const back = new FakePage(`${tenant.returnUrl}?connect_popup=1&error=link_used`)
    expect(await complete(back, ports(), { end_user })).toEqual({ status: 'handed_over' })
    expect(back.closed).toBe(true)
  })

  test('two calls at a time, as React in StrictMode makes them, get the same outcome', async () => {
    await connecting()
    const back = await decide(page.assigned[0] ?? '')
    const given = new AbortController()
    const first = complete(back, ports(), { end_user, signal: given.signal })
    given.abort()
    const second = complete(back, ports(), { end_user })
    await expect(first).rejects.toMatchObject({ name: 'AbortError' })
    expect(await second).toMatchObject({ status: 'connected' })
  })

  test('a call that is given up, and no other in its place, asks the service no more', async () => {
    const service = await startService({ json: { id: 'cs_1', status: 'pending' } })
    const { sessions, connections } = new FunnelConnect({ url: service.url, apiKey: 'key' })
    const given = new AbortController()
    const back = new FakePage(`${tenant.returnUrl}?connect_session=cs_1&status=connected`)
    const only = complete(back, { sessions, connection: connections.get }, { signal: given.signal })
    await expect.poll(() => service.asked.length).toBe(1)
    given.abort()
    await expect(only).rejects.toMatchObject({ name: 'AbortError' })
    await expect.poll(() => back.listening).toBe(0)
    expect(await complete(back, { sessions, connection: connections.get }, {})).toBeUndefined()
  })

  test('what another tab has completed meanwhile is connected', async () => {
    await connecting()
    const back = await decide(page.assigned[0] ?? '')
    const again = new FakePage(back.location.href)
    const outcomes = await Promise.all([back, again].map((tab) => complete(tab, ports(), { end_user })))
    expect(outcomes.map((outcome) => outcome?.status)).toEqual(['connected', 'connected'])
  })
})

describe('in a popup', () => {
  test('the window is open before anything is asked, ends itself, and the page has the connection', async () => {
    let back: FakePage | undefined
    if (page.popup) {
      page.popup.led = async (link) => {
        back = await decide(link)
        back.opener = { postMessage: (data, origin) => origin === page.location.origin && page.hears(data) }
        expect(await complete(back, ports(), { end_user })).toEqual({ status: 'handed_over' })
      }
    }
    const outcome = connecting({ popup: true })
    expect(page.opened).toEqual([
      { name: 'funnel-connect', features: 'popup,width=560,height=720,left=420,top=140' },
    ])
    expect(await outcome).toMatchObject({ status: 'connected', connection: { end_user } })
    expect(back).toMatchObject({ closed: true, location: { href: `${tenant.returnUrl}?tab=2` } })
    expect(page).toMatchObject({ assigned: [], listening: 0 })
  })

  test('that is separated from the page says that it can be closed, and the page gets the outcome', async () => {
    let back: FakePage | undefined
    let gone = 0
    if (page.popup) {
      page.popup.led = async (link) => {
        page.popup?.close() // A window in another browsing context group looks closed.
        back = await decide(link)
        back.closable = false
        await complete(back, ports(), { end_user })
      }
    }
    const outcome = await connecting({ popup: true, onPopupGone: () => gone++ })
    expect(outcome).toMatchObject({ status: 'connected' })
    expect(back?.document.body.textContent).toBe('Done. You can close this window.')
    expect(gone).toBeLessThanOrEqual(1)
  })

  test('that ends at the login of another user connects nothing, even when the waiting page polls', async () => {
    if (page.popup) {
      page.popup.led = async (link) => {
        const back = await decide(link)
        expect(await complete(back, ports(), { end_user: { id: 'victim' } })).toEqual({
          status: 'handed_over',
        })
        page.hears({ source: 'funnel-connect' })
      }
    }
    expect(await connecting({ popup: true })).toMatchObject({
      status: 'failed',
      session: { error: 'end_user_mismatch' },
    })
  })

  test('that is blocked becomes a redirect', async () => {
    page.popup = null
    expect(await connecting({ popup: true })).toEqual({ status: 'redirecting' })
    const back = await decide(page.assigned[0] ?? '')
    expect(await complete(back, ports(), { end_user })).toMatchObject({ status: 'connected' })
  })

  test('that is aborted closes', async () => {
    const abort = new AbortController()
    if (page.popup) page.popup.led = () => abort.abort()
    await expect(connecting({ popup: true, signal: abort.signal })).rejects.toMatchObject({
      name: 'AbortError',
    })
    expect(page).toMatchObject({ popup: { closed: true }, listening: 0 })
  })

  test('closes when no session can be made', async () => {
    await expect(connecting({ popup: true, return_url: 'https://elsewhere.example/' })).rejects.toMatchObject(
      {
        code: 'return_url_not_registered',
      },
    )
    expect(page.popup?.closed).toBe(true)
  })
})

test('what is connected can be listed, called, refreshed and disconnected', async () => {
  await connecting()
  await complete(await decide(page.assigned[0] ?? ''), ports(), { end_user })
  const [connection] = (await funnelConnect.connections.list({ end_user_id: end_user.id }).page()).items
  const id = connection?.id ?? ''
  const names: string[] = []
  for await (const { name } of funnelConnect.funnels(id)) names.push(name)
  expect(names).toHaveLength(57)
  const contacts = funnelConnect.list<{ id: number }>(id, `workspaces/${WORKSPACE_ID}/contacts`)
  expect((await contacts.page()).items.length).toBeGreaterThan(0)
  const me = await funnelConnect.proxy(id)('/api/v2/me')
  expect(await me.json()).toHaveProperty('id')
  expect(await funnelConnect.connections.refresh(id)).toMatchObject({ id, status: 'active' })
  expect(await funnelConnect.connections.delete(id)).toBeUndefined()
  await expect(funnelConnect.connections.get(id)).rejects.toMatchObject({ code: 'not_found', status: 404 })
})
