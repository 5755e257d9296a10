// What every implementation of Logos has to do.
import { describe, expect, test } from 'vitest'
import type { Logo } from '#domain/tenants/logo.ts'
import { later } from '#domain/time.ts'
import { aTenant, NOW, newId } from './samples.ts'
import type { OpenStores } from './stores.ts'

const FACTS = { mediaType: 'image/png', width: 64, height: 48 } as const
const LOGO: Logo = { ...FACTS, bytes: new Uint8Array(32 * 1024).fill(7) }
const AT = later(NOW, 5)

export function logosContract(open: OpenStores): void {
  describe('logos', () => {
    test('are given back byte for byte, and the tenant says what they are', async () => {
      const { tenants, logos } = open()
      const [tenant, other] = [aTenant(), aTenant()]
      await tenants.create(tenant)
      await tenants.create(other)
      expect(await logos.get(tenant.id)).toBeUndefined()
      expect(await logos.put(tenant.id, LOGO, AT)).toBe(true)
      expect(await logos.get(tenant.id)).toEqual(LOGO)
      expect(await tenants.get(tenant.id)).toEqual({ ...tenant, logo: FACTS, updatedAt: AT })
      expect(await logos.get(other.id)).toBeUndefined()
      expect(await tenants.get(other.id)).toEqual(other)
    })

    test('are replaced as a whole, and survive other changes of the tenant', async () => {
      const { tenants, logos } = open()
      const tenant = aTenant()
      await tenants.create(tenant)
      await logos.put(tenant.id, LOGO, NOW)
      const next = { mediaType: 'image/jpeg', width: 32, height: 32, bytes: Uint8Array.of(1, 2, 3) } as const
      expect(await logos.put(tenant.id, next, AT)).toBe(true)
      expect(await logos.get(tenant.id)).toEqual(next)
      const { bytes: _, ...logo } = next
      expect(await tenants.update(tenant.id, { name: 'New' }, AT)).toMatchObject({ name: 'New', logo })
    })

    test('are removed, also when there is none', async () => {
      const { tenants, logos } = open()
      const tenant = aTenant()
      await tenants.create(tenant)
      await logos.put(tenant.id, LOGO, NOW)
      expect([await logos.remove(tenant.id, AT), await logos.remove(tenant.id, AT)]).toEqual([true, true])
      expect(await logos.get(tenant.id)).toBeUndefined()
      expect(await tenants.get(tenant.id)).toEqual({ ...tenant, updatedAt: AT })
    })

    test('are not stored for a tenant that does not exist or is being deleted', async () => {
      const { tenants, logos } = open()
      const nowhere = newId('tenant')
      expect(await logos.put(nowhere, LOGO, AT)).toBe(false)
      expect(await logos.remove(nowhere, AT)).toBe(false)
      expect(await logos.get(nowhere)).toBeUndefined()
      expect(await tenants.get(nowhere)).toBeUndefined()
      const tenant = aTenant({ status: 'suspended' })
      await tenants.create(tenant)
      expect(await logos.put(tenant.id, LOGO, NOW)).toBe(true)
      await tenants.beginDeletion(tenant.id, NOW)
      expect(await logos.put(tenant.id, { ...LOGO, bytes: Uint8Array.of(1) }, AT)).toBe(false)
      expect(await logos.remove(tenant.id, AT)).toBe(false)
      expect(await logos.get(tenant.id)).toEqual(LOGO)
    })

    test('are erased with their tenant, whose tombstone names none', async () => {
      const { tenants, logos, tenantRemains } = open()
      const [tenant, other] = [aTenant({ status: 'suspended' }), aTenant()]
      await tenants.create(tenant)
      await tenants.create(other)
      await logos.put(tenant.id, LOGO, NOW)
      await logos.put(other.id, LOGO, NOW)
      await tenants.beginDeletion(tenant.id, AT)
      expect(await tenantRemains.erase(tenant.id, 10)).toBe(1)
      expect(await logos.get(tenant.id)).toBeUndefined()
      await tenants.replaceWithTombstone(tenant, AT)
      expect(await tenants.get(tenant.id)).not.toHaveProperty('logo')
      expect(await logos.get(other.id)).toEqual(LOGO)
    })
  })
}
