// When an endpoint is disabled.
import { expect, test } from 'vitest'
import { type EpochSeconds, later } from '#domain/time.ts'
import type { Endpoint } from '#domain/webhooks/endpoint.ts'
import { afterOutcomes, FAILING_SECONDS } from '#domain/webhooks/endpoint-health.ts'
import { anEndpoint, NOW, newId } from '../../contracts/samples.ts'

const FAILED = { succeeded: false, failed: true, gone: false }
const SUCCEEDED = { succeeded: true, failed: true, gone: false }
const HOUR = 3600
const fresh = anEndpoint(newId('tenant'))
const after = (endpoint: Endpoint, outcomes: typeof FAILED, at: EpochSeconds) =>
  afterOutcomes(endpoint, outcomes, at) ?? endpoint

/** Fails every so many hours, for so many hours. */
function failing(everyHours: number, hours: number): Endpoint {
  let endpoint = fresh
  for (let hour = 0; hour <= hours; hour += everyHours)
    endpoint = after(endpoint, FAILED, later(NOW, hour * HOUR))
  return endpoint
}

test('after five days of failures it is disabled, and not a day before', () => {
  expect(failing(20, 100).disabled).toBeUndefined()
  expect(failing(20, 120)).toMatchObject({
    disabled: { reason: 'failing', at: later(NOW, FAILING_SECONDS) },
    eventCount: 1,
  })
})

test('one success in five days keeps it enabled', () => {
  const almost = failing(20, 100)
  const succeeded = after(almost, SUCCEEDED, later(NOW, 110 * HOUR))
  expect(succeeded.failing).toBeUndefined()
  const again = after(succeeded, FAILED, later(NOW, 120 * HOUR))
  expect(again).toMatchObject({ failing: { since: later(NOW, 120 * HOUR) } })
  expect(again.disabled).toBeUndefined()
})

test('failures that are days apart are not one failure of five days', () => {
  const once = after(fresh, FAILED, NOW)
  const later10 = after(once, FAILED, later(NOW, 240 * HOUR))
  expect(later10.disabled).toBeUndefined()
  expect(later10.failing?.since).toBe(later(NOW, 240 * HOUR))
})

test('410 disables it at once', () => {
  const gone = after(fresh, { ...FAILED, gone: true }, NOW)
  expect(gone).toMatchObject({ disabled: { reason: 'gone', at: NOW } })
})

test('a success of a healthy endpoint, and a second failure within a minute, are not written', () => {
  expect(afterOutcomes(fresh, SUCCEEDED, NOW)).toBeUndefined()
  expect(afterOutcomes(after(fresh, FAILED, NOW), FAILED, later(NOW, 59))).toBeUndefined()
  expect(afterOutcomes(fresh, { succeeded: false, failed: false, gone: false }, NOW)).toBeUndefined()
})
