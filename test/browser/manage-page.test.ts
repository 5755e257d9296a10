// The manage page in a real browser: accessible on any screen, in every language, and usable by its forms alone.
import { expect, test } from 'vitest'
import { Secret } from '#domain/secret.ts'
import { connectionsPage, manageRefusalPage, questionPage } from '#http/pages/manage/manage-pages.ts'
import { aManageLink } from '../contracts/manage-links.ts'
import { aConnection, newId } from '../contracts/samples.ts'
import { startTestStack } from '../support/stack.ts'
import { inspect } from './inspect.ts'
import { openShownPage } from './shown-page.ts'

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

const shown = openShownPage()
const { show } = shown

test.each(['en', 'de', 'es', 'fr', 'pt-BR'])('in "%s" it is accessible', async (language) => {
  await show(
    connectionsPage(reader(language), visit(), {
      items: CONNECTIONS,
      isFirst: true,
      note: 'other_workspace',
    }),
  )
  expect(await shown.page.getAttribute('html', 'lang')).toBe(language)
  await inspect(shown.page, `manage-${language}`)
})

test('without connections, with the longest names, and the question are accessible', async () => {
  await show(connectionsPage(reader('en'), visit(), { items: [], isFirst: true }))
  await inspect(shown.page, 'manage-empty')
  const long = 'Internationalization'.repeat(6)
  const [first] = CONNECTIONS
  if (first === undefined) throw new Error('No connection')
  const named = { ...first, workspace: { name: long }, label: long }
  await show(connectionsPage(reader('fr'), visit('n'.repeat(256)), { items: [named], isFirst: false }))
  await inspect(shown.page, 'manage-long')
  await show(questionPage(reader('en'), visit(), first))
  await inspect(shown.page, 'manage-question')
})

test.each(['unknown', 'used', 'expired', 'suspended', 'stale', 'limit'] as const)(
  'the refusal "%s" is accessible',
  async (refusal) => {
    await show(manageRefusalPage(reader('de'), refusal, refusal === 'unknown' ? undefined : PRODUCT))
    await inspect(shown.page, `manage-refusal-${refusal}`)
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
      await shown.page.route(url, (route) => route.fulfill({ contentType: 'text/html', body: product }))
    await shown.page.goto('https://tidemark.example/')
    await shown.page.getByRole('link', { name: 'Connections' }).click()
    await shown.page.getByText('No ClickFunnels workspace is connected.').waitFor()
    expect(shown.page.url()).toBe(`${stack.url}/v1/manage`)

    await shown.page.getByRole('button', { name: 'Connect ClickFunnels' }).click()
    await shown.page.getByRole('button', { name: 'Continue to ClickFunnels' }).click()
    await shown.page.getByRole('button', { name: /authorize/i }).click()
    await shown.page.getByText('Connected', { exact: true }).waitFor()
    expect(shown.page.url()).toContain(`${stack.url}/v1/manage`)
    // "Back" from a form leads to a page that still works.
    await shown.page.getByRole('button', { name: 'Disconnect' }).click()
    await shown.page.getByRole('heading', { name: /^Disconnect .+\?$/ }).waitFor()
    await shown.page.goBack()
    await shown.page.getByRole('button', { name: 'Disconnect' }).click()
    await shown.page.getByRole('button', { name: 'Disconnect' }).click()
    await shown.page.getByText('No ClickFunnels workspace is connected.').waitFor()
    await shown.page.getByRole('button', { name: 'Done' }).click()
    await shown.page.waitForURL(tenant.returnUrl)
    await shown.page.getByRole('link', { name: 'Connections' }).click()
    await shown.page.getByRole('heading', { name: 'This link was already used' }).waitFor()
    expect(await shown.page.getByRole('link', { name: 'Back to Tidemark' }).getAttribute('href')).toBe(
      tenant.returnUrl,
    )
  } finally {
    await stack.close()
  }
}, 120_000)
