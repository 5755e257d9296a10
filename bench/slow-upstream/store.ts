// The items that processes share, in memory, each call after the time that DynamoDB takes.

import type { TenantId } from '#domain/ids.ts'
import { COUNTED_SECONDS, isOpen, type Place, type SlowHost, type SlowHosts } from '#domain/proxy/breaker.ts'
import type { Spender, Spent } from '#domain/tenants/usage.ts'
import { type EpochSeconds, later } from '#domain/time.ts'
import type { VirtualTime } from '../fleet/virtual-time.ts'

const READ_MS = 4
const WRITE_MS = 6
const NOTHING: Spent = { requests: 0, shared: 0, busySeconds: 0 }

export class SharedItems implements SlowHosts {
  readonly lookUntil = new Map<TenantId, EpochSeconds>()
  reads = 0
  writes = 0
  readonly #spent = new Map<string, Spent>()
  readonly #hosts = new Map<string, SlowHost>()
  readonly #time: VirtualTime

  constructor(time: VirtualTime) {
    this.#time = time
  }

  async addRequests({ tenantId }: Spender, window: number, spent: Spent): Promise<Spent> {
    await this.#written()
    const key = `${tenantId}/${window}`
    const { requests, shared, busySeconds } = this.#spent.get(key) ?? NOTHING
    const sums = {
      requests: requests + spent.requests,
      shared: shared + spent.shared,
      busySeconds: busySeconds + spent.busySeconds,
    }
    this.#spent.set(key, sums)
    return sums
  }

  async requests({ tenantId }: Spender, window: number): Promise<Spent> {
    await this.#wasRead()
    return this.#spent.get(`${tenantId}/${window}`) ?? NOTHING
  }

  async setLookUntil(id: TenantId, until: EpochSeconds): Promise<void> {
    await this.#written()
    this.lookUntil.set(id, until)
  }

  async get({ appId, host }: Place): Promise<SlowHost | undefined> {
    await this.#wasRead()
    return this.#hosts.get(`${appId} ${host}`)
  }

  async count({ appId, host }: Place, now: EpochSeconds): Promise<SlowHost> {
    await this.#written()
    const before = this.#hosts.get(`${appId} ${host}`)
    const belongs = before && (now < later(before.since, COUNTED_SECONDS) || isOpen(before, now))
    const state = belongs
      ? { ...before, timeouts: before.timeouts + 1, last: now }
      : { timeouts: 1, since: now, last: now }
    this.#hosts.set(`${appId} ${host}`, state)
    return state
  }

  async claimCanary({ appId, host }: Place, read: SlowHost, now: EpochSeconds): Promise<boolean> {
    await this.#written()
    const stored = this.#hosts.get(`${appId} ${host}`)
    if (stored?.canaryAt !== read.canaryAt || stored?.since !== read.since) return false
    this.#hosts.set(`${appId} ${host}`, { ...stored, canaryAt: now })
    return true
  }

  async clear({ appId, host }: Place): Promise<void> {
    await this.#written()
    this.#hosts.delete(`${appId} ${host}`)
  }

  async #wasRead(): Promise<void> {
    this.reads += 1
    await this.#time.sleep(READ_MS)
  }

  async #written(): Promise<void> {
    this.writes += 1
    await this.#time.sleep(WRITE_MS)
  }
}
