// The keys of identity providers: rotations are noticed at once, invented key ids cost nothing, an outage does no harm for
// an hour.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { JwksKeys } from '#adapters/jwt/jwks-cache.ts'

const URI = 'https://id.example/jwks.json'
let published: readonly string[]
let fetches: number
let down: boolean
let keys: JwksKeys

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] })
  published = ['a']
  fetches = 0
  down = false
  const fetchJwks = async () => {
    fetches += 1
    if (down) throw new Error('no route to host')
    return { keys: published.map((kid) => ({ kty: 'OKP', crv: 'Ed25519', kid, x: 'AA' })) }
  }
  keys = new JwksKeys(fetchJwks)
})
afterEach(() => {
  vi.useRealTimers()
})

const pass = (seconds: number) => vi.advanceTimersByTime(seconds * 1000)
const known = async (keyId?: string) => (await keys.keySet(URI, keyId))?.jwks().keys.map(({ kid }) => kid)

test('keys are fetched once for many at a time, and again after five minutes', async () => {
  await Promise.all([known('a'), known('a'), known('a')])
  pass(299)
  await known('a')
  expect(fetches).toBe(1)
  pass(1)
  await known('a')
  expect(fetches).toBe(2)
})

test('a process that was frozen meanwhile, and its monotonic clock with it, fetches again, too', async () => {
  vi.useFakeTimers({ toFake: ['performance', 'Date'] })
  await known('a')
  published = ['b']
  vi.setSystemTime(Date.now() + 299_999)
  expect(await known('a')).toEqual(['a'])
  vi.setSystemTime(Date.now() + 1)
  expect(await known('a')).toEqual(['b'])
  down = true
  vi.setSystemTime(Date.now() + 3_600_000)
  expect(await known('b')).toBeUndefined()
})

test('a key id that is not known is looked for at once, and what was withdrawn is gone', async () => {
  await known('a')
  published = ['b']
  expect(await known('b')).toEqual(['b'])
  expect(fetches).toBe(2)
  expect(await known('b')).toEqual(['b'])
  expect(fetches).toBe(2)
})

describe('invented key ids', () => {
  test('are looked for five times, then once in ten seconds', async () => {
    await known('a')
    for (let i = 0; i < 50; i++) await known(`invented-${i}`)
    expect(fetches).toBe(6)
    pass(30)
    for (let i = 50; i < 100; i++) await known(`invented-${i}`)
    expect(fetches).toBe(9)
  })

  test('are looked for once while they are the same', async () => {
    await known('a')
    for (let i = 0; i < 10; i++) await known('invented')
    expect(fetches).toBe(2)
  })
})

describe('while the provider does not answer', () => {
  test('the keys it gave last work for an hour, and not every call waits for another fetch', async () => {
    await known('a')
    down = true
    pass(300)
    for (let i = 0; i < 10; i++) expect(await known('a')).toEqual(['a'])
    expect(fetches).toBe(2)
    pass(3299)
    expect(await known('a')).toEqual(['a'])
    pass(1)
    expect(await known('a')).toBeUndefined()
    down = false
    pass(5)
    expect(await known('a')).toEqual(['a'])
  })

  test('a provider that was never met is asked once in five seconds', async () => {
    down = true
    for (let i = 0; i < 10; i++) expect(await known('a')).toBeUndefined()
    expect(fetches).toBe(1)
    down = false
    pass(5)
    expect(await known('a')).toEqual(['a'])
  })
})

test.each([
  ['no JWK set', { key: [] }],
  ['a list', []],
  ['more than a hundred keys', { keys: Array.from({ length: 101 }, () => ({ kty: 'RSA' })) }],
])('an answer that is %s counts as none', async (_, answer) => {
  const odd = new JwksKeys(async () => answer)
  expect(await odd.keySet(URI, 'a')).toBeUndefined()
})

test('symmetric keys and keys for encryption are left out', async () => {
  const offered = [
    { kty: 'oct', kid: 'shared', k: 'AA' },
    { kty: 'RSA', kid: 'enc', use: 'enc', n: 'AA', e: 'AQAB' },
    { kty: 'EC', kid: 'sig', use: 'sig', crv: 'P-256', x: 'AA', y: 'AA' },
  ]
  const mixed = new JwksKeys(async () => ({ keys: offered }))
  expect((await mixed.keySet(URI, 'sig'))?.jwks().keys.map(({ kid }) => kid)).toEqual(['sig'])
})
