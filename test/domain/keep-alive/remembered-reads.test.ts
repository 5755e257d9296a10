// A run of keep-alive reads an app and a tenant once in 5 s, however many of their connections it refreshes.
import { describe, expect, test, vi } from 'vitest'
import { claimCanary, noteAnswer } from '#domain/apps/app-health.ts'
import { updateApp } from '#domain/apps/manage-apps.ts'
import { REMEMBERED_SECONDS, withRememberedReads } from '#domain/keep-alive/remembered-reads.ts'
import { Secret } from '#domain/secret.ts'
import { updateTenant } from '#domain/tenants/manage-tenants.ts'
import { openScene, sceneOn } from '../../fakes/scene.ts'
import { run, sceneOf } from './keep-alive-runs.ts'

describe('a run', () => {
  test.each([
    ['refreshes', 'rotating', 7200 - 15 * 60, { refreshed: 40 }],
    ['probes', 'non_expiring', 1.1 * 24 * 3600, { alive: 40 }],
  ] as const)('reads the tenant and the app once for 40 %s', async (_, mode, seconds, outcomes) => {
    const { services } = await sceneOf(mode, 40)
    services.clock.advance(seconds)
    const ofApps = vi.spyOn(services.apps, 'get')
    const ofTenants = vi.spyOn(services.tenants, 'get')
    expect(await run(services)).toEqual(outcomes)
    expect(ofApps).toHaveBeenCalledTimes(1)
    expect(ofTenants).toHaveBeenCalledTimes(1)
  })

  test('that is under way stops refreshing within 5 s of a suspension; one that begins later refreshes nothing', async () => {
    const { services, scene } = await sceneOf('rotating', 60)
    services.clock.advance(7200 - 15 * 60)
    const { refresh } = services.clickfunnels
    const asked: number[] = []
    services.clickfunnels.refresh = async (...request) => {
      asked.push(services.now())
      // One refresh takes a second, so that the run lasts for some time.
      services.clock.advance(1)
      if (asked.length === 3) await updateTenant(services, scene.app.tenantId, { status: 'suspended' })
      return refresh.apply(services.clickfunnels, request)
    }
    const suspendedAt = services.now() + 3
    const report = await run(services)
    expect(report.suspended).toBeGreaterThan(0)
    expect(asked.length).toBeLessThan(60)
    // A refresh whose lease was taken before that ends as ever.
    const lease = 32
    expect(Math.max(...asked) - suspendedAt).toBeLessThanOrEqual(REMEMBERED_SECONDS + lease)
    const before = services.clickfunnels.counts.refresh
    services.clock.advance(24 * 3600)
    expect(await run(services)).toEqual({ suspended: 60 })
    expect(services.clickfunnels.counts.refresh).toBe(before)
  })
})

describe('what is remembered', () => {
  test('is read again after 5 s', async () => {
    const { services, app } = await openScene()
    const remembering = withRememberedReads(services)
    const reads = vi.spyOn(services.apps, 'get')
    for (const seconds of [0, REMEMBERED_SECONDS - 1, 1, 1]) {
      services.clock.advance(seconds)
      await remembering.apps.get(app.tenantId, app.id)
    }
    expect(reads).toHaveBeenCalledTimes(2)
  })

  test('is forgotten with a write to the app, also one that was refused', async () => {
    const { services, app } = await openScene()
    const remembering = withRememberedReads(services)
    const get = () => remembering.apps.get(app.tenantId, app.id)
    await get()
    for (let failure = 0; failure < 3; failure++) await noteAnswer(remembering, app, 'provider')
    const down = await get()
    expect(down?.trouble).toMatchObject({ times: 3 })
    if (down === undefined) throw new Error('the app is gone')
    // Another process takes the canary, and this one learns of it although it had read the app before.
    expect(await claimCanary(services, down)).toBe(true)
    expect(await claimCanary(remembering, down)).toBe(false)
    expect((await get())?.trouble).toHaveProperty('canaryAt')
  })

  test('is nothing of another tenant', async () => {
    const { services, app } = await openScene()
    const other = await sceneOn(services)
    const remembering = withRememberedReads(services)
    expect(await remembering.apps.get(app.tenantId, app.id)).toMatchObject({ id: app.id })
    expect(await remembering.apps.get(other.app.tenantId, app.id)).toBeUndefined()
  })

  test('is nothing after a read that failed', async () => {
    const { services, app } = await openScene()
    const remembering = withRememberedReads(services)
    vi.spyOn(services.apps, 'get').mockRejectedValueOnce(new Error('store down'))
    await expect(remembering.apps.get(app.tenantId, app.id)).rejects.toThrow('store down')
    expect(await remembering.apps.get(app.tenantId, app.id)).toMatchObject({ id: app.id })
  })
})

test('a refusal of client secrets that were replaced meanwhile says nothing about the new one', async () => {
  const { services, app } = await openScene()
  await updateApp(services, app.tenantId, app.id, { clientSecret: new Secret('client-secret-2') })
  await noteAnswer(services, app, 'app', 1)
  expect(await services.apps.get(app.tenantId, app.id)).not.toHaveProperty('trouble')
})
