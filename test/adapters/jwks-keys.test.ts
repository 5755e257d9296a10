// The keys of identity providers: rotations are noticed at once, invented key ids cost nothing, an outage does no harm for
// an hour.
import { beforeEach, describe, expect, test } from 'vitest'
import { JwksKeys } from '#adapters/jwks-keys.ts'

const URI = 'https://id.example/jwks.json'
let now: number
let published: readonly string[]
let fetches: number
let down: boolean
let keys: JwksKeys

beforeEach(() => {
  now = 1000
  published = ['a']
  fetches = 0
  down = false
  const fetchJwks = async () => {
    fetches += 1
    if (down) throw new Error('no route to host')
    return { keys: published.map((kid) => ({ kty: 'OKP', crv: 'Ed25519', kid, x: 'AA' })) }
  }
  keys = new JwksKeys(fetchJwks, () => now)
})

const known = async (keyId?: string) => (await keys.keySet(URI, keyId))?.jwks().keys.map(({ kid }) => kid)

test('keys are fetched once for many at a time, and again after five minutes', async () => {
  await Promise.all([known('a'), known('a'), known('a')])
  now += 299
  await known('a')
  expect(fetches).toBe(1)
  now += 1
  await known('a')
  expect(fetches).toBe(2)
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
    now += 30
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
  test('the keys it gave last work for an hour, and nobody waits at every call', async () => {
    await known('a')
    down = true
    now += 300
    for (let i = 0; i < 10; i++) expect(await known('a')).toEqual(['a'])
    expect(fetches).toBe(2)
    now += 3299
    expect(await known('a')).toEqual(['a'])
    now += 1
    expect(await known('a')).toBeUndefined()
    down = false
    now += 5
    expect(await known('a')).toEqual(['a'])
  })

  test('a provider that was never met is asked once in five seconds', async () => {
    down = true
    for (let i = 0; i < 10; i++) expect(await known('a')).toBeUndefined()
    expect(fetches).toBe(1)
    down = false
    now += 5
    expect(await known('a')).toEqual(['a'])
  })
})

test.each([
  ['no JWK set', { key: [] }],
  ['a list', []],
  ['more than a hundred keys', { keys: Array.from({ length: 101 }, () => ({ kty: 'RSA' })) }],
])('an answer that is %s counts as none', async (_, answer) => {
  const odd = new JwksKeys(
    async () => answer,
    () => now,
  )
  expect(await odd.keySet(URI, 'a')).toBeUndefined()
})

test('symmetric keys and keys for encryption are left out', async () => {
  const offered = [
    { kty: 'oct', kid: 'shared', k: 'AA' },
    { kty: 'RSA', kid: 'enc', use: 'enc', n: 'AA', e: 'AQAB' },
    { kty: 'EC', kid: 'sig', use: 'sig', crv: 'P-256', x: 'AA', y: 'AA' },
  ]
  const mixed = new JwksKeys(
    async () => ({ keys: offered }),
    () => now,
  )
  expect((await mixed.keySet(URI, 'sig'))?.jwks().keys.map(({ kid }) => kid)).toEqual(['sig'])
})
