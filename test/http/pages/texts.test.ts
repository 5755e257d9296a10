import { describe, expect, test } from 'vitest'
import { textsFor } from '#http/pages/texts.ts'

describe('the language of a page', () => {
  test.each([
    ['de', 'de'],
    ['de-AT,de;q=0.9,en;q=0.5', 'de'],
    ['fr-FR, es;q=0.8, en;q=0.7', 'fr'],
    ['it-IT, es;q=0.8, en;q=0.7', 'es'],
    ['pt-BR,pt;q=0.9', 'pt-BR'],
    ['pt-PT', 'pt-BR'],
    ['en;q=0.4, DE;q=0.5', 'de'],
    ['de;q=0, es;q=0.1', 'es'],
    ['en-GB,de', 'en'],
    ['it, *;q=0.5', 'en'],
    ['', 'en'],
    [undefined, 'en'],
    [';;;q=,,=', 'en'],
    ['deutsch', 'en'],
  ])('for "%s" is %s', (header, language) => {
    expect(textsFor(header).language).toBe(language)
  })
})

test.each(['en', 'de', 'es', 'fr', 'pt'])(
  'every text of "%s" is there, and every one with a name holds it',
  (language) => {
    const { confirm, refusals, back, runBy, runByAlone } = textsFor(language)
    const texts = [confirm, ...Object.values(refusals), { back, runBy, runByAlone }].flatMap((group) =>
      Object.values(group),
    )
    for (const text of texts) {
      if (typeof text === 'string') expect(text.length).toBeGreaterThan(5)
      else expect(text('Saas', 'Operator')).toContain('Saas')
    }
    expect(runBy('Saas', 'Operator')).toContain('Operator')
    const titles = Object.values(refusals).map(({ title }) => title)
    expect(new Set(titles).size).toBe(titles.length)
  },
)
