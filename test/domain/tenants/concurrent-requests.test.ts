// Requests at the same time, held over many processes, each of which serves one request at a time: what a tenant whose calls take
// 25 seconds gets, and what a tenant with quick calls pays.
import { expect, test } from 'vitest'
import type { TenantId } from '#domain/ids.ts'
import { type MeterPorts, RequestMeter } from '#domain/tenants/request-meter.ts'
import { type EpochSeconds, epochSeconds } from '#domain/time.ts'
import { VirtualTime } from '../../../bench/fleet/virtual-time.ts'
import { fakeServices } from '../../fakes.ts'

const ACME = { tenantId: 'ten_acme' as TenantId }
const LIMIT = 40

/** Processes as Lambda has them: an idle one serves the next request, or else a new one. */
class Pool {
  readonly time = new VirtualTime(Date.UTC(2026, 0, 1))
  readonly services = fakeServices()
  /** What the tenant's item says: processes that start read it. */
  lookUntil: EpochSeconds | undefined
  readonly #idle: { readonly meter: RequestMeter; readonly lookUntil: EpochSeconds | undefined }[] = []
  busy = 0
  readonly refused: string[] = []

  #process() {
    const { time, services } = this
    const ports: MeterPorts = {
      ...services,
      now: () => epochSeconds(time.now / 1000),
      stopwatch: () => time.now / 1000,
      sleep: time.sleep,
    }
    const meter = new RequestMeter(ports, async (_, until) => {
      this.lookUntil = until
    })
    return { meter, lookUntil: this.lookUntil }
  }

  async call(seconds: number): Promise<void> {
    const process = this.#idle.pop() ?? this.#process()
    const limits = { requestsPerSecond: 1000, concurrentRequests: LIMIT }
    const turn = await process.meter.take(ACME, limits, process.lookUntil)
    if ('limit' in turn) this.refused.push(turn.limit)
    else {
      this.busy += 1
      await this.time.sleep(seconds * 1000)
      this.busy -= 1
      await turn.end()
    }
    this.#idle.push(process)
  }

  /** Calls that begin evenly over some time. Gives how many were under way in each second. */
  async run(perSecond: number, callSeconds: number, seconds: number): Promise<number[]> {
    const busy: number[] = []
    for (let second = 0; second < seconds; second++) {
      for (let i = 0; i < perSecond; i++) {
        void this.call(callSeconds)
        await this.time.runUntil(this.time.now + 1000 / perSecond)
      }
      busy.push(this.busy)
    }
    return busy
  }
}

const average = (numbers: readonly number[]) =>
  numbers.reduce((sum, number) => sum + number, 0) / numbers.length

test('calls of 25 seconds hold no more processes than the limit, but for those of the first seconds', async () => {
  const pool = new Pool()
  const busy = await pool.run(20, 25, 120)
  // 500 would be under way. What begins before the first are known to be long: a second or two of calls.
  expect(Math.max(...busy)).toBeLessThanOrEqual(LIMIT + 2 * 20)
  expect(Math.max(...busy.slice(60))).toBeLessThanOrEqual(LIMIT + 20)
  // The tenant has most of what it may have.
  expect(average(busy.slice(60))).toBeGreaterThan(LIMIT * 0.75)
  expect(new Set(pool.refused)).toEqual(new Set(['concurrentRequests']))
})

test('calls of most of a second that come too fast are held to the limit, too', async () => {
  const pool = new Pool()
  const busy = await pool.run(200, 0.8, 60)
  expect(average(busy.slice(10))).toBeLessThanOrEqual(LIMIT * 1.25)
  expect(average(busy.slice(10))).toBeGreaterThan(LIMIT * 0.5)
  expect(new Set(pool.refused)).toEqual(new Set(['concurrentRequests']))
})

test('below the limit nothing is refused, whatever the calls take', async () => {
  for (const [perSecond, seconds] of [
    [1, 25],
    [10, 3],
    [100, 0.3],
  ] as const) {
    const pool = new Pool()
    await pool.run(perSecond, seconds, 60)
    expect(pool.refused).toEqual([])
  }
})

test('quick calls of a tenant far below its limit cost no write', async () => {
  const pool = new Pool()
  await pool.run(1, 0.2, 60)
  expect(pool.services.usage.calls).toBe(0)
})

test('a process that is always busy writes four times in ten seconds', async () => {
  const pool = new Pool()
  await pool.run(5, 0.2, 60)
  expect(pool.services.usage.calls).toBeLessThanOrEqual(4 * 6)
})

test('refusals ask the store little: one look in two seconds and process', async () => {
  const pool = new Pool()
  await pool.run(20, 25, 30)
  const before = { calls: pool.services.usage.calls, refused: pool.refused.length }
  await pool.run(20, 25, 10)
  const refused = pool.refused.length - before.refused
  expect(refused).toBeGreaterThan(100)
  // Those under way are charged once in ten seconds, too.
  expect(pool.services.usage.calls - before.calls).toBeLessThan(refused)
})
