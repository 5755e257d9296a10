// What a tenant may use at the most, and what holds it to that: docs/limits.md has the tolerance of each limit, ADR 10 the
// argument. A tenant at its limit is refused by name; nobody else is slowed down by it.

import type { Log } from '../ambient.ts'
import { ServiceError } from '../errors.ts'
import type { TenantId } from '../ids.ts'
import type { EpochSeconds } from '../time.ts'
import { RequestMeter } from './request-meter.ts'
import type { Limits, Tenant } from './tenant.ts'
import type { Usage } from './usage.ts'

const MINUTE_SECONDS = 60
/** Room comes by a connection's end or by the operator, whose change is known everywhere within this. */
const ROOM_SECONDS = 60

/** The limits as one process enforces them. */
export class Limiter {
  readonly #usage: Usage
  readonly #defaults: Limits
  readonly #meter: RequestMeter
  /** Of tenants whose sessions of a minute are used up: the minute. They are refused without asking again. */
  readonly #spentMinutes = new Map<TenantId, number>()

  constructor(usage: Usage, defaults: Limits, log: Log) {
    this.#usage = usage
    this.#defaults = defaults
    this.#meter = new RequestMeter(usage, log)
  }

  mostConnections({ limits }: Pick<Tenant, 'limits'>): number | undefined {
    return limits?.connections ?? this.#defaults.connections
  }

  /** Whether the tenant has as many connections as it may have. */
  async isFull(tenant: Pick<Tenant, 'id' | 'limits'>): Promise<boolean> {
    const most = this.mostConnections(tenant)
    return most !== undefined && (await this.#usage.connections(tenant.id)) >= most
  }

  /** @throws ServiceError tenant_limit_exceeded */
  async countSession({ id, limits }: Pick<Tenant, 'id' | 'limits'>, now: EpochSeconds): Promise<void> {
    const most = limits?.sessionsPerMinute ?? this.#defaults.sessionsPerMinute
    if (most === undefined) return
    const minute = Math.floor(now / MINUTE_SECONDS)
    if (this.#spentMinutes.get(id) !== minute) {
      this.#spentMinutes.delete(id)
      if (await this.#usage.countSession(id, minute, most)) return
      this.#spentMinutes.set(id, minute)
    }
    throw limitExceeded('sessions_per_minute', most, MINUTE_SECONDS - (now % MINUTE_SECONDS))
  }

  /**
   * Does the work of a proxied request if the tenant may make one now. What is to be told to the other processes is told
   * while the work goes on.
   * @throws ServiceError tenant_limit_exceeded, and then nothing was done
   */
  async withinRate<T>(
    { id, limits }: Pick<Tenant, 'id' | 'limits'>,
    now: EpochSeconds,
    work: () => Promise<T>,
  ): Promise<T> {
    const most = limits?.requestsPerSecond ?? this.#defaults.requestsPerSecond
    if (most === undefined) return work()
    const turn = await this.#meter.take(id, most, now)
    if ('retryAfterSeconds' in turn) {
      throw limitExceeded('requests_per_second', most, turn.retryAfterSeconds)
    }
    try {
      return await work()
    } finally {
      // Lambda freezes the process after the answer: a report still under way then would be lost.
      await turn.reported
    }
  }
}

/** The refusal of a tenant that has as many connections as it may have. */
export function connectionsExceeded(most?: number): ServiceError {
  return limitExceeded('connections', most, ROOM_SECONDS)
}

function limitExceeded(limit: string, most: number | undefined, retryAfterSeconds: number): ServiceError {
  const named = most === undefined ? `"${limit}"` : `"${limit}" of ${most}`
  return new ServiceError('tenant_limit_exceeded', `The tenant has reached its limit ${named}.`, {
    retryAfterSeconds,
    extensions: { limit },
  })
}
