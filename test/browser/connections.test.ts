// <clickfunnels-connections> in Chromium, packed and installed as its users get it.
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { snippet } from '../client/snippets.ts'
import { inspect } from './inspect.ts'
import { type Product, startProduct } from './product.ts'

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

const list = () => page.locator('clickfunnels-connections')
const state = (name: string) => page.locator(`clickfunnels-connections[state=${name}]`).waitFor()
const rows = () => list().getByRole('listitem')
const button = (name: string) => list().getByRole('button', { name, exact: true })
const message = () => list().getByRole('status').textContent()

async function approve(at: Page, workspace = /Brightwater Coaching/): Promise<void> {
  await at.getByRole('radio', { name: workspace }).check()
  await at.getByRole('button', { name: 'Authorize' }).click()
}

/** Connects by redirect, so the page comes back from ClickFunnels. */
async function connect(workspace?: RegExp): Promise<void> {
  await page.getByRole('button', { name: /^Connect (to|another)/ }).click()
  await approve(page, workspace)
  await state('ready')
}

test('lists what is connected, connects another one, and disconnects after it asked once', async () => {
  await product.openWith(page, snippet('connections'))
  await state('ready')
  expect(await message()).toBe('No ClickFunnels workspace is connected.')
  await connect()
  await rows().first().waitFor()
  expect(await rows().textContent()).toMatch(/^Brightwater Coaching\s*Connected\s*since .*Disconnect$/)
  expect(new URL(page.url()).search).toBe('')
  await connect(/Brightwater Events/)
  await expect.poll(() => rows().count()).toBe(2)
  await inspect(page, 'connections')

  const said = page.waitForEvent('console')
  await rows().first().getByRole('button', { name: 'Disconnect' }).click()
  expect(await rows().first().textContent()).toContain('Disconnect Brightwater Events')
  expect(
    await page.evaluate(
      'document.querySelector("clickfunnels-connections").shadowRoot.activeElement.textContent',
    ),
  ).toBe('Keep')
  await inspect(page, 'connections-question')
  await page.keyboard.press('Enter')
  expect(await rows().count()).toBe(2)
  await rows().first().getByRole('button', { name: 'Disconnect' }).click()
  await rows().first().getByRole('button', { name: 'Disconnect' }).click()
  await expect.poll(() => rows().count()).toBe(1)
  expect((await said).text()).toMatch(/^conn_/)
  await expect.poll(() => product.api('/v1/connections')).toHaveLength(1)
})

test('says why a connection does not work, and reconnects it with one click', async () => {
  await product.openWith(page, snippet('connections'))
  await state('ready')
  await connect()
  await rows().first().waitFor()
  const [before] = await product.api('/v1/connections')
  await product.breakConnection(before?.id ?? '')
  await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
  await list().getByText('ClickFunnels ended the access to this workspace. Connect again.').waitFor()
  await inspect(page, 'connections-broken')
  await button('Reconnect').click()
  await approve(page)
  await state('ready')
  await list().getByText('Connected', { exact: true }).waitFor()
  expect(await product.api('/v1/connections')).toMatchObject([{ id: before?.id, status: 'active' }])
})

test('in a pop-up, says that nothing was connected when the user refuses, and offers the button all the time', async () => {
  await product.openWith(
    page,
    snippet('connections').replace('document.body.append', "list.setAttribute('popup', '')\n$&"),
  )
  await state('ready')
  const [popup] = await Promise.all([page.waitForEvent('popup'), button('Connect to ClickFunnels').click()])
  await state('connecting')
  expect(await message()).toBe('Waiting for ClickFunnels…')
  expect(await button('Connect to ClickFunnels').isVisible()).toBe(true)
  await popup.getByRole('button', { name: 'Cancel' }).click()
  await state('ready')
  expect(await message()).toContain('Nothing was connected')
})

test('shows neither rows nor buttons while it loads, and offers to try again when no answer comes', async () => {
  let blocked = true
  let answer = () => {}
  const answered = new Promise<void>((resolve) => (answer = resolve))
  await page.route('**/v1/connections?**', async (route) => {
    await answered
    await (blocked ? route.abort() : route.continue())
  })
  await product.openWith(page, snippet('connections'))
  await state('loading')
  expect(await list().getByRole('button').count()).toBe(0)
  expect(await message()).toBe('Loading…')
  answer()
  await state('error')
  await inspect(page, 'connections-error')
  blocked = false
  await button('Try again').click()
  await state('ready')
})

test('keeps a row when it could not be disconnected', async () => {
  await product.openWith(page, snippet('connections'))
  await state('ready')
  await connect()
  await rows().first().waitFor()
  await page.route('**/v1/connections/*', (route) => route.abort())
  await button('Disconnect').click()
  await button('Disconnect').click()
  await list().getByText('That did not work').waitFor()
  expect(await rows().count()).toBe(1)
})
