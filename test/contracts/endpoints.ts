// What every implementation of Endpoints has to do.
import { describe, expect, test } from 'vitest'
import { later } from '#domain/time.ts'
import { MAX_ENDPOINTS, refOfEndpoint } from '#domain/webhooks/endpoint.ts'
import { anEndpoint, aTenant, NOW, newId } from './samples.ts'
import type { OpenStores } from './stores.ts'

export function endpointsContract(open: OpenStores): void {
  describe('webhook endpoints', () => {
    test('are given back as they were created, to their own tenant', async () => {
      const { endpoints } = open()
      const tenant = newId('tenant')
      const [one, other] = [anEndpoint(tenant, { types: ['connection.broken'] }), anEndpoint(tenant)]
      for (const endpoint of [one, other]) expect(await endpoints.create(endpoint)).toBe('created')
      expect(await endpoints.get(refOfEndpoint(one))).toEqual(one)
      expect(await endpoints.list(tenant)).toEqual([one, other])
      const elsewhere = newId('tenant')
      expect(await endpoints.get({ tenantId: elsewhere, endpointId: one.id })).toBeUndefined()
      expect(await endpoints.list(elsewhere)).toEqual([])
    })

    test('are saved over the version that was read only', async () => {
      const { endpoints } = open()
      const endpoint = anEndpoint(newId('tenant'), { description: 'first' })
      await endpoints.create(endpoint)
      const { description, ...rest } = endpoint
      const disabled = { at: NOW, reason: 'gone' } as const
      const changed = { ...rest, disabled, version: 2, updatedAt: later(NOW, 5) }
      const changes = [1, 2, 3].map(() => endpoints.save(endpoint, changed))
      expect((await Promise.all(changes)).filter(Boolean)).toHaveLength(1)
      expect(await endpoints.get(refOfEndpoint(endpoint))).toEqual(changed)
      expect(await endpoints.remove(refOfEndpoint(endpoint))).toBe(true)
      expect(await endpoints.save(changed, { ...changed, version: 3 })).toBe(false)
      expect(await endpoints.remove(refOfEndpoint(endpoint))).toBe(false)
    })

    test('are subscribers while they are enabled, with the types that they want', async () => {
      const { endpoints, subscribers } = open()
      const tenant = newId('tenant')
      const all = anEndpoint(tenant)
      const some = anEndpoint(tenant, { types: ['clickfunnels.*'] })
      const disabled = { at: NOW, reason: 'requested' } as const
      for (const endpoint of [all, some, anEndpoint(tenant, { disabled })]) await endpoints.create(endpoint)
      expect(await subscribers.subscribers(tenant)).toEqual([
        { endpointId: all.id },
        { endpointId: some.id, types: ['clickfunnels.*'] },
      ])
    })

    test('write the event of a change with it, or neither', async () => {
      const { endpoints, outbox } = open()
      const endpoint = anEndpoint(newId('tenant'))
      await endpoints.create(endpoint)
      const { tenantId, id } = endpoint
      const changed = { ...endpoint, version: 2 }
      const data = { endpointId: id, sequence: 1, reason: 'gone' }
      const event = { tenantId, type: 'webhook_endpoint.disabled', data } as const
      expect(await endpoints.save(endpoint, changed, event)).toBe(true)
      expect(await endpoints.save(endpoint, changed, { ...event, data: { ...data, sequence: 2 } })).toBe(
        false,
      )
      expect(await outbox.waiting(tenantId, 9)).toMatchObject([event])
    })

    test('are as many as a tenant may have, also when they are created at the same time', async () => {
      const { endpoints } = open()
      const tenant = newId('tenant')
      const all = Array.from({ length: MAX_ENDPOINTS + 3 }, () => anEndpoint(tenant))
      const outcomes = await Promise.all(all.map((endpoint) => endpoints.create(endpoint)))
      expect(outcomes.filter((outcome) => outcome === 'created')).toHaveLength(MAX_ENDPOINTS)
      expect(outcomes.filter((outcome) => outcome === 'full')).toHaveLength(3)
      const [first] = await endpoints.list(tenant)
      if (first !== undefined) await endpoints.remove(refOfEndpoint(first))
      expect(await endpoints.create(anEndpoint(tenant))).toBe('created')
      expect(await endpoints.create(anEndpoint(tenant))).toBe('full')
    })

    test('are not created for a tenant that is deleted, and are erased with it', async () => {
      const { endpoints, tenants, tenantRemains } = open()
      const tenant = aTenant({ status: 'suspended' })
      await tenants.create(tenant)
      const endpoint = anEndpoint(tenant.id)
      expect(await endpoints.create(endpoint)).toBe('created')
      await tenants.beginDeletion(tenant.id, NOW)
      expect(await endpoints.create(anEndpoint(tenant.id))).toBe('gone')
      while ((await tenantRemains.erase(tenant.id, 2)) > 0);
      expect(await endpoints.list(tenant.id)).toEqual([])
    })
  })
}
