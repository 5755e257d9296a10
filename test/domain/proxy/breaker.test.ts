// What becomes of calls while a host of ClickFunnels does not answer: how long they wait, what they are told, and what ends that.
import { beforeEach, expect, test } from 'vitest'
import { ServiceError } from '#domain/errors.ts'
import type { AppId, TenantId } from '#domain/ids.ts'
import { Breaker, MAX_TIMEOUTS, type Patience } from '#domain/proxy/breaker.ts'
import { aTenant } from '../../contracts/samples.ts'
import { type FakeServices, fakeServices } from '../../fakes.ts'

const TENANT = aTenant()
const PLACE = { tenantId: TENANT.id, appId: 'app_1' as AppId, host: 'acme.myclickfunnels.com' }

let services: FakeServices
let process: Breaker
beforeEach(async () => {
  services = fakeServices()
  process = new Breaker(services)
  await services.tenants.create(TENANT)
})

const lookUntil = async () => (await services.tenants.get(TENANT.id))?.lookUntil
const another = () => new Breaker(services)
const asked = async (breaker = process, place = PLACE) =>
  breaker.patience(place, 25, (await services.tenants.get(place.tenantId))?.lookUntil)

async function timeout(breaker = process, patience?: Patience): Promise<ServiceError | undefined> {
  const told = breaker.timedOut(PLACE, patience ?? (await asked(breaker)))
  await services.background.settled()
  return told
}

async function open(): Promise<void> {
  for (let i = 0; i < MAX_TIMEOUTS; i++) expect(await timeout(another(), { seconds: 25 })).toBeUndefined()
}

test('four calls without an answer change nothing, and cost no read', async () => {
  for (let i = 1; i < MAX_TIMEOUTS; i++) await timeout(another(), { seconds: 25 })
  const { calls } = services.slowHosts
  expect(await asked(another())).toEqual({ seconds: 25 })
  expect(services.slowHosts.calls).toBe(calls)
})

test('after five in 30 seconds, processes that start let calls wait 5 seconds, and say so', async () => {
  await open()
  expect(await lookUntil()).toBeGreaterThan(services.now())
  const fresh = another()
  const patience = await asked(fresh)
  expect(patience).toMatchObject({ seconds: 5 })
  const told = await timeout(fresh, patience)
  expect(told).toBeInstanceOf(ServiceError)
  expect(told).toMatchObject({ code: 'upstream_slow', retryAfterSeconds: 30 })
  expect(services.log.text()).toContain('does not answer in time')
})

test('five that are spread over more than 30 seconds are not enough', async () => {
  for (let i = 0; i < MAX_TIMEOUTS; i++) {
    await timeout(another(), { seconds: 25 })
    services.clock.advance(8)
  }
  expect(await lookUntil()).toBeUndefined()
})

test('another app and another host are not concerned', async () => {
  await open()
  expect(await asked(another(), { ...PLACE, host: 'other.myclickfunnels.com' })).toEqual({ seconds: 25 })
  expect(await asked(another(), { ...PLACE, appId: 'app_2' as AppId })).toEqual({ seconds: 25 })
  const other = { ...PLACE, tenantId: 'ten_other' as TenantId }
  expect(await asked(another(), other)).toEqual({ seconds: 25 })
})

test('one call in 30 seconds waits as long as usual, and its answer ends the state', async () => {
  await open()
  services.clock.advance(31)
  const patiences = await Promise.all(Array.from({ length: 20 }, () => asked(another())))
  const canaries = patiences.filter(({ isCanary }) => isCanary)
  expect(canaries).toEqual([expect.objectContaining({ seconds: 25 })])
  process.answered(PLACE, canaries[0] as Patience)
  await services.background.settled()
  expect(await asked(another())).toEqual({ seconds: 25 })
})

test('a canary that has no answer tells its caller what a timeout is, and the others wait on', async () => {
  await open()
  services.clock.advance(31)
  const canary = await asked(another())
  services.clock.advance(25)
  expect(await timeout(another(), canary)).toBeUndefined()
  expect(await asked(another())).toMatchObject({ seconds: 5 })
})

test('while calls time out it stays, and a minute after the last one it is over', async () => {
  await open()
  for (let i = 0; i < 4; i++) {
    services.clock.advance(40)
    await timeout(another(), {
      seconds: 5,
      open: { timeouts: 5, since: services.now(), last: services.now() },
    })
  }
  expect(await asked(another())).toMatchObject({ open: { timeouts: 9 } })
  services.clock.advance(61)
  expect(await asked(another())).toEqual({ seconds: 25 })
})

test('a call that its caller gave a second says nothing about the host', async () => {
  for (let i = 0; i < 20; i++) await timeout(another(), { seconds: 1 })
  expect(services.slowHosts.calls).toBe(0)
})

test('a store in trouble makes no call wait for less, and is in the log', async () => {
  await open()
  services.slowHosts.get = () => Promise.reject(new Error('throttled'))
  expect(await asked(another())).toEqual({ seconds: 25 })
  expect(services.log.text()).toContain('was not read')
})
