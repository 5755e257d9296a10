// ClickFunnels refuses everything for a while, though all tokens are alive.
import { describe, expect, test } from 'vitest'
import { recognisedTrouble } from '#domain/apps/app-health.ts'
import { BRAKE_SECONDS, MAX_REFUSALS } from '#domain/apps/refusals.ts'
import { refOf } from '#domain/connections/connection.ts'
import { replaceRejected } from '#domain/tokens/await-refresh.ts'
import type { Scene } from '../../fakes/scene.ts'
import type { FakeServices } from '../../fakes.ts'
import { run, sceneOf } from './keep-alive-runs.ts'

const REFUSED = { outcome: 'grant_refused', error: 'invalid_grant' } as const

function refuse({ clickfunnels }: FakeServices, whether: boolean): void {
  clickfunnels.always('refresh', ...(whether ? [REFUSED] : []))
  clickfunnels.always('probe', ...(whether ? [{ outcome: 'rejected' } as const] : []))
}

async function ends({ services, caller }: Scene): Promise<number> {
  const { items } = await services.auditEvents.list(caller.tenant.id, {}, 1000, services.now())
  return items.filter(({ action }) => action === 'connection.require_reauthorization').length
}

async function minutes(services: FakeServices, count: number): Promise<void> {
  for (let minute = 0; minute < count; minute++) {
    services.clock.advance(60)
    await run(services)
  }
}

const trouble = async ({ services, app }: Scene) => {
  const found = await services.apps.get(app.tenantId, app.id)
  return found && recognisedTrouble(found)
}

describe.each(['rotating', 'non_expiring'] as const)('40 connections (%s)', (mode) => {
  test('that are refused for 15 s are alive within ten minutes, and none was ended', async () => {
    const { services, scene, connections } = await sceneOf(mode, 40)
    refuse(services, true)
    for (const one of connections) await replaceRejected(services, one).catch(() => undefined)
    for (const one of connections) expect((await scene.stored(one)).state.status).not.toBe('active')
    expect(await trouble(scene)).toMatchObject({ kind: 'connections_refused' })
    services.clock.advance(15)
    refuse(services, false)
    await minutes(services, 9)
    for (const one of connections) expect((await scene.stored(one)).state).toEqual({ status: 'active' })
    expect(await ends(scene)).toBe(0)
    expect(await trouble(scene)).toBeUndefined()
  })

  test('that are refused for half an hour are not ended; few are asked meanwhile, and one error is logged', async () => {
    const { services, scene, connections } = await sceneOf(mode, 40)
    refuse(services, true)
    for (const one of connections) await replaceRejected(services, one).catch(() => undefined)
    const asked = () => services.clickfunnels.counts.refresh + services.clickfunnels.counts.probe
    const before = asked()
    await minutes(services, 30)
    expect(await ends(scene)).toBe(0)
    expect(asked() - before).toBeLessThanOrEqual(30 * 4)
    const errors = services.log.entries.filter(({ message }) => message.includes('many connections'))
    expect(errors).toHaveLength(1)
    refuse(services, false)
    await minutes(services, 10)
    for (const one of connections) expect((await scene.stored(one)).state).toEqual({ status: 'active' })
  })

  test('that are really revoked are ended once each, after an hour without any success', async () => {
    const { services, scene, connections } = await sceneOf(mode, 40)
    for (const row of services.clickfunnels.tokens.rows) row.revoked = true
    for (const one of connections) await replaceRejected(services, one).catch(() => undefined)
    await minutes(services, BRAKE_SECONDS / 60 + 5)
    expect(await ends(scene)).toBe(40)
  })
})

test('a few refusals are no mass: they end, and the count is removed by the next success', async () => {
  const { services, scene, connections } = await sceneOf('rotating', MAX_REFUSALS + 1)
  const [alive, ...revoked] = connections
  refuse(services, true)
  for (const one of revoked) await replaceRejected(services, one).catch(() => undefined)
  await minutes(services, 3)
  expect(await ends(scene)).toBe(MAX_REFUSALS)
  refuse(services, false)
  services.clock.advance(7200)
  await run(services)
  if (alive) expect((await services.connections.get(refOf(alive)))?.generation).toBe(2)
  expect(await services.apps.get(scene.app.tenantId, scene.app.id)).not.toHaveProperty('refusals')
})
