// Wrapped keys that came along with a read of their tenant live for seconds, by whichever clock goes further.
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { WRAPPED_KEY_SECONDS, WrappedKeys } from '#adapters/vault/wrapped-keys.ts'
import { newId } from '../../contracts/samples.ts'

const tenant = newId('tenant')
const item = { version: 1, wrapped: Uint8Array.of(1) }
let kept: WrappedKeys

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance', 'Date'] })
  kept = new WrappedKeys()
  kept.keep(tenant, [item])
})
afterEach(() => {
  vi.useRealTimers()
})

test('a key is found until its seconds are over, though the wall clock is set back', () => {
  vi.advanceTimersByTime(WRAPPED_KEY_SECONDS * 1000 - 1)
  expect(kept.find(tenant, 1)).toBe(item)
  expect(kept.find(tenant, 2)).toBeUndefined()
  vi.advanceTimersByTime(1)
  vi.setSystemTime(Date.now() - 60_000)
  expect(kept.find(tenant, 1)).toBeUndefined()
})

test('a process that was frozen meanwhile, and its monotonic clock with it, does not find it', () => {
  vi.setSystemTime(Date.now() + WRAPPED_KEY_SECONDS * 1000)
  expect(kept.find(tenant, 1)).toBeUndefined()
})
