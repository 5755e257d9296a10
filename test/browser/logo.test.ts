// Pages with a tenant's logo in a real browser: of any shape, on light and dark, no taller and no less accessible than without.
import { describe, expect, test } from 'vitest'
import type { EndUserId } from '#domain/ids.ts'
import { Secret } from '#domain/secret.ts'
import { acceptedLogo } from '#domain/tenants/manage-logo.ts'
import { confirmationPage, refusalPage } from '#http/pages/connect-pages.ts'
import { aSession, newId } from '../contracts/samples.ts'
import { JPEG, png } from '../support/images.ts'
import { inspect } from './inspect.ts'
import { openShownPage } from './shown-page.ts'

const LANGUAGES = ['en', 'de', 'es', 'fr', 'pt-BR']
const CLEAR = [0, 0, 0, 0] as const

/** Letters of a kind on nothing: a logo for paper, as most are. */
const letters = (ink: readonly [number, number, number, number]) => (x: number, y: number) =>
  x % 48 < 34 && y > 8 && (x % 48 < 10 || y % 28 > 18) ? ink : CLEAR
/** A dark ring. */
const ring = (x: number, y: number) =>
  Math.abs(Math.hypot(x - 64, y - 64) - 46) < 14 ? ([12, 16, 22, 255] as const) : CLEAR

const LOGOS = {
  square: acceptedLogo(png({ width: 128, height: 128 })),
  wide: acceptedLogo(png({ width: 512, height: 64, at: letters([11, 107, 91, 255]) })),
  'very wide': acceptedLogo(png({ width: 1024, height: 32, at: letters([180, 30, 60, 255]) })),
  tall: acceptedLogo(png({ width: 32, height: 512, at: letters([90, 40, 160, 255]) })),
  dark: acceptedLogo(png({ width: 128, height: 128, at: ring })),
  photo: acceptedLogo(JPEG),
}
type Shape = keyof typeof LOGOS

const shown = openShownPage()
const { show } = shown

const reader = (language: string) => ({
  headers: { 'accept-language': language },
  operatorName: 'Funnel Connect',
})
const product = (shape?: Shape) => ({
  name: 'Tidemark',
  branding: { color: '#0b6b5b' },
  returnTo: 'https://tidemark.example/',
  ...(shape && { logo: LOGOS[shape] }),
})

function confirmation(language: string, shape?: Shape) {
  const endUser = { id: 'user-1' as EndUserId, displayName: 'demo user 1' }
  const session = aSession(newId('tenant'), { endUser })
  const form = { linkSecret: 'x', providerUrl: 'https://accounts.example/', forgotten: false }
  const confirmation = new Secret('y')
  return confirmationPage(reader(language), form, {
    outcome: 'confirm',
    product: product(shape),
    session,
    confirmation,
  })
}

/** Where the heading begins: a logo must not move it. */
const heading = async () => (await shown.page.getByRole('heading').boundingBox())?.y
const image = () => shown.page.locator('img')

describe.each(Object.keys(LOGOS) as Shape[])('a %s logo', (shape) => {
  test.each(['confirmation', 'refusal'] as const)(
    'is shown on the %s without a change of the layout',
    async (kind) => {
      const pageWith = (logo?: Shape) =>
        kind === 'confirmation' ? confirmation('en', logo) : refusalPage(reader('en'), 'used', product(logo))
      await shown.page.setViewportSize({ width: 390, height: 700 })
      await show(pageWith())
      const before = await heading()
      await show(pageWith(shape))
      expect(await heading()).toBe(before)
      // Decoded, and seen.
      expect(await shown.page.evaluate("document.querySelector('img').naturalWidth")).toBe(LOGOS[shape].width)
      const box = await image().boundingBox()
      const plate = await shown.page.locator('.mark.logo').boundingBox()
      if (!box || !plate) throw new Error('The logo is not shown')
      expect(box.width).toBeGreaterThan(1)
      expect(box.width).toBeLessThanOrEqual(plate.width)
      expect(box.height).toBeLessThanOrEqual(plate.height)
      expect(await shown.page.getByRole('img').count()).toBe(0)
      await inspect(shown.page, `logo-${shape.replace(' ', '-')}-${kind}`)
    },
  )
})

test.each(LANGUAGES)(
  'with a logo, the confirmation in "%s" fits a small phone without scrolling',
  async (language) => {
    await shown.page.setViewportSize({ width: 390, height: 700 })
    await show(confirmation(language, 'wide'))
    expect(await shown.page.evaluate('document.documentElement.scrollHeight')).toBeLessThanOrEqual(700)
  },
)

test.each(LANGUAGES)('who runs the page takes one line on a phone in "%s"', async (language) => {
  await shown.page.setViewportSize({ width: 390, height: 700 })
  for (const answer of [confirmation(language), refusalPage(reader(language), 'unknown')]) {
    await show(answer)
    expect((await shown.page.locator('footer').boundingBox())?.height).toBeLessThan(25)
  }
})
