// What the operator does with API keys: they are shown once, end on time, are rotated with an overlap and revoked.
import { beforeEach, describe, expect, test } from 'vitest'
import { isApiKey } from '#domain/callers/api-key-form.ts'
import { SCOPES } from '#domain/callers/caller.ts'
import { issueApiKey, revokeApiKey, rotateApiKey } from '#domain/callers/manage-api-keys.ts'
import { sha256 } from '#domain/hash.ts'
import { createTenant } from '#domain/tenants/manage-tenants.ts'
import type { Tenant } from '#domain/tenants/tenant.ts'
import { later } from '#domain/time.ts'
import { readable } from '../../fakes/readable.ts'
import { type FakeServices, fakeServices } from '../../fakes.ts'

const NOT_FOUND = { code: 'not_found' }
const DAY = 24 * 60 * 60
const ALL = { name: 'CI', scopes: SCOPES }
let services: FakeServices
let tenant: Tenant
let stranger: Tenant

beforeEach(async () => {
  services = fakeServices()
  tenant = await createTenant(services, { name: 'Saas', returnUrls: [], origins: [] })
  stranger = await createTenant(services, { name: 'Stranger', returnUrls: [], origins: [] })
})

const inForce = async () => {
  const keys = await services.apiKeys.list(tenant.id)
  return keys.filter(({ expiresAt }) => expiresAt === undefined || expiresAt > services.now())
}

describe('an API key', () => {
  test('is known by its hash alone', async () => {
    const { record, key } = await issueApiKey(services, tenant.id, ALL)
    expect(isApiKey(key.reveal())).toBe(true)
    expect(key.reveal().startsWith(record.hint)).toBe(true)
    const { id, tenantId, scopes } = record
    expect(await services.apiKeys.findByHash(sha256(key.reveal()))).toEqual({ id, tenantId, scopes })
    expect(readable(await services.apiKeys.list(tenant.id))).not.toContain(key.reveal())
  })

  test.each([
    ['https://connect.example.com', /^fc_live_/],
    ['http://127.0.0.1:4600', /^fc_test_/],
  ])('of a service at %s bears its mark', async (publicUrl, mark) => {
    const { key } = await issueApiKey({ ...services, publicUrl }, tenant.id, ALL)
    expect(key.reveal()).toMatch(mark)
  })

  test('belongs to a tenant that exists, and to a time to come', async () => {
    const { id } = { id: services.newId('tenant') }
    await expect(issueApiKey(services, id, ALL)).rejects.toMatchObject(NOT_FOUND)
    const over = issueApiKey(services, tenant.id, { ...ALL, expiresAt: services.now() })
    await expect(over).rejects.toMatchObject({ code: 'validation_failed' })
    expect(await services.apiKeys.list(tenant.id)).toEqual([])
  })

  test('is revoked once, and by its own tenant only', async () => {
    const { record, key } = await issueApiKey(services, tenant.id, ALL)
    const other = await issueApiKey(services, tenant.id, ALL)
    await expect(revokeApiKey(services, stranger.id, record.id)).rejects.toMatchObject(NOT_FOUND)
    await revokeApiKey(services, tenant.id, record.id)
    expect(await services.apiKeys.findByHash(sha256(key.reveal()))).toBeUndefined()
    expect(await services.apiKeys.findByHash(sha256(other.key.reveal()))).toBeDefined()
    await expect(revokeApiKey(services, tenant.id, record.id)).rejects.toMatchObject(NOT_FOUND)
  })
})

describe('a rotation', () => {
  const OVERLAP = { overlapSeconds: DAY }

  test('makes a successor that may do the same, beside the old key until the overlap is over', async () => {
    const old = await issueApiKey(services, tenant.id, { name: 'Reports', scopes: ['proxy:read'] })
    const { record } = await rotateApiKey(services, tenant.id, old.record.id, OVERLAP)
    expect(record).toMatchObject({ name: 'Reports', scopes: ['proxy:read'] })
    expect(record.expiresAt).toBeUndefined()
    expect((await inForce()).map(({ id }) => id)).toEqual([old.record.id, record.id])
    services.clock.advance(DAY)
    expect((await inForce()).map(({ id }) => id)).toEqual([record.id])
  })

  test('gives the successor the lifetime of the old key, and the old key no more than it had', async () => {
    const expiresAt = later(services.now(), 90 * DAY)
    const old = await issueApiKey(services, tenant.id, { ...ALL, expiresAt })
    services.clock.advance(89.5 * DAY)
    const { record } = await rotateApiKey(services, tenant.id, old.record.id, OVERLAP)
    expect(record.expiresAt).toBe(later(services.now(), 90 * DAY))
    expect(await services.apiKeys.get(tenant.id, old.record.id)).toMatchObject({ expiresAt })
  })

  test('happens once, to a key in force, and by its own tenant only', async () => {
    const expiresAt = later(services.now(), DAY)
    const { record } = await issueApiKey(services, tenant.id, { ...ALL, expiresAt })
    const foreign = rotateApiKey(services, stranger.id, record.id, OVERLAP)
    await expect(foreign).rejects.toMatchObject(NOT_FOUND)
    const attempts = [1, 2, 3].map(() => rotateApiKey(services, tenant.id, record.id, OVERLAP))
    const ended = (await Promise.allSettled(attempts)).map((one) =>
      one.status === 'rejected' ? one.reason.code : one.status,
    )
    expect(ended).toEqual(['fulfilled', 'api_key_not_rotatable', 'api_key_not_rotatable'])
    services.clock.advance(DAY)
    const late = rotateApiKey(services, tenant.id, record.id, OVERLAP)
    await expect(late).rejects.toMatchObject({ code: 'api_key_not_rotatable' })
  })
})
