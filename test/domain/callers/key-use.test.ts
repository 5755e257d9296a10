// The last use of API keys: stored once an hour and process, by the call that finds the key, and without failing it.
import { beforeEach, expect, test } from 'vitest'
import type { ApiKey } from '#domain/callers/api-key.ts'
import { SCOPES } from '#domain/callers/caller.ts'
import { type FindKey, keyFinder } from '#domain/callers/key-use.ts'
import { issueApiKey } from '#domain/callers/manage-api-keys.ts'
import { createTenant } from '#domain/tenants/manage-tenants.ts'
import { type FakeServices, fakeServices } from '../../fakes.ts'

let services: FakeServices
let key: ApiKey
let calls: string[]
let fails: boolean
let find: FindKey

beforeEach(async () => {
  services = fakeServices()
  const tenant = await createTenant(services, { name: 'Saas', returnUrls: [], origins: [] })
  key = (await issueApiKey(services, tenant.id, { name: 'CI', scopes: SCOPES })).record
  calls = []
  fails = false
  const { apiKeys } = services
  const watched: Pick<FakeServices['apiKeys'], 'findByHash' | 'findUsed'> = {
    findByHash: (hash) => {
      calls.push('read')
      return apiKeys.findByHash(hash)
    },
    findUsed: async (hash, hour) => {
      calls.push('write')
      if (fails) throw new Error('throttled')
      return apiKeys.findUsed(hash, hour)
    },
  }
  find = keyFinder({ ...services, apiKeys: Object.assign(Object.create(apiKeys), watched) })
})

const lastUsedAt = async () =>
  (await services.apiKeys.list(key.tenantId)).find(({ id }) => id === key.id)?.lastUsedAt

test('is the hour of the call, written once in it, and never beside a read', async () => {
  expect(await find(key.hash)).toEqual(await services.apiKeys.findByHash(key.hash))
  const first = (await lastUsedAt()) ?? 0
  await find(key.hash)
  services.clock.advance(3600)
  await find(key.hash)
  expect(await find(key.hash)).toMatchObject({ id: key.id })
  expect([first % 3600, await lastUsedAt()]).toEqual([0, first + 3600])
  expect(calls).toEqual(['write', 'read', 'write', 'read'])
})

test('that cannot be written fails no call, is logged without the hash, and is written by a later call', async () => {
  fails = true
  expect(await find(key.hash)).toMatchObject({ id: key.id })
  expect([await lastUsedAt(), calls]).toEqual([undefined, ['write', 'read']])
  expect(services.log.text()).toContain('not noted')
  expect(services.log.text()).not.toContain(key.hash)
  fails = false
  await find(key.hash)
  expect(await lastUsedAt()).toBeGreaterThan(0)
})

test('is not stored for a key that was never issued', async () => {
  expect(await find('0'.repeat(64))).toBeUndefined()
  expect(calls).toEqual(['write'])
})
