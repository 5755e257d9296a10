// Ids: minted in one form, sorted by time, taken from outside only in that form.
import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { idMinter, type MintedIds, parseId } from '#domain/ids.ts'

const KINDS = {
  tenant: 'ten',
  app: 'app',
  apiKey: 'key',
  identityProvider: 'idp',
  connectSession: 'cs',
  connection: 'conn',
  revocation: 'rev',
  auditEvent: 'aud',
  event: 'evt',
  timelineEntry: 'tle',
  endpoint: 'we',
  delivery: 'dlv',
  manageLink: 'ml',
} as const satisfies Record<keyof MintedIds, string>
const kinds = Object.entries(KINDS) as [keyof MintedIds, string][]
const mintAt = (milliseconds: number, random: (size: number) => Uint8Array = randomBytes) =>
  idMinter(() => milliseconds, random)

test.each(kinds)(
  'an id of the kind %s begins with "%s_" and is taken back as that kind alone',
  (kind, prefix) => {
    const id = mintAt(Date.UTC(2026, 0, 1))(kind)
    expect(id).toMatch(new RegExp(`^${prefix}_[0-9a-hjkmnp-tv-z]{26}$`))
    for (const [other] of kinds) expect(parseId(other, id)).toBe(other === kind ? id : undefined)
  },
)

test('ids sort by the time they were made, for the next thousand years', () => {
  const moment = fc.integer({ min: 0, max: Date.UTC(3000, 0) })
  fc.assert(
    fc.property(moment, moment, (one, other) => {
      fc.pre(one < other)
      expect(mintAt(one)('connection') < mintAt(other)('connection')).toBe(true)
    }),
  )
})

test('ids of one millisecond differ by 80 random bits, each character alike', () => {
  const all = (value: number) => mintAt(0, (size) => new Uint8Array(size).fill(value))('app')
  expect(all(0)).toBe(`app_${'0'.repeat(26)}`)
  expect(all(31)).toBe(`app_${'0'.repeat(10)}${'z'.repeat(16)}`)
  expect(all(32)).toBe(all(0))
  expect(all(255)).toBe(all(31))
  const mint = mintAt(0)
  expect(new Set(Array.from({ length: 1000 }, () => mint('app'))).size).toBe(1000)
})

describe('a text from outside', () => {
  const body = '01hzzzzzzzzzzzzzzzzzzzzzzz'

  test.each([
    ['the prefix alone', 'conn_'],
    ['no prefix', body],
    ["another kind's prefix", `app_${body}`],
    ['too short', `conn_${body.slice(1)}`],
    ['too long', `conn_${body}0`],
    ['in capitals', `conn_${body.toUpperCase()}`],
    ['with a letter that Crockford leaves out', `conn_u${body.slice(1)}`],
    ['with a line break', `conn_${body}\n`],
    ['with a slash', `conn_/${body.slice(1)}`],
    ['with a key separator', `conn_#${body.slice(1)}`],
    ['with a character of two code units', `conn_😀${body.slice(2)}`],
    ['nothing', ''],
  ])('that is %s is no id', (_, text) => {
    expect(parseId('connection', text)).toBeUndefined()
  })

  test('is taken as it is or not at all', () => {
    expect(parseId('connection', `conn_${body}`)).toBe(`conn_${body}`)
    const texts = fc.oneof(
      fc.string(),
      fc.string({ minLength: 26, maxLength: 26 }).map((rest) => `conn_${rest}`),
    )
    fc.assert(
      fc.property(texts, (text) => {
        const id = parseId('connection', text)
        expect(id === undefined || (id === text && /^conn_[0-9a-z]{26}$/.test(text))).toBe(true)
      }),
    )
  })
})
