// The demo page from its user's side, on the real stack: connect, see every funnel, disconnect, and what is said when
// something goes wrong.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { USERS } from '../../infra/local/demo/logins.ts'
import { type Demo, startDemo } from '../../infra/local/demo/server.ts'
import { provideDemoTenant } from '../../infra/local/demo-tenant.ts'
import { Browser, type Page } from '../support/browser.ts'
import { scratchFolder } from '../support/scratch.ts'
import { startTestStack, type TestStack, WORKSPACE_ID } from '../support/stack.ts'

const dataDir = scratchFolder()
const approval = { decision: 'authorize', workspace_id: String(WORKSPACE_ID) }
let stack: TestStack
let demo: Demo
let browser: Browser

beforeAll(async () => {
  stack = await startTestStack()
  demo = await startDemo({ port: 0, apiUrl: stack.url })
  demo.signUp(await provideTenant())
}, 60_000)
afterAll(async () => {
  await demo?.close()
  await stack?.close()
})
beforeEach(() => {
  browser = new Browser()
})

const provideTenant = () =>
  provideDemoTenant({
    apiUrl: stack.url,
    simulatorUrl: stack.simulator.url,
    returnUrl: `${demo.url}/connected`,
    dataDir,
  })
const act = (path: string, form: Record<string, string> = {}) =>
  browser.visit(`${demo.url}${path}`, { method: 'POST', form })
const textOf = ({ html }: Page) =>
  html.replaceAll(/<style>.*?<\/style>|<[^>]+>/gs, ' ').replaceAll(/\s+/g, ' ')

test('a user connects, sees all funnels of the workspace, and disconnects', async () => {
  expect(textOf(await browser.visit(demo.url))).toContain('Connect to ClickFunnels')
  const consent = await act('/connect')
  expect(consent.url.origin).toBe(stack.simulator.url)
  const connected = await browser.submit(consent, approval)
  expect(connected.url.pathname).toBe('/')
  expect(textOf(connected)).toContain('ClickFunnels is connected.')
  expect(textOf(connected)).toContain('57 funnels Read just now in 3 pages')
  expect(connected.html.match(/<tr>/g)).toHaveLength(58)

  const disconnected = await act('/disconnect')
  expect(textOf(disconnected)).toContain('ClickFunnels is disconnected.')
  expect(textOf(disconnected)).toContain('Connect to ClickFunnels')
})

test('a user who refuses is told that nothing was connected', async () => {
  const refused = await browser.submit(await act('/connect'), { decision: 'deny' })
  expect(textOf(refused)).toContain('You did not give Tidemark access to ClickFunnels')
})

test('a connection begun by one user is not made for another', async () => {
  const consent = await act('/connect')
  await act('/login', { user: USERS[1]?.id ?? '' })
  const mismatched = await browser.submit(consent, approval)
  expect(textOf(mismatched)).toContain('begun by somebody else than who is logged in now')
  expect(textOf(mismatched)).toContain('Not connected')
})

test('when ClickFunnels takes the access away, the page says so and offers to reconnect', async () => {
  await browser.submit(await act('/connect'), approval)
  await stack.control('POST', 'tokens/revoke', {})
  const lost = await browser.visit(demo.url)
  expect(textOf(lost)).toContain('Access was lost to Brightwater Coaching')
  const again = await browser.submit(await act('/connect'), approval)
  expect(textOf(again)).toContain('57 funnels')
  await act('/disconnect')
})

test('the demo tenant is found again when data is kept, and made anew when the data is gone', async () => {
  const known = await provideTenant()
  expect(await provideTenant()).toEqual(known)
  await stack.control('POST', 'reset', {})
  await provideTenant()
  demo.signUp(known)
  const connected = await browser.submit(await act('/connect'), approval)
  expect(textOf(connected)).toContain('57 funnels')

  const other = await startTestStack()
  const made = await provideDemoTenant({
    apiUrl: other.url,
    simulatorUrl: other.simulator.url,
    returnUrl: `${demo.url}/connected`,
    dataDir,
  })
  expect(made.tenantId).not.toBe(known.tenantId)
  await other.close()
})

test('the page escapes what it is given and lets nobody run scripts in it', async () => {
  const page = await browser.visit(`${demo.url}/?notice=<script>`)
  expect(page.html).not.toContain('<script>')
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")
})
