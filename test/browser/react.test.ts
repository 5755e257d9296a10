// The client in a React page, in StrictMode and in React's build for development, where effects run twice.
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { snippet } from '../client/snippets.ts'
import { type Product, startProduct } from './product.ts'

const ROUNDS = 3

let product: Product
let page: Page

beforeAll(async () => {
  product = await startProduct()
}, 180_000)
afterAll(() => product?.close())

beforeEach(async () => {
  page = await (await product.browser.newContext()).newPage()
})
afterEach(async () => {
  await product.disconnectAll()
  await page.context().close()
})

const connectButton = () => page.getByRole('button', { name: 'Connect to ClickFunnels' })
const approve = (at: Page) => at.getByRole('button', { name: 'Authorize' }).click()

/** An effect that completes by itself, as a product without the hook writes it. */
const ALONE = `
  import { FunnelConnect } from '@funnel-connect/client'
  import { StrictMode, useEffect, useState } from 'react'
  import { createRoot } from 'react-dom/client'
  const funnelConnect = new FunnelConnect({
    url: 'https://connect.example.com',
    token: async () => (await fetch('/token')).text(),
  })
  function ClickFunnels() {
    const [text, setText] = useState('Loading')
    useEffect(() => {
      globalThis.effects = (globalThis.effects ?? 0) + 1
      const controller = new AbortController()
      const { signal } = controller
      async function load() {
        const outcome = await funnelConnect.complete({ signal })
        if (outcome?.status === 'connected') return outcome.connection
        return (await funnelConnect.connections.list({ limit: 1 }, { signal }).page()).items[0]
      }
      load().then(
        (connection) => setText(connection ? 'Connected to ' + connection.workspace.name : 'None'),
        (error) => signal.aborted || reportError(error),
      )
      return () => controller.abort()
    }, [])
    return text === 'None' ? <button onClick={() => funnelConnect.connect()}>Connect to ClickFunnels</button> : <p>{text}</p>
  }
  const root = document.createElement('main')
  document.body.append(root)
  createRoot(root).render(<StrictMode><ClickFunnels /></StrictMode>)`

/** The README's page with the hook, and how often its effects ran. */
const counted = () =>
  snippet('react')
    .replace('{ StrictMode }', '{ StrictMode, useEffect }')
    .replace(
      'function ClickFunnels() {',
      '$&\nuseEffect(() => void (globalThis.effects = (globalThis.effects ?? 0) + 1), [])',
    )

test.each([
  ['the hook', counted],
  ['complete() in an effect', () => ALONE],
])(
  'a page with %s, whose effects run twice, is connected when the browser comes back, each time',
  async (_, code) => {
    for (let round = 0; round < ROUNDS; round++) {
      await product.openWith(page, code())
      await connectButton().click()
      await approve(page)
      await page.getByText('Connected to Brightwater Coaching').waitFor()
      expect(await page.evaluate('effects')).toBe(2)
      await page.reload()
      await page.getByText('Connected to Brightwater Coaching').waitFor()
      await product.disconnectAll()
    }
  },
)

test('the hook disconnects, says what failed, and recovers by itself', async () => {
  const errors: string[] = []
  page.on('pageerror', (error) => errors.push(String(error)))
  await page.clock.install()
  await page.route('**/v1/connections?**', (route) => route.abort())
  await product.openWith(page, snippet('react'))
  await page.clock.runFor(15_000)
  await page.getByRole('alert').waitFor()
  await page.unroute('**/v1/connections?**')
  await page.clock.runFor(61_000)
  await page.getByRole('alert').waitFor({ state: 'detached' })
  await connectButton().click()
  await approve(page)
  await page.getByText('Connected to Brightwater Coaching').waitFor()
  await page.getByRole('button', { name: 'Disconnect' }).click()
  await connectButton().waitFor()
  expect(await product.api('/v1/connections')).toEqual([])
  expect(errors).toEqual([])
})

test('a page that is left while it loads asks no more and reports nothing', async () => {
  const errors: string[] = []
  page.on('pageerror', (error) => errors.push(String(error)))
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()))
  const leaving = `${snippet('react')
    .replace("import { StrictMode } from 'react'", "import { StrictMode, useState } from 'react'")
    .replace('<ClickFunnels />', '<Pages />')}
    function Pages() {
      const [shown, show] = useState(true)
      globalThis.leave = () => show(false)
      return shown ? <ClickFunnels /> : <p>Another page</p>
    }`
  await page.clock.install()
  const held: (() => void)[] = []
  await page.route(
    '**/v1/connections?**',
    (route) => void held.push(() => void route.continue().catch(() => {})),
  )
  await product.openWith(page, leaving)
  await expect.poll(() => held.length).toBeGreaterThan(0)
  const asked = held.length
  await page.evaluate('leave()')
  await page.getByText('Another page').waitFor()
  for (const go of held) go()
  await page.clock.runFor(130_000)
  expect(held.length).toBe(asked)
  expect(errors).toEqual([])
})

test('in StrictMode, the banner appears by itself when access is lost, and one click reconnects', async () => {
  const render = `
    import { StrictMode } from 'react'
    import { createRoot } from 'react-dom/client'
    import { useClickFunnels } from '@funnel-connect/client/react'
    function Known() {
      const { connections } = useClickFunnels(client)
      return <p>{connections.map(({ status, workspace }) => workspace.name + ' is ' + status).join()}</p>
    }
    const root = document.createElement('main')
    document.body.append(root)
    createRoot(root).render(<StrictMode><ClickFunnelsButton /><Known /></StrictMode>)`
  await page.clock.install()
  await product.openWith(page, `${snippet('react element')}\n${render}`)
  const [popup] = await Promise.all([page.waitForEvent('popup'), connectButton().click()])
  await approve(popup)
  await page.locator('connect-clickfunnels[state=connected]').waitFor()
  const banner = page.locator('clickfunnels-reconnect-banner')
  expect(await banner.isVisible()).toBe(false)
  const [connection] = await product.api('/v1/connections')
  await product.breakConnection(connection?.id ?? '')
  await page.clock.runFor(61_000)
  await banner.getByText('Brightwater Coaching: ClickFunnels ended the access').waitFor()
  await page.getByText('Brightwater Coaching is reauthorization_required').waitFor()
  const [second] = await Promise.all([
    page.waitForEvent('popup'),
    banner.getByRole('button', { name: 'Reconnect' }).click(),
  ])
  await approve(second)
  await page.clock.runFor(10_000)
  await banner.waitFor({ state: 'hidden' })
  // The hook beside it looked again, too.
  await page.getByText('Brightwater Coaching is active').waitFor()
  expect(await product.api('/v1/connections')).toMatchObject([{ id: connection?.id, status: 'active' }])
})

test('the element works in JSX', async () => {
  const render = `
    import { StrictMode } from 'react'
    import { createRoot } from 'react-dom/client'
    const root = document.createElement('main')
    document.body.append(root)
    createRoot(root).render(<StrictMode><ClickFunnelsButton /></StrictMode>)`
  await product.openWith(page, `${snippet('react element')}\n${render}`)
  const [popup] = await Promise.all([page.waitForEvent('popup'), connectButton().click()])
  const said = page.waitForEvent('console')
  await approve(popup)
  await page.locator('connect-clickfunnels[state=connected]').waitFor()
  expect((await said).text()).toMatch(/^conn_/)
})
