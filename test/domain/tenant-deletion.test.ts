// Deleting a tenant for good: only a suspended one, tokens first, then keys, then everything; safe to cut off anywhere.
import { describe, expect, test } from 'vitest'
import { issueApiKey } from '#domain/api-keys.ts'
import { SCOPES } from '#domain/caller.ts'
import { sha256 } from '#domain/hash.ts'
import { rotateKeys } from '#domain/key-rotation.ts'
import { createApp } from '#domain/manage-apps.ts'
import { findTenant, updateTenant } from '#domain/onboarding.ts'
import { Secret } from '#domain/secret.ts'
import { deleteTenant } from '#domain/tenant-deletion.ts'
import { connectedScene, sceneOn } from '../fakes/scene.ts'

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
  test('revokes its tokens, shreds its keys, erases what it has and leaves a tombstone', async () => {
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

  test('is refused while it is active, and one that has begun cannot be called back', async () => {
    const { services, tenantId, remove } = await suspended()
    await updateTenant(services, tenantId, { status: 'active' })
    await expect(remove()).rejects.toMatchObject({ code: 'tenant_not_suspended' })
    await updateTenant(services, tenantId, { status: 'suspended' })
    services.clickfunnels.always('revoke', 'failed')
    await remove()
    const gone = { code: 'tenant_deleted' }
    await expect(updateTenant(services, tenantId, { status: 'active' })).rejects.toMatchObject(gone)
    await expect(issueApiKey(services, tenantId, { name: 'x', scopes: SCOPES })).rejects.toMatchObject(gone)
    const app = { name: 'x', clientId: 'x', clientSecret: new Secret('x') }
    await expect(createApp(services, tenantId, app)).rejects.toMatchObject(gone)
  })

  test('shreds nothing while tokens are not revoked, unless it is told to', async () => {
    const { services, tenantId, remove, status } = await suspended()
    services.clickfunnels.always('revoke', 'failed')
    expect(await remove()).toMatchObject({ stage: 'revoking', revoked: 0, owed: 1 })
    expect((await services.tenantKeys.list(tenantId)).versions).toHaveLength(1)
    expect(await remove()).toMatchObject({ stage: 'revoking', owed: 1 })
    expect(await status()).toBe('deleting')
    expect(await remove(false)).toMatchObject({ stage: 'deleted' })
    expect(services.clickfunnels.tokens.live()).toHaveLength(1)
  })

  test('goes on once ClickFunnels takes the tokens', async () => {
    const { services, remove } = await suspended()
    services.clickfunnels.always('revoke', 'failed')
    await remove()
    services.clickfunnels.always('revoke')
    expect(await remove()).toMatchObject({ stage: 'deleted', revoked: 1, owed: 0 })
    expect(services.clickfunnels.tokens.live()).toEqual([])
  })

  test('that was cut off after the keys were shredded is ended by the rotation of keys', async () => {
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
