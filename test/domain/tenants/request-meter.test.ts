// Proxied requests a second, held over many processes that share nothing but the sums they report: the tolerance that
// docs/limits.md states, and what it costs.
import { describe, expect, test } from 'vitest'
import type { TenantId } from '#domain/ids.ts'
import { type MeterPorts, RequestMeter } from '#domain/tenants/request-meter.ts'
import { WINDOW_SECONDS } from '#domain/tenants/usage.ts'
import { seededRandom } from '../../fakes/random.ts'
import { fakeServices } from '../../fakes.ts'

const ACME = 'ten_acme' as TenantId
const OTHER = 'ten_other' as TenantId
/** What docs/limits.md states: so much above the limit, over ten seconds, for up to so many processes. */
const TOLERANCE = 0.25
const PROCESSES = 25

interface Demand {
  readonly perSecond: number
  readonly processes: number
  /** Which process serves a request. */
  readonly route?: (chance: number, processes: number) => number
}

const evenly = (chance: number, processes: number) => Math.floor(chance * processes)
/** Half of all requests meet one process: the one used last. */
const lopsided = (chance: number, processes: number) =>
  chance < 0.5 ? 0 : Math.floor((chance - 0.5) * 2 * processes)

class Fleet {
  readonly services = fakeServices()
  readonly usage = this.services.usage
  readonly clock = this.services.clock
  readonly log = this.services.log
  readonly #meters: RequestMeter[] = []
  readonly #random = seededRandom(7)

  constructor(processes: number, usage: MeterPorts['usage'] = this.usage) {
    for (let i = 0; i < processes; i++) this.#meters.push(this.meter(usage))
  }

  meter(usage: MeterPorts['usage'] = this.usage): RequestMeter {
    return new RequestMeter({ ...this.services, usage }, async () => {})
  }

  /** Sends requests evenly over some windows; gives how many of each window got through. */
  async run(
    { perSecond, processes, route = evenly }: Demand,
    limit: number,
    windows = 1,
    tenant = ACME,
  ): Promise<number[]> {
    const through: number[] = []
    for (let window = 0; window < windows; window++) {
      let passed = 0
      for (let i = 0; i < perSecond * WINDOW_SECONDS; i++) {
        const meter = this.#meters[route(this.#random.chance(), processes)]
        const turn = await meter?.take({ tenantId: tenant }, { requestsPerSecond: limit })
        if (turn && 'end' in turn) {
          passed += 1
          await turn.end()
        }
        this.clock.advance(1 / perSecond)
      }
      through.push(passed)
    }
    return through
  }
}

const most = (limit: number) => limit * WINDOW_SECONDS * (1 + TOLERANCE)

describe('a demand above the limit', () => {
  test.each([
    { limit: 20, perSecond: 40, processes: PROCESSES },
    { limit: 100, perSecond: 110, processes: PROCESSES },
    { limit: 100, perSecond: 1000, processes: PROCESSES },
    { limit: 100, perSecond: 1000, processes: PROCESSES, route: lopsided },
    { limit: 100, perSecond: 300, processes: 1 },
    { limit: 100, perSecond: 300, processes: 3 },
    { limit: 500, perSecond: 900, processes: PROCESSES, route: lopsided },
  ])(
    'of $perSecond/s on $processes processes gets $limit/s, a quarter more at the most',
    async ({ limit, ...demand }) => {
      for (const passed of await new Fleet(demand.processes).run(demand, limit, 3)) {
        expect(passed).toBeGreaterThanOrEqual(limit * WINDOW_SECONDS)
        expect(passed).toBeLessThanOrEqual(most(limit))
      }
    },
  )

  test('at a low limit on many processes goes beyond it by one request of each at the most', async () => {
    const [passed] = await new Fleet(PROCESSES).run({ perSecond: 100, processes: PROCESSES }, 1)
    expect(passed).toBeGreaterThanOrEqual(WINDOW_SECONDS)
    expect(passed).toBeLessThanOrEqual(WINDOW_SECONDS + PROCESSES)
  })

  test('that comes all at once, before any report is answered, stays within the tolerance', async () => {
    const usage = fakeServices().usage
    const answered: (() => void)[] = []
    const slow: MeterPorts['usage'] = {
      requests: (...asked) => usage.requests(...asked),
      addRequests: async (...report) => {
        const sums = await usage.addRequests(...report)
        await new Promise<void>((resolve) => answered.push(resolve))
        return sums
      },
    }
    const fleet = new Fleet(0)
    const { clock } = fleet
    const meters = Array.from({ length: PROCESSES }, () => fleet.meter(slow))
    let passed = 0
    const calls = meters.flatMap((meter) =>
      Array.from({ length: 200 }, async () => {
        const turn = await meter.take({ tenantId: ACME }, { requestsPerSecond: 100 })
        if ('end' in turn) passed += 1
      }),
    )
    let done = false
    void Promise.all(calls).then(() => {
      done = true
    })
    // Answers come in the other order than the reports.
    while (!done) {
      answered.pop()?.()
      await clock.sleep(0)
    }
    expect(passed).toBeGreaterThanOrEqual(1000)
    expect(passed).toBeLessThanOrEqual(most(100))
  })

  test('is told to wait for the next window, and gets through in it', async () => {
    const fleet = new Fleet(1)
    fleet.clock.advance(3)
    const meter = fleet.meter()
    for (let i = 0; i < 10; i++)
      expect(await meter.take({ tenantId: ACME }, { requestsPerSecond: 1 })).toHaveProperty('end')
    expect(await meter.take({ tenantId: ACME }, { requestsPerSecond: 1 })).toEqual({
      limit: 'requestsPerSecond',
      retryAfterSeconds: 7,
    })
    fleet.clock.advance(7)
    expect(await meter.take({ tenantId: ACME }, { requestsPerSecond: 1 })).toHaveProperty('end')
  })

  test('asks the store nothing while it is refused, and takes nothing from another tenant', async () => {
    const fleet = new Fleet(4)
    const demand = { perSecond: 100, processes: 4 }
    await fleet.run(demand, 10)
    fleet.clock.advance(-WINDOW_SECONDS)
    const { calls } = fleet.usage
    expect(await fleet.run(demand, 10)).toEqual([0])
    expect(fleet.usage.calls).toBe(calls)
    fleet.clock.advance(-WINDOW_SECONDS)
    expect(await fleet.run(demand, 100, 1, OTHER)).toEqual([1000])
  })
})

describe('a demand below the limit', () => {
  test.each([
    { perSecond: 99, processes: PROCESSES },
    { perSecond: 99, processes: PROCESSES, route: lopsided },
    { perSecond: 99, processes: 1 },
    { perSecond: 50, processes: 200 },
  ])('of $perSecond/s on $processes processes is never refused', async (demand) => {
    const windows = await new Fleet(demand.processes).run(demand, 100, 3)
    expect(windows).toEqual(Array(3).fill(demand.perSecond * WINDOW_SECONDS))
  })

  test('and far below it asks the store nothing', async () => {
    const fleet = new Fleet(PROCESSES)
    // Four requests a process and window: below its own step.
    await fleet.run({ perSecond: 10, processes: PROCESSES, route: (_, n) => turnOf(n) }, 100, 6)
    expect(fleet.usage.calls).toBe(0)
  })

  test('on one process reports once for many requests', async () => {
    const fleet = new Fleet(1)
    await fleet.run({ perSecond: 6, processes: 1 }, 100)
    expect(fleet.usage.calls).toBe(1)
    await fleet.run({ perSecond: 90, processes: 1 }, 100)
    expect(fleet.usage.calls).toBeLessThan(20)
  })
})

test('the store is told at the most once for a step of each process, at and above the limit', async () => {
  const fleet = new Fleet(PROCESSES)
  await fleet.run({ perSecond: 1000, processes: PROCESSES }, 100)
  // A budget of 1,000 in steps of 5, and the last reports of all processes.
  expect(fleet.usage.calls).toBeLessThanOrEqual(1000 / 5 + PROCESSES)
})

test('a store in trouble refuses no request, and says so', async () => {
  const failing = {
    addRequests: () => Promise.reject(new Error('throttled')),
    requests: () => Promise.reject(new Error('throttled')),
  }
  const fleet = new Fleet(2, failing)
  expect(await fleet.run({ perSecond: 40, processes: 2 }, 1)).toEqual([400])
  expect(fleet.log.text()).toContain('were not counted')
})

let next = 0
const turnOf = (processes: number) => next++ % processes
