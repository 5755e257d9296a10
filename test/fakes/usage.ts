// What tenants have used, in maps.

import { eventOfUseLevel } from '#domain/connect/connection-use.ts'
import type { EndUserId, TenantId } from '#domain/ids.ts'
import type { ConnectionUse, Spender, Spent, Usage, UseLevel } from '#domain/tenants/usage.ts'
import type { FakeEvents } from './events.ts'

const NOTHING: Spent = { requests: 0, shared: 0, busySeconds: 0 }

export class FakeUsage implements Usage {
  readonly #connections = new Map<TenantId, number>()
  readonly #sessions = new Map<string, number>()
  readonly #requests = new Map<string, Spent>()
  readonly #told = new Map<TenantId, Pick<ConnectionUse, 'level' | 'eventCount'>>()
  readonly #events: FakeEvents
  /** How often the store was read or written. */
  calls = 0
  /** Counts the stored connections; the fake of the connections sets it. */
  stored: (tenant: TenantId) => number = () => 0

  constructor(events: FakeEvents) {
    this.#events = events
  }

  async connectionUse(tenant: TenantId): Promise<ConnectionUse> {
    return { count: await this.connections(tenant), eventCount: 0, ...this.#told.get(tenant) }
  }

  async noteUseLevel(tenant: TenantId, read: ConnectionUse, level: UseLevel | undefined): Promise<boolean> {
    const told = this.#told.get(tenant)
    if (!this.#connections.has(tenant) || told?.level !== read.level) return false
    const event = eventOfUseLevel(tenant, read, level)
    const eventCount = event?.data.sequence ?? told?.eventCount ?? 0
    this.#told.set(tenant, { ...(level && { level }), eventCount })
    this.#events.write(event)
    return true
  }

  async connections(tenant: TenantId): Promise<number> {
    this.calls += 1
    return this.#connections.get(tenant) ?? 0
  }

  async recountConnections(tenant: TenantId): Promise<number> {
    this.#connections.set(tenant, this.stored(tenant))
    return this.stored(tenant)
  }

  async countSession(spender: Spender, minute: number, max: number): Promise<boolean> {
    this.calls += 1
    const key = `${keyOf(spender)}/${minute}`
    const count = this.#sessions.get(key) ?? 0
    if (count >= max) return false
    this.#sessions.set(key, count + 1)
    return true
  }

  async addRequests(
    spender: Spender,
    window: number,
    { requests, shared, busySeconds }: Spent,
  ): Promise<Spent> {
    this.calls += 1
    const key = `${keyOf(spender)}/${window}`
    const before = this.#requests.get(key) ?? NOTHING
    const sums = {
      requests: before.requests + requests,
      shared: before.shared + shared,
      busySeconds: before.busySeconds + busySeconds,
    }
    this.#requests.set(key, sums)
    return sums
  }

  async requests(spender: Spender, window: number): Promise<Spent> {
    this.calls += 1
    return this.#requests.get(`${keyOf(spender)}/${window}`) ?? NOTHING
  }

  /** False when nothing was counted. */
  erase(tenant: TenantId): boolean {
    this.#told.delete(tenant)
    return this.#connections.delete(tenant)
  }

  /** Counts a connection in or out, unless there are `max` already; false if so. */
  countConnection(tenant: TenantId, by: 1 | -1, max = Number.POSITIVE_INFINITY): boolean {
    const count = this.#connections.get(tenant) ?? 0
    if (count >= max) return false
    this.#connections.set(tenant, count + by)
    return true
  }
}

function keyOf({ tenantId, endUserId = '' as EndUserId }: Spender): string {
  return JSON.stringify([tenantId, endUserId])
}
