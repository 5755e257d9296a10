import { expect, test } from 'vitest'
import { LazyAuthorizationServer } from '#adapters/clickfunnels/lazy-authorization-server.ts'
import { LazyTokenVerifier } from '#adapters/jwt/lazy-token-verifier.ts'
import { loadedOnce } from '#adapters/loaded-once.ts'

test('what is loaded is loaded once, also for uses at the same time', async () => {
  let loads = 0
  const use = loadedOnce(async () => {
    loads += 1
    return loads
  })
  expect([...(await Promise.all([use(), use()])), await use()]).toEqual([1, 1, 1])
})

/** A load that fails the first time. */
function flaky<T>(loaded: T): () => Promise<T> {
  let failures = 1
  return async () => {
    if (failures-- > 0) throw new Error('EMFILE')
    return loaded
  }
}

test('code that could not be loaded is loaded at its next use', async () => {
  const server = new LazyAuthorizationServer(flaky({ revoke: async () => 'done' } as never))
  await expect(server.revoke({} as never, {} as never, 'access_token')).rejects.toThrow('EMFILE')
  expect(await server.revoke({} as never, {} as never, 'access_token')).toBe('done')
  const verifier = new LazyTokenVerifier(flaky({ verify: async () => 'verified' } as never))
  await expect(verifier.verify({} as never, {} as never, 0 as never)).rejects.toThrow('EMFILE')
  expect(await verifier.verify({} as never, {} as never, 0 as never)).toBe('verified')
})
