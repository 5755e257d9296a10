// The pace of a connection: learnt from 429s, shared with the record, kept by each process.
import { describe, expect, test } from 'vitest'
import { isPaced, Pacer, paceNow } from '#domain/connections/pace.ts'
import { proxyCall } from '#domain/proxy/proxy.ts'
import type { ProxyRequest } from '#domain/proxy/proxy-request.ts'
import { epochSeconds, later } from '#domain/time.ts'
import { TokenMemory } from '#domain/tokens/token-memory.ts'
import { answer } from '../../fakes/clickfunnels.ts'
import { connectedScene } from '../../fakes/scene.ts'
import { run, sceneOf } from '../keep-alive/keep-alive-runs.ts'

const NOW = epochSeconds(1_800_000_000)
const BUSY = answer(429, { error: 'busy' }, [])

describe('a pace', () => {
  test('grows with time until nothing limits the connection any more', () => {
    const pace = { perSecond: 2, setAt: NOW }
    expect(paceNow(undefined, NOW)).toBeUndefined()
    expect(paceNow(pace, NOW)).toBe(2)
    expect(paceNow(pace, later(NOW, 10))).toBe(7)
    expect(isPaced({ pace }, later(NOW, 90))).toBe(true)
    expect(isPaced({ pace }, later(NOW, 100))).toBe(false)
  })

  test('is kept by a process: bursts up to a second, then one after the other', () => {
    const pacer = new Pacer()
    const { connection } = { connection: { tenantId: 'ten_1', connectionId: 'conn_1' } as never }
    const waits = Array.from({ length: 6 }, () => pacer.take(connection, 4, NOW))
    expect(waits).toEqual([0, 0, 0, 0, 0.25, 0.5])
    expect(pacer.take(connection, 4, later(NOW, 2))).toBe(0)
  })

  test('is halved from what the process did, not below a slow crawl', () => {
    const pacer = new Pacer()
    const ref = { tenantId: 'ten_1', connectionId: 'conn_1' } as never
    for (let calls = 0; calls < 30; calls++) pacer.take(ref, undefined, NOW)
    expect(pacer.shrunk(ref, undefined, NOW).perSecond).toBe(15)
    expect(pacer.shrunk(ref, 8, NOW).perSecond).toBe(4)
    expect(pacer.shrunk(ref, 0.1, NOW).perSecond).toBe(0.2)
  })
})

async function callable() {
  const { services, scene, connection } = await connectedScene('non_expiring')
  const request: ProxyRequest = {
    connectionId: connection.id,
    method: 'POST',
    segments: ['contacts'],
    rawQuery: '',
    headers: [],
    requestId: 'r',
  }
  const call = (on = services) => proxyCall(on, scene.caller, request)
  return { services, scene, connection, call, stored: () => scene.stored(connection) }
}

describe('proxied calls', () => {
  test('write nothing while no 429 comes', async () => {
    const { services, call, stored } = await callable()
    services.connections.setPace = async () => Promise.reject(new Error('written'))
    for (let calls = 0; calls < 20; calls++) await call()
    expect(await stored()).not.toHaveProperty('pace')
  })

  test('after a 429 go at half the pace, in other processes too, and write it once for many', async () => {
    const { services, call, stored } = await callable()
    for (let calls = 0; calls < 20; calls++) await call()
    services.clickfunnels.script('call', BUSY, BUSY, BUSY)
    await Promise.all([call(), call(), call()])
    expect(await stored()).toMatchObject({ pace: { perSecond: expect.any(Number), setAt: services.now() } })
    const { pace } = await stored()
    expect(pace?.perSecond).toBeGreaterThanOrEqual(10)
    expect(pace?.perSecond).toBeLessThan(12)
    const elsewhere = { ...services, tokenMemory: new TokenMemory(), pacer: new Pacer() }
    const before = services.clock.milliseconds()
    for (let calls = 0; calls < 25; calls++) await call(elsewhere)
    expect(services.clock.milliseconds() - before).toBeGreaterThan(900)
  })

  test('that would wait too long are told when to come back, and are not made', async () => {
    const { services, call } = await callable()
    services.clickfunnels.script('call', BUSY)
    await call()
    const before = services.clickfunnels.counts.call
    const settled = await Promise.allSettled(Array.from({ length: 12 }, () => call()))
    const refused = settled.filter(({ status }) => status === 'rejected')
    expect(refused.length).toBeGreaterThan(0)
    for (const one of refused) expect(one).toMatchObject({ reason: { code: 'rate_limited' } })
    expect(services.clickfunnels.counts.call - before).toBe(12 - refused.length)
  })

  test('of another connection are not slowed down', async () => {
    const { services, scene, call } = await callable()
    services.clickfunnels.script('call', BUSY)
    await call()
    const other = await scene.connect({ endUser: { id: 'other' as never } })
    const before = services.clock.milliseconds()
    for (let calls = 0; calls < 10; calls++) {
      await proxyCall(services, scene.caller, {
        connectionId: other.id,
        method: 'GET',
        segments: ['contacts'],
        rawQuery: '',
        headers: [],
        requestId: 'r',
      })
    }
    expect(services.clock.milliseconds()).toBe(before)
  })

  test('go on when the pace cannot be stored', async () => {
    const { services, call } = await callable()
    services.connections.setPace = async () => Promise.reject(new Error('throttled'))
    services.clickfunnels.script('call', BUSY)
    expect((await call()).status).toBe(429)
  })
})

describe('work in the background', () => {
  test('leaves the budget of a paced connection to its callers for a minute or two', async () => {
    const { services, connections } = await sceneOf('non_expiring', 1)
    services.clock.advance(2 * 24 * 3600)
    const [{ tenantId, id }] = connections as [(typeof connections)[0] & object]
    const ref = { tenantId, connectionId: id }
    await services.connections.setPace(ref, { perSecond: 1, setAt: services.now() })
    expect(await run(services)).toEqual({ deferred: 1 })
    expect(services.clickfunnels.counts.probe).toBe(0)
    services.clock.advance(120)
    expect(await run(services)).toEqual({ alive: 1 })
  })

  test('does not wait when a token is about to expire', async () => {
    const { services, connections } = await sceneOf('rotating', 1)
    services.clock.advance(7200 - 200)
    const [{ tenantId, id }] = connections as [(typeof connections)[0] & object]
    await services.connections.setPace(
      { tenantId, connectionId: id },
      { perSecond: 1, setAt: services.now() },
    )
    expect(await run(services)).toEqual({ refreshed: 1 })
  })
})
