// An API key acts for its tenant: which headers are credentials, and for how long an answer of the store is kept.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { newApiKey } from '#domain/callers/api-key-form.ts'
import { SCOPES } from '#domain/callers/caller.ts'
import { issueApiKey, revokeApiKey } from '#domain/callers/manage-api-keys.ts'
import { createTenant, updateTenant } from '#domain/tenants/manage-tenants.ts'
import { type Authenticate, authentication } from '#http/credentials/authenticate.ts'
import { type FakeServices, fakeServices } from '../../fakes.ts'

let services: FakeServices
let authenticate: Authenticate
let tenantId: Awaited<ReturnType<typeof createTenant>>['id']
let keyId: Awaited<ReturnType<typeof issueApiKey>>['record']['id']
let key: string
let lookups: number

beforeEach(async () => {
  // The cache uses the monotonic clock, which no change of the wall clock moves.
  vi.useFakeTimers({ toFake: ['performance'] })
  services = fakeServices()
  tenantId = (await createTenant(services, { name: 'Saas', returnUrls: [], origins: [] })).id
  const issued = await issueApiKey(services, tenantId, { name: 'CI', scopes: SCOPES })
  keyId = issued.record.id
  key = issued.key.reveal()
  lookups = 0
  const { apiKeys } = services
  const counting: Pick<FakeServices['apiKeys'], 'findByHash' | 'findUsed'> = {
    findByHash: (hash) => {
      lookups += 1
      return apiKeys.findByHash(hash)
    },
    findUsed: (hash, hour) => {
      lookups += 1
      return apiKeys.findUsed(hash, hour)
    },
  }
  authenticate = authentication({
    ...services,
    apiKeys: Object.assign(Object.create(apiKeys), counting),
  }).authenticate
})
afterEach(() => {
  vi.useRealTimers()
})

const bearer = () => authenticate(`Bearer ${key}`)
const pass = (seconds: number) => vi.advanceTimersByTime(seconds * 1000)
const INVALID = { code: 'invalid_credential' }

describe('a header', () => {
  test.each(['Bearer', 'bearer', 'BEARER', 'Bearer  '])(
    'with the scheme "%s" is a credential',
    async (scheme) => {
      expect((await authenticate(`${scheme} ${key}`)).tenant.id).toBe(tenantId)
    },
  )

  test.each([undefined, ''])('that is %j is no credential', async (header) => {
    await expect(authenticate(header)).rejects.toMatchObject({ code: 'missing_credential' })
  })

  test.each<[string, (key: string) => string]>([
    ['the key alone', (it) => it],
    ['another scheme', (it) => `Basic ${it}`],
    ['a scheme alone', () => 'Bearer'],
    ['no space', (it) => `Bearer${it}`],
    ['a tab', (it) => `Bearer\t${it}`],
    ['something behind the key', (it) => `Bearer ${it} x`],
    ['two credentials', (it) => `Bearer ${it}, Bearer ${it}`],
    ['a mistyped key', (it) => `Bearer ${it.slice(0, -1)}${it.endsWith('A') ? 'B' : 'A'}`],
    ['a token of another service', () => 'Bearer eyJhbGciOiJIUzI1NiJ9.e30.x'],
    ['a key of a megabyte', () => `Bearer ${'a'.repeat(1_000_000)}`],
  ])('that is %s is refused without asking the store', async (_, header) => {
    await expect(authenticate(header(key))).rejects.toMatchObject(INVALID)
    expect(lookups).toBe(0)
  })

  test('with a well-formed key that was never issued is refused, and its text is in no error', async () => {
    const invented = newApiKey(services.randomBytes, 'live')
    const error = await authenticate(`Bearer ${invented}`).catch((thrown: Error) => thrown)
    expect(error).toMatchObject(INVALID)
    expect(String((error as Error).stack)).not.toContain(invented)
  })
})

describe('an answer of the store', () => {
  test('is kept for a minute, and many calls at a time ask for it once', async () => {
    await Promise.all(Array.from({ length: 10 }, bearer))
    pass(59)
    await bearer()
    expect(lookups).toBe(1)
    pass(1)
    await bearer()
    expect(lookups).toBe(2)
  })

  test('lets a revoked key go on for a minute and no longer', async () => {
    await bearer()
    await revokeApiKey(services, tenantId, keyId)
    pass(59)
    expect((await bearer()).tenant.id).toBe(tenantId)
    pass(1)
    await expect(bearer()).rejects.toMatchObject(INVALID)
  })

  test('lets a suspended tenant go on for a minute and no longer; resumed, it is back within another', async () => {
    await bearer()
    await updateTenant(services, tenantId, { status: 'suspended' })
    pass(60)
    await expect(bearer()).rejects.toMatchObject({ code: 'tenant_suspended' })
    await updateTenant(services, tenantId, { status: 'active' })
    pass(60)
    expect((await bearer()).tenant.status).toBe('active')
  })

  test('is not kept if it is a failure: the next call asks again', async () => {
    const { apiKeys } = services
    let answers = false
    const find = (hash: string) =>
      answers ? apiKeys.findByHash(hash) : Promise.reject(new Error('throttled'))
    const failing = Object.assign(Object.create(apiKeys), { findByHash: find, findUsed: find })
    const ports = { ...services, apiKeys: failing }
    const other = authentication(ports).authenticate
    await expect(other(`Bearer ${key}`)).rejects.toThrow('throttled')
    answers = true
    expect((await other(`Bearer ${key}`)).tenant.id).toBe(tenantId)
  })

  test('is not kept if there is no such key: a key that is issued now works at once', async () => {
    await services.apiKeys.remove(tenantId, keyId)
    await expect(bearer()).rejects.toMatchObject(INVALID)
    await expect(bearer()).rejects.toMatchObject(INVALID)
    expect(lookups).toBe(2)
  })
})
