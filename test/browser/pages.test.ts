// Our own pages in a real browser: accessible, on any screen, by keyboard alone, in every language, with the longest names
// and the worst colours.
import { describe, expect, test } from 'vitest'
import type { EndUserId } from '#domain/ids.ts'
import { Secret } from '#domain/secret.ts'
import { docsAnswer } from '#http/contract/openapi.ts'
import { confirmationPage, faultPage, refusalPage } from '#http/pages/connect-pages.ts'
import { errorPage } from '#http/pages/error-page.ts'
import { aSession, newId } from '../contracts/samples.ts'
import { inspect } from './inspect.ts'
import { openShownPage } from './shown-page.ts'

const PRODUCT = { name: 'Tidemark', branding: { color: '#0b6b5b' }, returnTo: 'https://tidemark.example/' }

const shown = openShownPage()
const { show } = shown

const reader = (language: string) => ({
  headers: { 'accept-language': language },
  operatorName: 'Funnel Connect',
})

function confirmation(language: string, product = PRODUCT, displayName = 'demo user 1', id = 'user-1') {
  const session = aSession(newId('tenant'), { endUser: { id: id as EndUserId, displayName } })
  const form = { linkSecret: 'x', providerUrl: 'https://accounts.example/', forgotten: false }
  const shown = { outcome: 'confirm', product, session, confirmation: new Secret('y') } as const
  return confirmationPage(reader(language), form, shown)
}

describe('the confirmation page', () => {
  test.each(['en', 'de', 'es', 'fr', 'pt-BR'])('in "%s" is accessible', async (language) => {
    await show(confirmation(language))
    expect(await shown.page.getAttribute('html', 'lang')).toBe(language)
    await inspect(shown.page, `confirmation-${language}`)
  })

  test.each(['en', 'de', 'es', 'fr', 'pt-BR'])(
    'in "%s" fits a small phone without scrolling',
    async (language) => {
      await shown.page.setViewportSize({ width: 390, height: 700 })
      await show(confirmation(language))
      const height = await shown.page.evaluate('document.documentElement.scrollHeight')
      expect(height).toBeLessThanOrEqual(700)
      const out = await shown.page.getByRole('button').last().boundingBox()
      // A finger needs 44 pixels.
      expect(out?.height).toBeGreaterThanOrEqual(44)
    },
  )

  test.each(['#ffffff', '#000000', '#ffe600', '#7f7f7f'])('in %s is accessible', async (color) => {
    await show(confirmation('en', { ...PRODUCT, branding: { color } }))
    await inspect(shown.page, `confirmation-${color.slice(1)}`)
  })

  test('holds the longest names without growing wider than a phone', async () => {
    const name = 'Internationalization'.repeat(6)
    await show(confirmation('en', { ...PRODUCT, name }, 'n'.repeat(256), 'auth0|'.repeat(42)))
    await inspect(shown.page, 'confirmation-long')
  })

  test('leads by keyboard from the button that goes on to the way out, and shows where one is', async () => {
    await show(confirmation('en'))
    const focused = () => shown.page.evaluate('document.activeElement.textContent')
    await shown.page.keyboard.press('Tab')
    expect(await focused()).toBe('Continue to ClickFunnels')
    const outline = 'getComputedStyle(document.activeElement).outlineWidth'
    expect(Number.parseInt(String(await shown.page.evaluate(outline)), 10)).toBeGreaterThanOrEqual(2)
    await shown.page.keyboard.press('Tab')
    expect(await focused()).toBe('Not you? Stop here')
  })
})

test.each([
  'unknown',
  'used',
  'expired',
  'suspended',
  'other_browser',
  'other_app',
  'declined',
  'declined_reusable',
  'done',
  'gone',
  'under_way',
  'return_url_not_registered',
] as const)('the refusal "%s" is accessible and leads back', async (refusal) => {
  await show(refusalPage(reader('en'), refusal, PRODUCT))
  expect(await shown.page.getByRole('link', { name: 'Back to Tidemark' }).getAttribute('href')).toBe(
    PRODUCT.returnTo,
  )
  await inspect(shown.page, `refusal-${refusal}`)
})

test('a fault is accessible', async () => {
  await show(faultPage(reader('de'), new Error('x')))
  await inspect(shown.page, 'fault')
})

test('the API reference is accessible', async () => {
  await show(docsAnswer('https://connect.example.com'))
  await inspect(shown.page, 'docs')
})

test('the page of error codes is accessible', async () => {
  await show(errorPage())
  await inspect(shown.page, 'errors')
})
