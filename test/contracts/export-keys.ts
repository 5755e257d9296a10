// What every implementation of ExportKeys has to do.
import { describe, expect, test } from 'vitest'
import type { ExportKey } from '#domain/exports/export-key.ts'
import type { TenantId } from '#domain/ids.ts'
import { epochSeconds, later } from '#domain/time.ts'
import { aTenant, NOW, newId } from './samples.ts'
import type { OpenStores } from './stores.ts'

const aKey = (tenantId: TenantId, thumbprint = 'first'): ExportKey => ({
  tenantId,
  jwk: { kty: 'OKP', crv: 'X25519', x: 'x' },
  alg: 'ECDH-ES+A256KW',
  thumbprint,
  createdAt: NOW,
  expiresAt: later(NOW, 100),
})

export function exportKeysContract(open: OpenStores): void {
  describe('an export key', () => {
    test('is one for each tenant, replaces the one before, and counts until it expires', async () => {
      const { exportKeys } = open()
      const key = aKey(newId('tenant'))
      const { tenantId, expiresAt } = key
      expect(await exportKeys.get(tenantId, NOW)).toBeUndefined()
      expect(await exportKeys.put(key)).toBe(true)
      expect(await exportKeys.get(tenantId, NOW)).toEqual(key)
      expect(await exportKeys.get(newId('tenant'), NOW)).toBeUndefined()
      const next = aKey(tenantId, 'second')
      expect(await exportKeys.put(next)).toBe(true)
      expect(await exportKeys.get(tenantId, epochSeconds(expiresAt - 1))).toEqual(next)
      expect(await exportKeys.get(tenantId, expiresAt)).toBeUndefined()
    })

    test('is removed, also twice', async () => {
      const { exportKeys } = open()
      const key = aKey(newId('tenant'))
      await exportKeys.put(key)
      await exportKeys.remove(key.tenantId)
      await exportKeys.remove(key.tenantId)
      expect(await exportKeys.get(key.tenantId, NOW)).toBeUndefined()
    })

    test('is not stored for a tenant whose deletion has begun, and goes with the tenant', async () => {
      const { exportKeys, tenants, tenantRemains } = open()
      const tenant = aTenant({ status: 'suspended' })
      await tenants.create(tenant)
      expect(await exportKeys.put(aKey(tenant.id))).toBe(true)
      await tenants.beginDeletion(tenant.id, NOW)
      expect(await exportKeys.put(aKey(tenant.id, 'second'))).toBe(false)
      expect((await exportKeys.get(tenant.id, NOW))?.thumbprint).toBe('first')
      while ((await tenantRemains.erase(tenant.id, 100)) > 0);
      expect(await exportKeys.get(tenant.id, NOW)).toBeUndefined()
    })
  })
}
