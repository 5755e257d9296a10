// Fairness in virtual minutes: two processes, a connection with far too many calls and one with few, and a provider that
// limits each connection without saying how. The assertions are about what callers see.
import { expect, test } from 'vitest'
import { Pacer } from '#domain/connections/pace.ts'
import { ServiceError } from '#domain/errors.ts'
import type { UpstreamRequest } from '#domain/provider/resource-server.ts'
import { proxyCall } from '#domain/proxy/proxy.ts'
import { epochSeconds } from '#domain/time.ts'
import { TokenMemory } from '#domain/tokens/token-memory.ts'
import { VirtualTime } from '../../../bench/fleet/virtual-time.ts'
import { answer } from '../../fakes/clickfunnels.ts'
import { connectedScene } from '../../fakes/scene.ts'

const CALLERS_EACH = 15
const CALL_MILLISECONDS = 50

async function storm() {
  const time = new VirtualTime(Date.UTC(2026, 0, 1))
  const began = time.now
  const limit = { perSecond: 10 }
  const seen = new Map<string, number>()
  const taken: { readonly second: number; readonly limited: boolean }[] = []
  const call = async ({ accessToken, url }: UpstreamRequest) => {
    await time.sleep(CALL_MILLISECONDS)
    const second = Math.floor((time.now - began) / 1000)
    const key = `${accessToken.reveal()}/${second}`
    const count = (seen.get(key) ?? 0) + 1
    seen.set(key, count)
    const limited = count > limit.perSecond
    if (url.endsWith('/storm')) taken.push({ second, limited })
    return answer(limited ? 429 : 201, {})
  }
  const { services, scene, connection } = await connectedScene('non_expiring', {
    now: () => epochSeconds(time.now / 1000),
    sleep: time.sleep,
    resourceServer: { call, probe: async () => ({ outcome: 'unclear', detail: 'not asked here' }) },
  })
  const quiet = await scene.connect({ endUser: { id: 'quiet' as never } })
  let writes = 0
  const setPace = services.connections.setPace.bind(services.connections)
  services.connections.setPace = (ref, pace) => {
    writes += 1
    return setPace(ref, pace)
  }
  const processes = [1, 2].map(() => ({ ...services, tokenMemory: new TokenMemory(), pacer: new Pacer() }))
  const send = (process: typeof services, connectionId: typeof connection.id, path: string) =>
    proxyCall(process, scene.caller, {
      connectionId,
      method: 'POST',
      segments: [path],
      rawQuery: '',
      headers: [],
      requestId: 'r',
    })

  /** Calls as fast as it may, and obeys `Retry-After`. */
  async function caller(process: typeof services) {
    for (;;) {
      try {
        const { status } = await send(process, connection.id, 'storm')
        if (status === 429) await time.sleep(1000)
      } catch (error) {
        if (!(error instanceof ServiceError) || error.code !== 'rate_limited') throw error
        await time.sleep((error.retryAfterSeconds ?? 1) * 1000)
      }
    }
  }
  const waits: number[] = []
  async function bystander() {
    for (;;) {
      const before = time.now
      expect((await send(processes[0] as typeof services, quiet.id, 'quiet')).status).toBe(201)
      waits.push(time.now - before)
      await time.sleep(400)
    }
  }
  for (const process of processes)
    for (let i = 0; i < CALLERS_EACH; i++) void caller(process as typeof services)
  void bystander()
  return {
    limit,
    waits,
    calls: () => taken.length,
    writes: () => writes,
    /** Lets that many seconds pass. Gives how many calls of the storm succeeded in the last `of` of them. */
    async run(seconds: number, of: number) {
      await time.runUntil(time.now + seconds * 1000)
      const now = Math.floor((time.now - began) / 1000)
      const late = taken.filter(({ second }) => second >= now - of && second < now)
      const limited = late.filter((one) => one.limited).length
      return { perSecond: (late.length - limited) / of, refused: limited / late.length }
    },
  }
}

test('a storm learns its limit, uses it, finds a higher one, and slows no other connection down', async () => {
  const { limit, run, waits, calls, writes } = await storm()
  const first = await run(3, 3)
  const learnt = await run(87, 60)
  limit.perSecond = 40
  const raised = await run(90, 30)
  expect(first.refused).toBeGreaterThan(0.3)
  expect(learnt.refused).toBeLessThan(0.25)
  expect(learnt.perSecond).toBeGreaterThan(6)
  expect(raised.perSecond).toBeGreaterThan(25)
  expect(writes()).toBeLessThan(calls() / 10)
  expect(waits.length).toBeGreaterThan(300)
  expect(Math.max(...waits)).toBe(CALL_MILLISECONDS)
})
