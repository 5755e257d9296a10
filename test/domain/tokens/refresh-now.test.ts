import { describe, expect, test } from 'vitest'
import type { ConnectionId } from '#domain/ids.ts'
import { refreshNow } from '#domain/proxy/refresh-now.ts'
import { createTenant, updateTenant } from '#domain/tenants/manage-tenants.ts'
import { connectedScene, keyCaller } from '../../fakes/scene.ts'

describe('refreshNow', () => {
  test('refreshes a connection that is not due', async () => {
    const { services, scene, connection } = await connectedScene()
    expect((await refreshNow(services, scene.caller, connection.id)).generation).toBe(2)
  })

  test('asks ClickFunnels once a minute, however often it is called', async () => {
    const { services, scene, connection } = await connectedScene()
    const refresh = () => refreshNow(services, scene.caller, connection.id)
    for (let i = 0; i < 60; i++) expect((await refresh()).generation).toBe(2)
    expect(services.clickfunnels.counts.refresh).toBe(1)
    services.clock.advance(60)
    expect((await refresh()).generation).toBe(3)
  })

  test('tells a suspension at once, also right after a refresh', async () => {
    const { services, scene, connection } = await connectedScene()
    await refreshNow(services, scene.caller, connection.id)
    await updateTenant(services, connection.tenantId, { status: 'suspended' })
    const refused = refreshNow(services, scene.caller, connection.id)
    await expect(refused).rejects.toMatchObject({ code: 'tenant_suspended' })
  })

  test('probes a connection without a refresh token', async () => {
    const { services, scene, connection } = await connectedScene('non_expiring')
    const probed = await refreshNow(services, scene.caller, connection.id)
    expect([probed.generation, services.clickfunnels.counts.probe]).toEqual([1, 1])
    services.clickfunnels.script('probe', { outcome: 'unclear', detail: 'status 503' })
    const failed = refreshNow(services, scene.caller, connection.id)
    await expect(failed).rejects.toMatchObject({ code: 'refresh_failed' })
  })

  test("finds neither a missing connection nor another tenant's", async () => {
    const { services, scene, connection } = await connectedScene()
    const tenant = await createTenant(services, { name: 'Other', returnUrls: [], origins: [] })
    const foreign = refreshNow(services, keyCaller(services, tenant), connection.id)
    const missing = refreshNow(services, scene.caller, `conn_${'0'.repeat(26)}` as ConnectionId)
    await expect(foreign).rejects.toMatchObject({ code: 'not_found' })
    await expect(missing).rejects.toMatchObject({ code: 'not_found' })
    expect(services.clickfunnels.counts.refresh).toBe(0)
  })

  test.each(['rotating', 'non_expiring'] as const)(
    'does nothing for a suspended tenant (%s)',
    async (mode) => {
      const { services, scene, connection } = await connectedScene(mode)
      await updateTenant(services, connection.tenantId, { status: 'suspended' })
      const refused = refreshNow(services, scene.caller, connection.id)
      await expect(refused).rejects.toMatchObject({ code: 'tenant_suspended' })
      expect(services.clickfunnels.counts).toMatchObject({ refresh: 0, probe: 0 })
    },
  )
})
