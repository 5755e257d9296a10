// API keys: their form, their checksum, and that every character is as likely as any other.
import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { hintOf, isApiKey, newApiKey } from '#domain/callers/api-key-form.ts'

const ALPHABET = [...'0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz']
const zeroes = (size: number) => new Uint8Array(size)
/** Always the same, so that its checksum is fixed: keys that are in use must stay valid. */
const ZEROES = newApiKey(zeroes, 'live')
/** As keys were before they had a mark. */
const UNMARKED = 'fc_00000000000000000000000000000000000000000002CZclj'

test.each(['live', 'test'] as const)('a key is "fc_%s_", 43 random characters and a checksum', (mark) => {
  const key = newApiKey(randomBytes, mark)
  expect(key).toMatch(new RegExp(`^fc_${mark}_[0-9A-Za-z]{49}$`))
  expect(isApiKey(key)).toBe(true)
  expect(newApiKey(randomBytes, mark)).not.toBe(key)
})

test('the form does not change: keys that were issued stay valid, with and without a mark', () => {
  expect(ZEROES.slice(0, 51)).toBe(`fc_live_${'0'.repeat(43)}`)
  expect(isApiKey(`fc_live_${'0'.repeat(43)}01pJMI`)).toBe(true)
  expect(isApiKey(UNMARKED)).toBe(true)
})

describe.each([
  ['marked', ZEROES],
  ['unmarked', UNMARKED],
])('of a key that is %s', (_, key) => {
  test('any one character mistyped is noticed', () => {
    const place = fc.integer({ min: key.length - 49, max: key.length - 1 })
    fc.assert(
      fc.property(place, fc.constantFrom(...ALPHABET), (at, character) => {
        fc.pre(key[at] !== character)
        expect(isApiKey(key.slice(0, at) + character + key.slice(at + 1))).toBe(false)
      }),
    )
  })

  test('the regular expression in the docs finds it in the middle of text', () => {
    const scanner = /\bfc_(?:live_|test_)?[0-9A-Za-z]{49}\b/
    expect(scanner.exec(`"Authorization: Bearer ${key}"`)?.[0]).toBe(key)
  })
})

test.each([
  ['nothing', ''],
  ['another prefix', ZEROES.replace('fc_', 'sk_')],
  ['a prefix in capitals', ZEROES.replace('fc_', 'FC_')],
  ['another mark', ZEROES.replace('live', 'test')],
  ['an unknown mark', ZEROES.replace('live', 'prod')],
  ['no mark any more', ZEROES.replace('live_', '')],
  ['one character less', ZEROES.slice(0, -1)],
  ['one character more', `${ZEROES}0`],
  ['a space before', ` ${ZEROES}`],
  ['a line break behind', `${ZEROES}\n`],
  ['no checksum', `fc_${'0'.repeat(49)}`],
])('%s is no key', (_, text) => {
  expect(isApiKey(text)).toBe(false)
})

test('bytes that would make some characters likelier are thrown away', () => {
  const bytes = [248, 255, 247, 61, 0]
  const repeated = (size: number) => Uint8Array.from({ length: size }, (_, i) => bytes[i % bytes.length] ?? 0)
  expect(newApiKey(repeated, 'test').slice(8, 17)).toBe('zz0zz0zz0')
})

test('a hint tells a key from others and leaves 39 characters to guess', () => {
  expect(hintOf(ZEROES)).toBe('fc_live_0000')
  expect(hintOf(UNMARKED)).toBe('fc_0000')
})
