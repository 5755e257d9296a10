// A cache bounded in time and count, whose callers share one load.
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { ExpiringCache } from '#http/credentials/expiring-cache.ts'

let loads: string[]
let cache: ExpiringCache<number>
const get = (key: string) =>
  cache.get(key, async () => {
    loads.push(key)
    return loads.length
  })

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] })
  loads = []
  cache = new ExpiringCache(60, 2)
})
afterEach(() => {
  vi.useRealTimers()
})

test('many callers at a time load a value once', async () => {
  expect(await Promise.all([get('a'), get('a'), get('a')])).toEqual([1, 1, 1])
})

test('a value is loaded again after its time, counted from the load', async () => {
  await get('a')
  vi.advanceTimersByTime(59_999)
  expect(await get('a')).toBe(1)
  vi.advanceTimersByTime(1)
  expect(await get('a')).toBe(2)
})

test('beyond its size the oldest load is forgotten', async () => {
  for (const key of ['a', 'b', 'c']) await get(key)
  await get('b')
  await get('a')
  expect(loads).toEqual(['a', 'b', 'c', 'a'])
})

test('a load that fails rejects for every caller that waits, and is forgotten', async () => {
  const fail = () => cache.get('a', () => Promise.reject(new Error('no')))
  const both = await Promise.allSettled([fail(), get('a')])
  expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  expect(loads).toEqual([])
  expect(await get('a')).toBe(1)
})

test('a value that must not be kept reaches every caller that waits, and is forgotten', async () => {
  cache = new ExpiringCache(60, 2, (value) => value > 2)
  expect(await Promise.all([get('a'), get('a')])).toEqual([1, 1])
  expect(await get('a')).toBe(2)
  expect(await get('a')).toBe(3)
  expect(await get('a')).toBe(3)
})

test('values that are not kept push out at most one that is', async () => {
  cache = new ExpiringCache(60, 2, (value) => value <= 2)
  for (const key of ['a', 'b', 'x', 'y', 'z']) await get(key)
  expect(await get('b')).toBe(2)
})

test('a load that fails late does not forget the value that took its place', async () => {
  let fail = (_: Error) => {}
  const slow = cache.get('a', () => new Promise((_, reject) => (fail = reject)))
  vi.advanceTimersByTime(60_000)
  await get('a')
  fail(new Error('late'))
  await expect(slow).rejects.toThrow('late')
  await get('a')
  expect(loads).toEqual(['a'])
})

test('a process that was frozen meanwhile, and its monotonic clock with it, loads again, too', async () => {
  vi.useFakeTimers({ toFake: ['performance', 'Date'] })
  await get('a')
  vi.setSystemTime(Date.now() + 59_999)
  expect(await get('a')).toBe(1)
  vi.setSystemTime(Date.now() + 1)
  expect(await get('a')).toBe(2)
})
