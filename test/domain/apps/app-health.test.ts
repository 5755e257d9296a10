// What failures of one app mean for the others of its connections: refused credentials, and an outage of the provider.
import { describe, expect, test } from 'vitest'
import { updateApp } from '#domain/apps/manage-apps.ts'
import type { Connection } from '#domain/connections/connection.ts'
import { Secret } from '#domain/secret.ts'
import type { Scene } from '../../fakes/scene.ts'
import type { FakeServices } from '../../fakes.ts'
import { run, sceneOf } from '../keep-alive/keep-alive-runs.ts'

const MARGIN = 15 * 60
const LIFETIME = 7200
const DOWN = { outcome: 'provider_down', detail: 'status 503' } as const

const appOf = async ({ services, app }: Scene) => services.apps.get(app.tenantId, app.id)
const failuresOf = (scene: Scene, connections: readonly Connection[]) =>
  Promise.all(connections.map(async (one) => (await scene.stored(one)).consecutiveFailures))
const sum = (numbers: readonly number[]) => numbers.reduce((one, other) => one + other, 0)

async function due(count: number) {
  const made = await sceneOf('rotating', count)
  made.services.clock.advance(LIFETIME - MARGIN)
  return made
}

/** Runs keep-alive each minute. */
async function minutes(services: FakeServices, count: number): Promise<void> {
  for (let minute = 0; minute < count; minute++) {
    await run(services)
    services.clock.advance(60)
  }
}

describe('an outage of the provider', () => {
  test('is recognised after three failures in a row; from then on little is asked and nothing is counted', async () => {
    const { services, scene, connections } = await due(40)
    services.clickfunnels.always('refresh', DOWN)
    await minutes(services, 1)
    expect(await appOf(scene)).toMatchObject({ trouble: { kind: 'provider_down', times: 3 } })
    const counted = sum(await failuresOf(scene, connections))
    expect(counted).toBeLessThanOrEqual(4)
    const asked = services.clickfunnels.counts.refresh
    await minutes(services, 10)
    expect(sum(await failuresOf(scene, connections))).toBe(counted)
    // One canary a shard and minute.
    expect(services.clickfunnels.counts.refresh - asked).toBeLessThanOrEqual(10 * 4)
    for (const one of connections) expect((await scene.stored(one)).state.status).toBe('active')
  })

  test('that is over is over for all: within two runs everything is refreshed', async () => {
    const { services, scene, connections } = await due(40)
    services.clickfunnels.always('refresh', DOWN)
    await minutes(services, 10)
    services.clickfunnels.always('refresh')
    await minutes(services, 2)
    expect(await appOf(scene)).not.toHaveProperty('trouble')
    for (const one of connections) {
      expect(await scene.stored(one)).toMatchObject({ generation: 2, consecutiveFailures: 0 })
    }
  })

  test('is recognised with a single connection, too', async () => {
    const { services, scene, connections } = await due(1)
    services.clickfunnels.always('refresh', DOWN)
    await minutes(services, 12)
    const [failures] = await failuresOf(scene, connections)
    expect(failures).toBeLessThanOrEqual(3)
    services.clickfunnels.always('refresh')
    await minutes(services, 2)
    for (const one of connections) expect((await scene.stored(one)).generation).toBe(2)
  })

  test('is not concluded from failures that are far apart, or with successes between', async () => {
    const { services, scene, connections } = await due(1)
    const [connection] = connections as [Connection]
    for (let hour = 0; hour < 4; hour++) {
      services.clickfunnels.script('refresh', DOWN)
      services.clock.advance(3600)
      await run(services)
    }
    expect(await appOf(scene)).toMatchObject({ trouble: { times: 1 } })
    services.clock.advance(3600)
    await run(services)
    expect(await scene.stored(connection)).toMatchObject({ generation: 2 })
    expect(await appOf(scene)).not.toHaveProperty('trouble')
  })

  test.each([
    { outcome: 'rate_limited' },
    { outcome: 'malformed', detail: 'not JSON' },
    { outcome: 'answer_lost', detail: 'ECONNRESET' },
    { outcome: 'answer_late', detail: 'deadline' },
  ] as const)('may show as %j', async (answer) => {
    const { services, scene } = await due(10)
    services.clickfunnels.always('refresh', answer)
    await minutes(services, 2)
    expect(await appOf(scene)).toMatchObject({ trouble: { kind: 'provider_down', times: 3 } })
  })

  test('shows in probes, too, and freezes their failures', async () => {
    const { services, scene, connections } = await sceneOf('non_expiring', 20)
    services.clock.advance(2 * 24 * 3600)
    services.clickfunnels.always('probe', { outcome: 'unclear', detail: 'status 503' })
    await minutes(services, 5)
    expect(sum(await failuresOf(scene, connections))).toBeLessThanOrEqual(4)
    services.clickfunnels.always('probe')
    await minutes(services, 2)
    expect(sum(await failuresOf(scene, connections))).toBe(0)
    expect(await appOf(scene)).not.toHaveProperty('trouble')
  })
})

describe('refused client credentials', () => {
  test('mark the app; its connections wait unharmed, and one of them asks again now and then', async () => {
    const { services, scene, connections } = await due(30)
    services.clickfunnels.registerClient('client-1', 'another')
    const before = await Promise.all(connections.map((one) => scene.stored(one)))
    await minutes(services, 10)
    expect(await appOf(scene)).toMatchObject({ trouble: { kind: 'credentials_refused' } })
    expect(services.clickfunnels.counts.refresh).toBeLessThanOrEqual(14)
    for (const one of before) {
      const { state, credential, generation, dueAt, consecutiveFailures } = await scene.stored(one)
      expect({ state, credential, generation, dueAt, consecutiveFailures }).toEqual({
        state: one.state,
        credential: one.credential,
        generation: 1,
        dueAt: one.dueAt,
        consecutiveFailures: 0,
      })
    }
  })

  test('are forgotten when the operator sets a secret that works', async () => {
    const { services, scene, connections } = await due(30)
    services.clickfunnels.registerClient('client-1', 'the-new-one')
    await minutes(services, 5)
    await updateApp(services, scene.app.tenantId, scene.app.id, { clientSecret: new Secret('the-new-one') })
    expect(await appOf(scene)).not.toHaveProperty('trouble')
    await minutes(services, 1)
    for (const one of connections) expect((await scene.stored(one)).generation).toBe(2)
  })

  test('are forgotten when ClickFunnels takes them again', async () => {
    const { services, scene, connections } = await due(30)
    services.clickfunnels.registerClient('client-1', 'another')
    await minutes(services, 5)
    services.clickfunnels.registerClient('client-1', 'client-secret-1')
    await minutes(services, 3)
    for (const one of connections) expect((await scene.stored(one)).generation).toBe(2)
    expect(await appOf(scene)).not.toHaveProperty('trouble')
  })

  test('are said once in the log, for the operator', async () => {
    const { services } = await due(10)
    services.clickfunnels.registerClient('client-1', 'another')
    await minutes(services, 5)
    const said = services.log.entries.filter(({ level }) => level === 'error')
    expect(said).toHaveLength(1)
  })
})

describe('the client secret that works', () => {
  test('is remembered: the others are not tried first again', async () => {
    const { services, scene, connections } = await due(5)
    await updateApp(services, scene.app.tenantId, scene.app.id, { clientSecret: new Secret('not yet') })
    await minutes(services, 1)
    expect(services.clickfunnels.counts.refresh).toBeLessThanOrEqual(5 + 4)
    expect(await appOf(scene)).toMatchObject({ workingSecret: 1 })
    services.clock.advance(LIFETIME)
    services.clickfunnels.counts.refresh = 0
    await minutes(services, 1)
    expect(services.clickfunnels.counts.refresh).toBe(5)
    for (const one of connections) expect((await scene.stored(one)).generation).toBe(3)
  })

  test('stays beside a new one, however many wrong ones came between', async () => {
    const { services, scene } = await due(1)
    const { tenantId, id } = scene.app
    await updateApp(services, tenantId, id, { clientSecret: new Secret('wrong 1') })
    await minutes(services, 1)
    await updateApp(services, tenantId, id, { clientSecret: new Secret('wrong 2') })
    const app = await updateApp(services, tenantId, id, { clientSecret: new Secret('wrong 3') })
    expect(app.clientSecrets.map(({ serial }) => serial)).toEqual([4, 1])
    services.clock.advance(LIFETIME)
    expect(await run(services)).toEqual({ refreshed: 1 })
  })
})
