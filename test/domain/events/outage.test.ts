// What an outage, refused credentials and a mass refusal tell the tenant: one event when they begin and one when they are over,
// however many connections the app has.
import { expect, test } from 'vitest'
import { replaceRejected } from '#domain/tokens/await-refresh.ts'
import type { FakeServices } from '../../fakes.ts'
import { run, sceneOf } from '../keep-alive/keep-alive-runs.ts'

const COUNT = Number(process.env.OUTAGE_CONNECTIONS ?? 100)
const DOWN = { outcome: 'provider_down', detail: 'status 503' } as const
const REFUSED = { outcome: 'grant_refused', error: 'invalid_grant' } as const

/** The events, but for those of connecting. */
const told = ({ events }: FakeServices) => events.story().filter((one) => one !== 'connection.created')

async function minutes(services: FakeServices, count: number): Promise<void> {
  for (let minute = 0; minute < count; minute++) {
    services.clock.advance(60)
    await run(services)
  }
}

test(`an outage of an hour over ${COUNT} connections is two events`, async () => {
  const { services } = await sceneOf('rotating', COUNT)
  services.clock.advance(6000)
  services.clickfunnels.always('refresh', DOWN)
  await minutes(services, 60)
  expect(told(services)).toEqual(['app.unhealthy: provider_down'])
  services.clickfunnels.always('refresh')
  await minutes(services, 10)
  expect(told(services)).toEqual(['app.unhealthy: provider_down', 'app.healthy: provider_down'])
})

test('refused credentials of an app with 50 connections are two events', async () => {
  const { services } = await sceneOf('rotating', 50)
  services.clock.advance(6000)
  services.clickfunnels.always('refresh', { outcome: 'client_refused', error: 'invalid_client' })
  await minutes(services, 30)
  services.clickfunnels.always('refresh')
  await minutes(services, 10)
  expect(told(services)).toEqual(['app.unhealthy: credentials_refused', 'app.healthy: credentials_refused'])
})

test('of a mass refusal, connections tell until it is seen, and each that told tells that it works again', async () => {
  const { services, connections } = await sceneOf('rotating', 40)
  services.clickfunnels.always('refresh', REFUSED)
  services.clickfunnels.always('probe', { outcome: 'rejected' })
  for (const one of connections) await replaceRejected(services, one).catch(() => undefined)
  const before = told(services)
  expect(before.filter((one) => one.startsWith('app.'))).toEqual(['app.unhealthy: connections_refused'])
  const atRisk = before.filter((one) => one === 'connection.at_risk: refresh_rejected').length
  expect(atRisk).toBeLessThanOrEqual(6)
  services.clickfunnels.always('refresh')
  services.clickfunnels.always('probe')
  await minutes(services, 10)
  const after = told(services)
  expect(after.filter((one) => one === 'connection.recovered: refresh_rejected')).toHaveLength(atRisk)
  expect(after.filter((one) => one.startsWith('app.'))).toEqual([
    'app.unhealthy: connections_refused',
    'app.healthy: connections_refused',
  ])
  expect(after).not.toContain('connection.broken: refresh_rejected')
})
