// A reconnect link over HTTP: from an e-mail, opened by a scanner, by a stranger and by its owner.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { Browser } from '../support/browser.ts'
import {
  completionCodeIn,
  startTestStack,
  type TestStack,
  type TestTenant,
  WORKSPACE_ID,
} from '../support/stack.ts'

let stack: TestStack
let tenant: TestTenant
let connection: { readonly id: string }
const end_user = { id: 'user-1' }

beforeAll(async () => {
  stack = await startTestStack()
})
afterAll(() => stack?.close())
beforeEach(async () => {
  tenant = await stack.createTenant()
  connection = (await stack.connect(tenant)).json
})

const call = (method: string, path: string, body?: object) =>
  stack.api(path, { method, key: tenant.apiKey, ...(body && { body }) })
const start = async (more: object = {}) => {
  const body = { end_user, return_url: tenant.returnUrl, connection_id: connection.id, ...more }
  return (await call('POST', '/v1/connect-sessions', { ...body, purpose: 'reconnect' })).json
}
const status = async ({ id }: { id: string }) => (await call('GET', `/v1/connect-sessions/${id}`)).json.status

/** Follows the link to ClickFunnels' consent page, approves and returns to the product, which is not loaded. */
async function approve(link: string, workspaceId: number = WORKSPACE_ID, browser = new Browser()) {
  const consent = await browser.visit(link)
  const decision = { decision: 'authorize', workspace_id: String(workspaceId) }
  const back = await browser.submit(consent, decision, { stopBefore: tenant.returnUrl })
  return { code: completionCodeIn(back.headers), location: back.headers.get('location') ?? '' }
}
const complete = (id: string, code: string, user = end_user.id) =>
  call('POST', `/v1/connect-sessions/${id}/complete`, { end_user: { id: user }, completion_code: code })

test('it lives for seven days, and works after a scanner opened it; then its page says that it is done', async () => {
  const started = await start()
  expect(started).toMatchObject({ purpose: 'reconnect', status: 'created', connection_id: connection.id })
  const days = (Date.parse(started.expires_at) - Date.parse(started.created_at)) / 86_400_000
  expect(days).toBe(7)
  await new Browser().visit(started.connect_url, { stopBefore: 'http' })
  await new Browser().visit(started.connect_url)
  const { code } = await approve(started.connect_url)
  expect(await complete(started.id, code)).toMatchObject({ status: 200, json: { id: connection.id } })
  expect(await status(started)).toBe('connected')
  const done = await new Browser().visit(started.connect_url)
  expect(done).toMatchObject({ status: 200 })
  expect(done.html).toContain('ClickFunnels is connected again')
  expect(done.html).not.toMatch(new RegExp(`${started.id}|${connection.id}`))
})

test('a stranger cannot bind another workspace with it, and does not end it', async () => {
  const started = await start()
  const stranger = await approve(started.connect_url, WORKSPACE_ID + 1)
  expect(await complete(started.id, stranger.code, 'stranger')).toMatchObject({
    status: 403,
    json: { code: 'end_user_mismatch' },
  })
  const again = await approve(started.connect_url, WORKSPACE_ID + 1)
  expect(await complete(started.id, again.code)).toMatchObject({ json: { code: 'workspace_mismatch' } })
  expect(await status(started)).toBe('failed')
  const owner = await approve(started.connect_url)
  expect((await complete(started.id, owner.code)).status).toBe(200)
})

test('a later opening supersedes the one before, which is told no id', async () => {
  const started = await start()
  const first = new Browser()
  const consent = await first.visit(started.connect_url)
  const second = await approve(started.connect_url)
  const decision = { decision: 'authorize', workspace_id: String(WORKSPACE_ID) }
  const late = await first.submit(consent, decision, { stopBefore: tenant.returnUrl })
  expect(late.headers.get('location')).toBe(`${tenant.returnUrl}?error=link_opened_again`)
  expect((await complete(started.id, second.code)).status).toBe(200)
})

test('it is refused with a deleted connection, without a connection', async () => {
  const started = await start()
  await call('DELETE', `/v1/connections/${connection.id}`)
  const page = await new Browser().visit(started.connect_url)
  expect(page).toMatchObject({ status: 410 })
  expect(page.html).toContain('This connection was removed')
  const without = { end_user, return_url: tenant.returnUrl, purpose: 'reconnect' }
  expect(await call('POST', '/v1/connect-sessions', without)).toMatchObject({ status: 422 })
})

test('with the confirmation page, "Not you? Stop here" leaves it to its owner', async () => {
  const started = await start({ completion: 'confirmed' })
  const stranger = new Browser()
  const asked = await stranger.visit(started.connect_url)
  const declined = await stranger.submit(asked, { decision: 'decline' })
  expect(declined.html).toContain('Nothing was restored')
  expect(await status(started)).toBe('created')
  const owner = new Browser()
  const consent = await owner.submit(await owner.visit(started.connect_url), {})
  const decision = { decision: 'authorize', workspace_id: String(WORKSPACE_ID) }
  await owner.submit(consent, decision, { stopBefore: tenant.returnUrl })
  expect(await status(started)).toBe('connected')
})
