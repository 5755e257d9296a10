// Keys in memory: how long, how often, how many; and that they are zeroed when they leave, but never under a user.
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { KeyCache } from '#adapters/vault/key-cache.ts'

const BOUNDS = { seconds: 300, uses: 1000, count: 100 }
let loads: Record<string, Uint8Array[]>

beforeEach(() => {
  loads = {}
  vi.useFakeTimers({ toFake: ['performance'] })
})
afterEach(() => {
  vi.useRealTimers()
})

const load = (name: string) => async () => {
  const key = Uint8Array.of(1, 2, 3)
  loads[name] = [...(loads[name] ?? []), key]
  return { key }
}
const use = (cache: KeyCache<{ key: Uint8Array }>, name: string) =>
  cache.use(name, load(name), ({ key }) => [...key])
const loaded = (name: string) => (loads[name] ?? []).map((key) => [...key])
const ZEROED = [0, 0, 0]
const ALIVE = [1, 2, 3]

test('a key is loaded once for many users, and anew when its time is over; the old one is zeroed', async () => {
  const cache = new KeyCache(BOUNDS)
  expect(await Promise.all([use(cache, 'a'), use(cache, 'a')])).toEqual([ALIVE, ALIVE])
  vi.advanceTimersByTime(299_000)
  await use(cache, 'a')
  expect(loaded('a')).toEqual([ALIVE])
  vi.advanceTimersByTime(1000)
  await use(cache, 'a')
  expect(loaded('a')).toEqual([ZEROED, ALIVE])
})

test('a key of a process that was frozen meanwhile, and its monotonic clock with it, is loaded anew, too', async () => {
  vi.useFakeTimers({ toFake: ['performance', 'Date'] })
  const cache = new KeyCache(BOUNDS)
  await use(cache, 'a')
  vi.setSystemTime(Date.now() + 299_999)
  await use(cache, 'a')
  expect(loaded('a')).toEqual([ALIVE])
  vi.setSystemTime(Date.now() + 1)
  await use(cache, 'a')
  expect(loaded('a')).toEqual([ZEROED, ALIVE])
})

test('a wall clock that is set back lengthens no life, not even behind an older key', async () => {
  vi.useFakeTimers({ toFake: ['performance', 'Date'] })
  const cache = new KeyCache(BOUNDS)
  await use(cache, 'older')
  vi.setSystemTime(Date.now() - 1000)
  await use(cache, 'younger')
  vi.setSystemTime(Date.now() + 300_000)
  await use(cache, 'younger')
  expect([loaded('older'), loaded('younger')]).toEqual([[ALIVE], [ZEROED, ALIVE]])
  vi.setSystemTime(Date.now() - 300_000)
  vi.advanceTimersByTime(300_000)
  await use(cache, 'younger')
  expect([loaded('older'), loaded('younger')]).toEqual([[ZEROED], [ZEROED, ZEROED, ALIVE]])
})

test('what is over is zeroed when any other key is used', async () => {
  const cache = new KeyCache(BOUNDS)
  await use(cache, 'a')
  vi.advanceTimersByTime(300_000)
  await use(cache, 'b')
  expect(loaded('a')).toEqual([ZEROED])
})

test('a key is loaded anew after so many uses', async () => {
  const cache = new KeyCache({ ...BOUNDS, uses: 3 })
  for (let i = 0; i < 3; i++) await use(cache, 'a')
  expect(loaded('a')).toEqual([ALIVE])
  await use(cache, 'a')
  expect(loaded('a')).toEqual([ZEROED, ALIVE])
})

test('the oldest makes room when there are too many', async () => {
  const cache = new KeyCache({ ...BOUNDS, count: 2 })
  for (const name of ['a', 'b', 'c']) await use(cache, name)
  expect([loaded('a'), loaded('b'), loaded('c')]).toEqual([[ZEROED], [ALIVE], [ALIVE]])
})

test('keys are forgotten by the beginning of their name', async () => {
  const cache = new KeyCache(BOUNDS)
  for (const name of ['one/newest', 'one/1', 'other/1']) await use(cache, name)
  cache.forget('one/')
  expect([loaded('one/newest'), loaded('one/1'), loaded('other/1')]).toEqual([[ZEROED], [ZEROED], [ALIVE]])
})

test('a key that is forgotten while it is loaded, or between its users, is not zeroed before the last is done', async () => {
  const cache = new KeyCache(BOUNDS)
  let arrive: (value: { key: Uint8Array }) => void = () => {}
  const slow = () => new Promise<{ key: Uint8Array }>((resolve) => (arrive = resolve))
  const key = Uint8Array.of(1, 2, 3)
  const seen: number[][] = []
  const users = [1, 2].map(() => cache.use('a', slow, (value) => seen.push([...value.key])))
  cache.forget('a')
  arrive({ key })
  await Promise.all(users)
  expect(seen).toEqual([ALIVE, ALIVE])
  expect([...key]).toEqual(ZEROED)
})

test('a load that fails is forgotten, and so is the failure', async () => {
  const cache = new KeyCache(BOUNDS)
  const failing = cache.use(
    'a',
    () => Promise.reject(new Error('no')),
    () => {},
  )
  await expect(failing).rejects.toThrow('no')
  expect(await use(cache, 'a')).toEqual(ALIVE)
})

test('a user that throws does not keep the key', async () => {
  const cache = new KeyCache(BOUNDS)
  const failing = cache.use('a', load('a'), () => {
    throw new Error('no')
  })
  await expect(failing).rejects.toThrow('no')
  cache.forget('a')
  expect(loaded('a')).toEqual([ZEROED])
})
