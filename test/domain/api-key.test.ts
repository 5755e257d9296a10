// API keys: their form, their checksum, and that every character is as likely as any other.
import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isApiKey, newApiKey } from '#domain/api-key.ts'

const ALPHABET = [...'0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz']
/** Always the same, so that its checksum is fixed: keys that are in use must stay valid. */
const ZEROES = newApiKey((size) => new Uint8Array(size))

test('a key is "fc_", 43 random characters and a checksum', () => {
  const key = newApiKey(randomBytes)
  expect(key).toMatch(/^fc_[0-9A-Za-z]{49}$/)
  expect(isApiKey(key)).toBe(true)
  expect(newApiKey(randomBytes)).not.toBe(key)
})

test('the form does not change: keys that were issued stay valid', () => {
  expect(ZEROES.slice(0, 46)).toBe(`fc_${'0'.repeat(43)}`)
  expect(isApiKey('fc_00000000000000000000000000000000000000000002CZclj')).toBe(true)
})

test('any one character mistyped is noticed', () => {
  const place = fc.integer({ min: 3, max: 51 })
  fc.assert(
    fc.property(place, fc.constantFrom(...ALPHABET), (at, character) => {
      fc.pre(ZEROES[at] !== character)
      expect(isApiKey(ZEROES.slice(0, at) + character + ZEROES.slice(at + 1))).toBe(false)
    }),
  )
})

test.each([
  ['nothing', ''],
  ['another prefix', ZEROES.replace('fc_', 'sk_')],
  ['a prefix in capitals', ZEROES.replace('fc_', 'FC_')],
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
  const key = newApiKey((size) => Uint8Array.from({ length: size }, (_, i) => bytes[i % bytes.length] ?? 0))
  expect(key.slice(3, 12)).toBe('zz0zz0zz0')
})
