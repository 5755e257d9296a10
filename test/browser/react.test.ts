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

test('a page whose effects run twice is connected when the browser comes back, each time', async () => {
  const counted = snippet('react').replace(
    'async function load() {',
    '$& globalThis.loads = (globalThis.loads ?? 0) + 1',
  )
  for (let round = 0; round < ROUNDS; round++) {
    await product.openWith(page, counted)
    await connectButton().click()
    await approve(page)
    await page.getByText('Connected to Brightwater Coaching').waitFor()
    expect(await page.evaluate('loads')).toBe(2)
    await page.reload()
    await page.getByText('Connected to Brightwater Coaching').waitFor()
    await product.disconnectAll()
  }
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
