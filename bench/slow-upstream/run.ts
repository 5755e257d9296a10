// One tenant calls a host that takes 25 seconds, 200 times a second, beside fifty tenants whose calls are quick: the real limiter and
// breaker in 1,000 simulated executions, 700 of them reserved for the proxy. Virtual time, so it prints no time of this machine.
// Usage: npm run bench:slow-upstream [-- --seconds 180 --limit 300 --reserved 700]
import { parseArgs } from 'node:util'
import { ServiceError } from '#domain/errors.ts'
import type { AppId, TenantId } from '#domain/ids.ts'
import { Breaker } from '#domain/proxy/breaker.ts'
import { RateLimiter } from '#domain/tenants/rate-limiter.ts'
import { type EpochSeconds, epochSeconds } from '#domain/time.ts'
import { chanceOf } from '../fleet/fleet.ts'
import { VirtualTime } from '../fleet/virtual-time.ts'
import { Executions } from './lambda.ts'
import { SharedItems } from './store.ts'

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '180' },
    limit: { type: 'string', default: '300' },
    reserved: { type: 'string', default: '700' },
  },
})
const SECONDS = Number(values.seconds)
const QUOTA = 1000
const RESERVED = Number(values.reserved)
const SLOW = 'ten_slow' as TenantId
const SLOW_PER_SECOND = 200
const SLOW_SECONDS = 25
const OTHERS = 50
const OTHERS_PER_SECOND = 10
const QUICK_MS = 200
/** A token that is remembered, and the handler's own work. */
const OWN_MS = 3

interface Process {
  readonly limiter: RateLimiter
  readonly breaker: Breaker
  /** What it read of each tenant, and when: a credential is kept for 60 s. */
  readonly tenants: Map<TenantId, { readonly lookUntil: EpochSeconds | undefined; readonly at: number }>
}

async function simulate(isSlowThere: boolean) {
  const time = new VirtualTime(Date.UTC(2026, 0, 1))
  const chance = chanceOf(88_172_645)
  const store = new SharedItems(time)
  const silent = () => {}
  const ambient = {
    now: () => epochSeconds(time.now / 1000),
    stopwatch: () => time.now / 1000,
    sleep: time.sleep,
    log: { info: silent, warn: silent, error: silent },
    background: { start: (work: () => Promise<void>) => void work() },
    tenants: store,
    usage: store,
    slowHosts: store,
  } as never
  const limits = { requestsPerSecond: 2500, concurrentRequests: Number(values.limit) }
  const proxy = new Executions<Process>(time, RESERVED, () => ({
    limiter: new RateLimiter(ambient, limits),
    breaker: new Breaker(ambient),
    tenants: new Map(),
  }))
  const rest = new Executions<undefined>(time, QUOTA - RESERVED, () => undefined)
  const took: number[] = []
  const ended: Record<string, number> = {}
  const count = (name: string) => {
    ended[name] = (ended[name] ?? 0) + 1
  }

  const call = (tenantId: TenantId, upstreamMs: number) => async (process: Process) => {
    const known = process.tenants.get(tenantId)
    const tenant =
      known !== undefined && time.now < known.at + 60_000
        ? known
        : { lookUntil: store.lookUntil.get(tenantId), at: time.now }
    process.tenants.set(tenantId, tenant)
    const { lookUntil } = tenant
    const requester = { tenant: { id: tenantId, ...(lookUntil && { lookUntil }) } }
    await process.limiter.withinRate(requester, async () => {
      const place = { tenantId, appId: tenantId as unknown as AppId, host: 'clickfunnels' }
      const patience = await process.breaker.patience(place, SLOW_SECONDS, lookUntil)
      await time.sleep(OWN_MS + Math.min(upstreamMs, patience.seconds * 1000))
      if (upstreamMs < patience.seconds * 1000) return process.breaker.answered(place, patience)
      throw process.breaker.timedOut(place, patience) ?? new ServiceError('upstream_timeout', 'late')
    })
  }
  const other = async (number: number) => {
    const began = time.now
    const outcome = await proxy
      .serve(async (process) => {
        await call(`ten_${number}` as TenantId, QUICK_MS * (0.5 + chance()))(process)
        return 'served'
      })
      .catch(() => 'refused')
    count(`others ${outcome ?? 'without an execution'}`)
    if (outcome === 'served') took.push(time.now - began)
  }
  const slow = async () => {
    const outcome = await proxy.serve(call(SLOW, SLOW_SECONDS * 1000)).then(
      () => 'without an execution',
      (error: ServiceError) => `${error.code} ${error.extensions?.limit ?? ''}`.trim(),
    )
    count(`slow ${outcome}`)
  }
  const every = async (ms: number, work: () => Promise<unknown>) => {
    for (;;) {
      await time.sleep(ms * (0.5 + chance()))
      void work()
    }
  }
  for (let number = 0; number < OTHERS; number++) void every(1000 / OTHERS_PER_SECOND, () => other(number))
  void every(200, () => rest.serve(() => time.sleep(800)))
  for (let shard = 0; shard < 4; shard++) void every(60_000, () => rest.serve(() => time.sleep(62_000)))
  await time.runUntil(time.now + 60_000)
  took.length = 0
  for (const name of Object.keys(ended)) delete ended[name]
  const busy: number[] = []
  if (isSlowThere) void every(1000 / SLOW_PER_SECOND, slow)
  for (let second = 0; second < SECONDS; second++) {
    await time.runUntil(time.now + 1000)
    busy.push(proxy.busy)
  }
  took.sort((one, another) => one - another)
  const quantile = (share: number) => took[Math.floor(took.length * share)] ?? Number.NaN
  return {
    p50: quantile(0.5),
    p99: quantile(0.99),
    most: proxy.most,
    average: busy.reduce((sum, number) => sum + number, 0) / busy.length,
    restRefused: rest.refused,
    ended,
    writes: store.writes,
    reads: store.reads,
  }
}

const alone = await simulate(false)
const beside = await simulate(true)
const row = (name: string, one: unknown, another: unknown) =>
  process.stdout.write(`${name.padEnd(46)}${String(one).padStart(12)}${String(another).padStart(12)}\n`)
row('', 'alone', 'beside')
row('other tenants, p50 ms', alone.p50.toFixed(0), beside.p50.toFixed(0))
row('other tenants, p99 ms', alone.p99.toFixed(0), beside.p99.toFixed(0))
row('  ratio of p99', '', (beside.p99 / alone.p99).toFixed(2))
row(`executions of the proxy, most of ${RESERVED}`, alone.most, beside.most)
row('executions of the proxy, average', alone.average.toFixed(0), beside.average.toFixed(0))
row('callbacks and keep-alive refused', alone.restRefused, beside.restRefused)
row('reads of the shared items', alone.reads, beside.reads)
row('writes of the shared items', alone.writes, beside.writes)
for (const name of [...new Set([...Object.keys(alone.ended), ...Object.keys(beside.ended)])].sort())
  row(name, alone.ended[name] ?? 0, beside.ended[name] ?? 0)
