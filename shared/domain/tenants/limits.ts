// Holds each tenant to its limits. docs/limits.md has the tolerance of each limit, ADR 10 the reasons. A tenant at a limit
// is refused with an error that names the limit. No other tenant is slowed down.

import type { Log } from '../ambient.ts'
import { ServiceError } from '../errors.ts'
import type { TenantId } from '../ids.ts'
import type { EpochSeconds } from '../time.ts'
import { RequestMeter } from './request-meter.ts'
import type { Limits, Tenant } from './tenant.ts'
import type { Usage } from './usage.ts'

const MINUTE_SECONDS = 60
/** When to retry at the limit of connections: a limit that the operator raises takes effect within this time. */
const ROOM_SECONDS = 60

/** The limits as one process enforces them. */
export class Limiter {
  readonly #usage: Usage
  readonly #defaults: Limits
  readonly #meter: RequestMeter
  /** Tenants that have used up the sessions of a minute, with that minute. They are refused without asking the store again. */
  readonly #spentMinutes = new Map<TenantId, number>()

  constructor(usage: Usage, defaults: Limits, log: Log) {
    this.#usage = usage
    this.#defaults = defaults
    this.#meter = new RequestMeter(usage, log)
  }

  maxConnections({ limits }: Pick<Tenant, 'limits'>): number | undefined {
    return limits?.connections ?? this.#defaults.connections
  }

  /** Whether the tenant has as many connections as it may have. */
  async isFull(tenant: Pick<Tenant, 'id' | 'limits'>): Promise<boolean> {
    const max = this.maxConnections(tenant)
    return max !== undefined && (await this.#usage.connections(tenant.id)) >= max
  }

  /** @throws ServiceError tenant_limit_exceeded */
  async countSession({ id, limits }: Pick<Tenant, 'id' | 'limits'>, now: EpochSeconds): Promise<void> {
    const max = limits?.sessionsPerMinute ?? this.#defaults.sessionsPerMinute
    if (max === undefined) return
    const minute = Math.floor(now / MINUTE_SECONDS)
    if (this.#spentMinutes.get(id) !== minute) {
      this.#spentMinutes.delete(id)
      if (await this.#usage.countSession(id, minute, max)) return
      this.#spentMinutes.set(id, minute)
    }
    throw limitExceeded('sessions_per_minute', max, MINUTE_SECONDS - (now % MINUTE_SECONDS))
  }

  /**
   * Does the work of a proxied request if the tenant may make one now. A report to the other processes runs beside the
   * work.
   * @throws ServiceError tenant_limit_exceeded, and then nothing was done
   */
  async withinRate<T>(
    { id, limits }: Pick<Tenant, 'id' | 'limits'>,
    now: EpochSeconds,
    work: () => Promise<T>,
  ): Promise<T> {
    const max = limits?.requestsPerSecond ?? this.#defaults.requestsPerSecond
    if (max === undefined) return work()
    const turn = await this.#meter.take(id, max, now)
    if ('retryAfterSeconds' in turn) {
      throw limitExceeded('requests_per_second', max, turn.retryAfterSeconds)
    }
    try {
      return await work()
    } finally {
      // Lambda freezes the process after the answer, and a report that is still under way would be lost.
      await turn.reported
    }
  }
}

/** The error of a tenant that has as many connections as it may have. */
export function connectionsExceeded(max?: number): ServiceError {
  return limitExceeded('connections', max, ROOM_SECONDS)
}

function limitExceeded(limit: string, max: number | undefined, retryAfterSeconds: number): ServiceError {
  const named = max === undefined ? `"${limit}"` : `"${limit}" of ${max}`
  return new ServiceError('tenant_limit_exceeded', `The tenant has reached its limit ${named}.`, {
    retryAfterSeconds,
    extensions: { limit },
  })
}
