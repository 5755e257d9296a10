// Retry-After, in both its forms (RFC 9110 section 10.2.3), and what is neither.
import { expect, test } from 'vitest'
import { retryAfterSeconds } from '#domain/provider/retry-after.ts'
import { epochSeconds } from '#domain/time.ts'

const NOW = epochSeconds(Date.UTC(2026, 0, 1) / 1000)

test.each([
  ['0', 0],
  ['5', 5],
  ['005', 5],
  ['999999', 999_999],
  ['Thu, 01 Jan 2026 00:00:10 GMT', 10],
  ['Thursday, 01-Jan-26 00:00:10 GMT', 10],
  ['Thu, 01 Jan 2026 00:00:00 GMT', 0],
  ['Wed, 31 Dec 2025 23:59:59 GMT', 0],
])('"%s" asks to wait %i seconds', (value, seconds) => {
  expect(retryAfterSeconds(value, NOW)).toBe(seconds)
})

test.each(['', ' ', 'soon', '-1', '1.5', '5.5', '+5', '5 seconds', '1e3', '0x10', '1234567', 'NaN', '5, 6'])(
  '"%s" asks for nothing that can be understood',
  (value) => {
    expect(retryAfterSeconds(value, NOW)).toBeUndefined()
  },
)

test('no header asks for nothing', () => {
  expect(retryAfterSeconds(undefined, NOW)).toBeUndefined()
})
