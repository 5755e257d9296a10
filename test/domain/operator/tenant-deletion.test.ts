// Deleting a tenant for good: only a suspended one; tokens first, then keys, then all items; safe to cut off at any step.
import { describe, expect, test } from 'vitest'
import { createApp } from '#domain/apps/manage-apps.ts'
import { SCOPES } from '#domain/callers/caller.ts'
import { issueApiKey, rotateApiKey } from '#domain/callers/manage-api-keys.ts'
import { registerIdentityProvider } from '#domain/callers/manage-identity-providers.ts'
import { sha256 } from '#domain/hash.ts'
import type { ApiKeyId, TenantId } from '#domain/ids.ts'
import { rotateKeys } from '#domain/keys/key-rotation.ts'
import { deleteTenant } from '#domain/operator/tenant-deletion.ts'
import { Secret } from '#domain/secret.ts'
import { findTenant, updateTenant } from '#domain/tenants/manage-tenants.ts'
import { anIdentityProvider } from '../../contracts/samples.ts'
import { connectedScene, sceneOn } from '../../fakes/scene.ts'
import type { FakeServices } from '../../fakes.ts'

const anAppInput = { name: 'x', clientId: 'x', clientSecret: new Secret('x') }

async function suspended() {
  const { scene, services, connection } = await connectedScene()
  const { tenantId } = connection
  const { key } = await issueApiKey(services, tenantId, { name: 'CI', scopes: SCOPES })
  await updateTenant(services, tenantId, { status: 'suspended' })
  const remove = (revoke = true) => deleteTenant(services, tenantId, revoke)
  const status = async () => (await findTenant(services, tenantId)).status
  return { scene, services, tenantId, key, remove, status }
}

describe('deleting a tenant', () => {
  test('revokes its tokens, shreds its keys, erases its items and leaves a tombstone', async () => {
    const { services, tenantId, key, remove } = await suspended()
    const other = await sceneOn(services)
    const untouched = await other.connect()
    expect(await remove()).toMatchObject({ stage: 'deleted', revoked: 1, owed: 0, failed: 0 })
    expect(services.clickfunnels.tokens.live()).toHaveLength(1)
    expect((await services.tenantKeys.list(tenantId)).versions).toEqual([])
    expect(await services.apiKeys.findByHash(sha256(key.reveal()))).toBeUndefined()
    expect(await services.apps.list(tenantId)).toEqual([])
    const tombstone = await findTenant(services, tenantId)
    expect(tombstone).toMatchObject({ name: 'Saas', status: 'deleted', deletedAt: services.now() })
    expect(await other.stored(untouched)).toEqual(untouched)
    expect(await remove()).toEqual({ stage: 'deleted', revoked: 0, owed: 0, failed: 0, erased: 0 })
  })

  test('is refused for an active tenant, and cannot be undone once it has begun', async () => {
    const { services, tenantId, remove } = await suspended()
    await updateTenant(services, tenantId, { status: 'active' })
    await expect(remove()).rejects.toMatchObject({ code: 'tenant_not_suspended' })
    await updateTenant(services, tenantId, { status: 'suspended' })
    services.clickfunnels.always('revoke', 'failed')
    await remove()
    const gone = { code: 'tenant_deleted' }
    await expect(updateTenant(services, tenantId, { status: 'active' })).rejects.toMatchObject(gone)
    await expect(issueApiKey(services, tenantId, { name: 'x', scopes: SCOPES })).rejects.toMatchObject(gone)
    await expect(createApp(services, tenantId, anAppInput)).rejects.toMatchObject(gone)
  })

  test('by two at once is under way for both, and done once', async () => {
    const { services, tenantId, remove } = await suspended()
    const both = await Promise.all([remove(), remove()])
    expect(both.map(({ stage }) => stage)).toEqual(['deleted', 'deleted'])
    expect(await findTenant(services, tenantId)).toMatchObject({ status: 'deleted' })
    expect(services.clickfunnels.tokens.live()).toEqual([])
  })

  test('is refused when it is resumed at the same moment', async () => {
    const { services, tenantId, remove, status } = await suspended()
    const { tenants } = services
    const begin = tenants.beginDeletion.bind(tenants)
    tenants.beginDeletion = async (id, now) => {
      await updateTenant(services, tenantId, { status: 'active' })
      return begin(id, now)
    }
    await expect(remove()).rejects.toMatchObject({ code: 'tenant_not_suspended' })
    expect(await status()).toBe('active')
  })

  test.each<[string, (services: FakeServices, tenantId: TenantId, key: ApiKeyId) => Promise<unknown>]>([
    ['app', (services, id) => createApp(services, id, anAppInput)],
    ['API key', (services, id) => issueApiKey(services, id, { name: 'x', scopes: SCOPES })],
    [
      'successor of an API key',
      (services, id, key) => rotateApiKey(services, id, key, { overlapSeconds: 9 }),
    ],
    ['identity provider', (services, id) => registerIdentityProvider(services, id, anIdentityProvider(id))],
  ])('that begins just after a tenant was read lets no %s be made for it', async (_, make) => {
    const { services, tenantId } = await suspended()
    const keys = await services.apiKeys.list(tenantId)
    const { tenants } = services
    const get = tenants.get.bind(tenants)
    let begun = false
    tenants.get = async (id) => {
      const tenant = await get(id)
      tenants.get = get
      begun = await tenants.beginDeletion(id, services.now())
      return tenant
    }
    const made = make(services, tenantId, keys[0]?.id ?? ('' as ApiKeyId))
    await expect(made).rejects.toMatchObject({ code: 'tenant_deleted' })
    expect(begun).toBe(true)
    expect(await services.apiKeys.list(tenantId)).toEqual(keys)
    expect(await services.apps.list(tenantId)).toHaveLength(1)
    expect(await services.identityProviders.list(tenantId)).toEqual([])
  })

  test('shreds no keys while tokens are not revoked, unless the operator skips the revocation', async () => {
    const { services, tenantId, remove, status } = await suspended()
    services.clickfunnels.always('revoke', 'failed')
    expect(await remove()).toMatchObject({ stage: 'revoking', revoked: 0, owed: 1 })
    expect((await services.tenantKeys.list(tenantId)).versions).toHaveLength(1)
    expect(await remove()).toMatchObject({ stage: 'revoking', owed: 1 })
    expect(await status()).toBe('deleting')
    expect(await remove(false)).toMatchObject({ stage: 'deleted' })
    expect(services.clickfunnels.tokens.live()).toHaveLength(1)
  })

  test('goes on once ClickFunnels takes the revocations', async () => {
    const { services, remove } = await suspended()
    services.clickfunnels.always('revoke', 'failed')
    await remove()
    services.clickfunnels.always('revoke')
    expect(await remove()).toMatchObject({ stage: 'deleted', revoked: 1, owed: 0 })
    expect(services.clickfunnels.tokens.live()).toEqual([])
  })

  test('that was cut off after the keys were shredded is completed by key rotation', async () => {
    const { services, tenantId, remove, status } = await suspended()
    const { tenantRemains } = services
    const erase = tenantRemains.erase.bind(tenantRemains)
    tenantRemains.erase = async () => Promise.reject(new Error('cut off'))
    await expect(remove()).rejects.toThrow('cut off')
    expect(await status()).toBe('deleting')
    expect((await services.tenantKeys.list(tenantId)).shreddedAt).toBeDefined()
    tenantRemains.erase = erase
    await rotateKeys(services, () => true)
    expect(await status()).toBe('deleted')
    expect(await services.apps.list(tenantId)).toEqual([])
  })

  test('erases for some seconds a call and says that there is more', async () => {
    const { services, remove } = await suspended()
    const { tenantRemains } = services
    const erase = tenantRemains.erase.bind(tenantRemains)
    tenantRemains.erase = async (tenant) => {
      services.clock.advance(5)
      return erase(tenant, 1)
    }
    expect(await remove()).toMatchObject({ stage: 'erasing', erased: 2 })
    while ((await remove()).stage !== 'deleted');
    expect(await remove()).toMatchObject({ stage: 'deleted', erased: 0 })
  })
})
