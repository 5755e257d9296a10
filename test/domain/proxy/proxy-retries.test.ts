// Which proxied calls are sent again.
import { expect, test } from 'vitest'
import type { UpstreamResponse } from '#domain/provider/resource-server.ts'
import { proxyCall } from '#domain/proxy/proxy.ts'
import type { ProxyRequest } from '#domain/proxy/proxy-request.ts'
import { answer } from '../../fakes/clickfunnels.ts'
import { connectedScene } from '../../fakes/scene.ts'

const busy = (status: number, retryAfter?: string): UpstreamResponse =>
  answer(status, { error: 'busy' }, retryAfter === undefined ? [] : [['retry-after', retryAfter]])
const retryAfterOf = ({ headers }: UpstreamResponse) =>
  headers.filter(([name]) => name === 'retry-after').map(([, value]) => value)

async function callable(method = 'GET') {
  const { services, scene, connection } = await connectedScene()
  const request: ProxyRequest = {
    connectionId: connection.id,
    method,
    segments: ['funnels', '1'],
    rawQuery: '',
    headers: [],
    requestId: 'r',
  }
  const began = services.clock.milliseconds()
  return {
    services,
    call: () => proxyCall(services, scene.caller, request),
    waited: () => services.clock.milliseconds() - began,
  }
}

test.each(['GET', 'HEAD', 'OPTIONS'])('%s goes again after the seconds of Retry-After', async (method) => {
  const { services, call, waited } = await callable(method)
  services.clickfunnels.script('call', busy(429, '7'), busy(503, '2'))
  expect((await call()).status).toBe(200)
  expect(waited()).toBe(9000)
  expect(services.clickfunnels.counts.call).toBe(3)
})

test('Retry-After may be a date', async () => {
  const { services, call, waited } = await callable()
  const date = new Date(services.clock.milliseconds() + 6000).toUTCString()
  services.clickfunnels.script('call', busy(503, date))
  expect((await call()).status).toBe(200)
  expect(waited()).toBe(6000)
})

test('without Retry-After the pauses are jittered and grow', async () => {
  const { services, call, waited } = await callable()
  services.clickfunnels.script('call', busy(429), busy(429), busy(429))
  expect((await call()).status).toBe(200)
  expect(waited()).toBeGreaterThan(3500)
  expect(waited()).toBeLessThan(10_500)
})

test('an answer of a service that stays busy is passed on after some retries, with a Retry-After', async () => {
  const { services, call } = await callable()
  services.clickfunnels.always('call', busy(429))
  const given = await call()
  expect(given.status).toBe(429)
  expect(Number(retryAfterOf(given)[0])).toBeGreaterThan(0)
  expect(services.clickfunnels.counts.call).toBe(4)
})

test('a pause longer than the call may last is left to the caller', async () => {
  const { services, call, waited } = await callable()
  services.clickfunnels.always('call', busy(503, '24'))
  const given = await call()
  expect([given.status, retryAfterOf(given)]).toEqual([503, ['24']])
  expect(waited()).toBe(0)
})

test.each(['POST', 'PUT', 'PATCH', 'DELETE'])('%s is never sent again', async (method) => {
  const { services, call } = await callable(method)
  services.clickfunnels.always('call', busy(429))
  const given = await call()
  expect(given.status).toBe(429)
  expect(retryAfterOf(given)).toHaveLength(1)
  expect(services.clickfunnels.counts.call).toBe(1)
})

test.each([500, 502, 504, 404, 422])('%i is passed on as it is', async (status) => {
  const { services, call } = await callable()
  services.clickfunnels.always('call', busy(status))
  const given = await call()
  expect([given.status, retryAfterOf(given)]).toEqual([status, []])
  expect(services.clickfunnels.counts.call).toBe(1)
})

test('a call whose answer was lost is not sent again, whatever its method', async () => {
  const { services, call } = await callable()
  services.clickfunnels.script('call', async () => Promise.reject(new Error('lost')))
  await expect(call()).rejects.toThrow('lost')
  expect(services.clickfunnels.counts.call).toBe(1)
})
