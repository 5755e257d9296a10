// When the next attempt follows.
import { expect, test } from 'vitest'
import { epochSeconds } from '#domain/time.ts'
import { PAUSES_SECONDS, pauseAfter } from '#domain/webhooks/attempts.ts'

const NOW = epochSeconds(1_767_225_600)
const pause = (tries: number, answered = {}, chance = 0.5) => pauseAfter(tries, answered, chance, NOW)

test('ten attempts over 75 hours', () => {
  const pauses = Array.from({ length: 10 }, (_, i) => pause(i + 1))
  expect(pauses).toEqual([5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400, undefined])
  const hours = PAUSES_SECONDS.reduce((sum, seconds) => sum + seconds, 0) / 3600
  expect(Math.floor(hours)).toBe(75)
})

test('a pause is up to a tenth shorter or longer', () => {
  expect([pause(2, {}, 0), pause(2, {}, 0.999_999)]).toEqual([270, 330])
  expect([pause(1, {}, 0), pause(1, {}, 0.999_999)]).toEqual([5, 5])
})

test.each([
  [429, '120', 120],
  [503, '120', 120],
  [503, 'Thu, 01 Jan 2026 00:10:00 GMT', 600],
  // No earlier than the schedule, and no later than a day.
  [429, '1', 5],
  [429, '999999', 86_400],
  [503, 'soon', 5],
  [500, '120', 5],
  [404, '120', 5],
])('a %i with Retry-After "%s" waits %i s', (status, retryAfter, seconds) => {
  expect(pause(1, { status, retryAfter })).toBe(seconds)
})
