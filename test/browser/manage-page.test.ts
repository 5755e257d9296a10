// The manage page in a real browser: accessible on any screen, in every language, and usable by its forms alone.
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { Secret } from '#domain/secret.ts'
import type { Answer } from '#http/message/answer.ts'
import { connectionsPage, manageRefusalPage, questionPage } from '#http/pages/manage/manage-pages.ts'
import { aManageLink } from '../contracts/manage-links.ts'
import { aConnection, newId } from '../contracts/samples.ts'
import { startTestStack } from '../support/stack.ts'
import { launchBrowser } from './browser.ts'
import { inspect } from './inspect.ts'

const HOME = 'http://pages.test/'
const PRODUCT = { name: 'Tidemark', branding: { color: '#0b6b5b' }, returnTo: 'https://tidemark.example/' }
const reader = (language: string) => ({
  headers: { 'accept-language': language },
  operatorName: 'Funnel Connect',
})
const tenantId = newId('tenant')
const ended = { status: 'reauthorization_required', reason: 'grant_refused', endedAt: 1 } as never
const CONNECTIONS = [
  aConnection(tenantId, { workspace: { name: 'Brightwater Coaching' }, label: 'Main account' }),
  aConnection(tenantId, {
    workspace: { name: 'Harbor Courses' },
    state: ended,
    alert: { kind: 'broken', reason: 'revoked_at_provider' },
  }),
  aConnection(tenantId, { workspace: {}, suspendedAt: 1 as never }),
]
const visit = (name = 'Ada Example') =>
  ({
    outcome: 'open',
    link: aManageLink({ endUser: { id: 'user-4711' as never, displayName: name } }),
    tenant: {} as never,
    product: PRODUCT,
    formToken: new Secret('t'),
  }) as const

let browser: Browser
let context: BrowserContext
let page: Page

beforeAll(async () => {
  browser = await launchBrowser()
})
afterAll(() => browser?.close())
beforeEach(async () => {
  await context?.close()
  context = await browser.newContext()
  page = await context.newPage()
})

async function show({ status, headers, body }: Answer): Promise<void> {
  await page.route(`${HOME}**`, (route) =>
    route.fulfill({ status, headers: { ...headers }, body: String(body) }),
  )
  await page.goto(HOME)
}

test.each(['en', 'de', 'es', 'fr', 'pt-BR'])('in "%s" it is accessible', async (language) => {
  await show(
    connectionsPage(reader(language), visit(), {
      items: CONNECTIONS,
      isFirst: true,
      note: 'other_workspace',
    }),
  )
  expect(await page.getAttribute('html', 'lang')).toBe(language)
  await inspect(page, `manage-${language}`)
})

test('without connections, with the longest names, and the question are accessible', async () => {
  await show(connectionsPage(reader('en'), visit(), { items: [], isFirst: true }))
  await inspect(page, 'manage-empty')
  const long = 'Internationalization'.repeat(6)
  const [first] = CONNECTIONS
  if (first === undefined) throw new Error('No connection')
  const named = { ...first, workspace: { name: long }, label: long }
  await show(connectionsPage(reader('fr'), visit('n'.repeat(256)), { items: [named], isFirst: false }))
  await inspect(page, 'manage-long')
  await show(questionPage(reader('en'), visit(), first))
  await inspect(page, 'manage-question')
})

test.each(['unknown', 'used', 'expired', 'suspended', 'stale', 'limit'] as const)(
  'the refusal "%s" is accessible',
  async (refusal) => {
    await show(manageRefusalPage(reader('de'), refusal, refusal === 'unknown' ? undefined : PRODUCT))
    await inspect(page, `manage-refusal-${refusal}`)
  },
)

test('an end user comes from the product, connects, goes back, disconnects and leaves', async () => {
  const stack = await startTestStack()
  try {
    const tenant = await stack.createTenant({ name: 'Tidemark' })
    const { json } = await stack.api('/v1/manage-links', {
      method: 'POST',
      key: tenant.apiKey,
      body: { end_user: { id: 'user-1' }, return_url: tenant.returnUrl },
    })
    // The product is another site: what the browser sends from there, it sends with a cross-site navigation.
    const product = `<!doctype html><title>Tidemark</title><a href="${json.manage_url}">Connections</a>`
    for (const url of ['https://tidemark.example/', tenant.returnUrl])
      await page.route(url, (route) => route.fulfill({ contentType: 'text/html', body: product }))
    await page.goto('https://tidemark.example/')
    await page.getByRole('link', { name: 'Connections' }).click()
    await page.getByText('No ClickFunnels workspace is connected.').waitFor()
    expect(page.url()).toBe(`${stack.url}/v1/manage`)

    await page.getByRole('button', { name: 'Connect ClickFunnels' }).click()
    await page.getByRole('button', { name: 'Continue to ClickFunnels' }).click()
    await page.getByRole('button', { name: /authorize/i }).click()
    await page.getByText('Connected', { exact: true }).waitFor()
    expect(page.url()).toContain(`${stack.url}/v1/manage`)
    // "Back" from a form leads to a page that still works.
    await page.getByRole('button', { name: 'Disconnect' }).click()
    await page.getByRole('heading', { name: /^Disconnect .+\?$/ }).waitFor()
    await page.goBack()
    await page.getByRole('button', { name: 'Disconnect' }).click()
    await page.getByRole('button', { name: 'Disconnect' }).click()
    await page.getByText('No ClickFunnels workspace is connected.').waitFor()
    await page.getByRole('button', { name: 'Done' }).click()
    await page.waitForURL(tenant.returnUrl)
    await page.getByRole('link', { name: 'Connections' }).click()
    await page.getByRole('heading', { name: 'This link was already used' }).waitFor()
    expect(await page.getByRole('link', { name: 'Back to Tidemark' }).getAttribute('href')).toBe(
      tenant.returnUrl,
    )
  } finally {
    await stack.close()
  }
}, 120_000)
