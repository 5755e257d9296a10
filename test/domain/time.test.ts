// Whole seconds, and their form on the wire.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type EpochSeconds, epochSeconds, later, latest, toRfc3339 } from '#domain/time.ts'

test.each([
  [0, '1970-01-01T00:00:00Z'],
  [1_767_225_600, '2026-01-01T00:00:00Z'],
  [1_772_323_199, '2026-02-28T23:59:59Z'],
  [1_709_164_800, '2024-02-29T00:00:00Z'],
  [253_402_300_799, '9999-12-31T23:59:59Z'],
])('%i is %s', (seconds, text) => {
  expect(toRfc3339(epochSeconds(seconds))).toBe(text)
})

test('a part of a second is never rounded up: nothing lives longer than it may', () => {
  expect(epochSeconds(1.999)).toBe(1)
  expect(later(epochSeconds(10), 0.9)).toBe(10)
})

test.each([1e13, 1e300, Number.POSITIVE_INFINITY, Number.NaN])(
  '%d is the last moment that can be written',
  (value) => {
    expect(toRfc3339(epochSeconds(value))).toBe('9999-12-31T23:59:59Z')
    expect(toRfc3339(value as EpochSeconds)).toBe('9999-12-31T23:59:59Z')
    expect(later(epochSeconds(10), value)).toBe(253_402_300_799)
  },
)

test('nothing lies before 1970', () => {
  expect(toRfc3339(epochSeconds(-1))).toBe('1970-01-01T00:00:00Z')
})

test('what is on the wire is the same moment', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 253_402_300_799 }), (seconds) => {
      expect(Date.parse(toRfc3339(epochSeconds(seconds)))).toBe(seconds * 1000)
    }),
  )
})

test('of two moments the later one is found, whichever comes first', () => {
  const [early, late] = [epochSeconds(1), epochSeconds(2)]
  expect([latest(early, late), latest(late, early), latest(late, late)]).toEqual([late, late, late])
})
