import fc from 'fast-check'
import { expect, test } from 'vitest'
import { contrast, palettes } from '#http/pages/brand-colors.ts'

const color = fc.integer({ min: 0, max: 0xffffff }).map((value) => `#${value.toString(16).padStart(6, '0')}`)
const PAPERS = { light: ['#f4f5f7', '#ffffff'], dark: ['#10151c', '#1a212b'] } as const

test('contrast is what WCAG says it is', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21)
  expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.478, 3)
  expect(contrast('#123456', '#123456')).toBe(1)
})

test.each(['light', 'dark'] as const)(
  'any colour can be read on %s paper, and on it its own ink',
  (theme) => {
    fc.assert(
      fc.property(color, (brand) => {
        const { accent, onAccent, link } = palettes(brand)[theme]
        expect(contrast(accent, onAccent)).toBeGreaterThanOrEqual(4.5)
        for (const paper of PAPERS[theme]) {
          expect(contrast(accent, paper)).toBeGreaterThanOrEqual(3)
          expect(contrast(link, paper)).toBeGreaterThanOrEqual(4.5)
        }
      }),
      { numRuns: 500 },
    )
  },
)

test('a colour that can be read is left as it is', () => {
  expect(palettes('#1c5fd4').light).toEqual({ accent: '#1c5fd4', onAccent: '#ffffff', link: '#1c5fd4' })
})
