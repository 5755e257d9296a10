// The last use of API keys: one write an hour and process, which no caller waits for in vain or fails by.
import { beforeEach, expect, test } from 'vitest'
import { issueApiKey } from '#domain/api-keys.ts'
import { type Caller, SCOPES } from '#domain/caller.ts'
import type { ApiKeyId, EndUserId } from '#domain/ids.ts'
import { keyUse, type NoteUse } from '#domain/key-use.ts'
import { createTenant } from '#domain/onboarding.ts'
import { type FakeServices, fakeServices } from '../fakes.ts'

let services: FakeServices
let caller: Caller
let keyId: ApiKeyId
let writes: number
let fails: boolean
let note: NoteUse

beforeEach(async () => {
  services = fakeServices()
  const tenant = await createTenant(services, { name: 'Saas', returnUrls: [], origins: [] })
  keyId = (await issueApiKey(services, tenant.id, { name: 'CI', scopes: SCOPES })).record.id
  caller = { tenant, actor: { kind: 'api_key', id: keyId, scopes: new Set() } }
  writes = 0
  fails = false
  const { apiKeys } = services
  const watched: FakeServices['apiKeys'] = Object.assign(Object.create(apiKeys), {
    noteUse: async (...use: Parameters<typeof apiKeys.noteUse>) => {
      writes += 1
      if (fails) throw new Error('throttled')
      return apiKeys.noteUse(...use)
    },
  })
  note = keyUse({ ...services, apiKeys: watched })
})

const lastUsedAt = async () => (await services.apiKeys.get(caller.tenant.id, keyId))?.lastUsedAt

test('is the hour of the call, written once in it', async () => {
  await Promise.all([note(caller), note(caller), note(caller)])
  const first = (await lastUsedAt()) ?? 0
  expect([first % 3600, writes]).toEqual([0, 1])
  services.clock.advance(3600)
  await note(caller)
  await note(caller)
  expect([await lastUsedAt(), writes]).toEqual([first + 3600, 2])
})

test('costs a later call in the same hour nothing to wait for', async () => {
  await note(caller)
  expect(note(caller)).toBeUndefined()
})

test('that cannot be written fails nobody, and is not tried again at every call', async () => {
  fails = true
  await note(caller)
  await note(caller)
  expect([await lastUsedAt(), writes]).toEqual([undefined, 1])
  expect(services.log.text()).toContain('not noted')
})

test('is not noted of end users', () => {
  const actor = {
    kind: 'end_user',
    id: 'alice' as EndUserId,
    identityProviderId: services.newId('identityProvider'),
  }
  expect(note({ ...caller, actor: actor as Caller['actor'] })).toBeUndefined()
})
