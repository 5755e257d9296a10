// Holds each tenant to its limits. docs/limits.md has the tolerance of each limit, ADR 10 the reasons. A tenant at a limit
// is refused with an error that names the limit. No other tenant is slowed down. An end user who calls with a JWT has a share
// of each limit that counts over time, so that no end user can use up what the tenant's other users need.

import { BoundedMap } from '../bounded-map.ts'
import { ServiceError } from '../errors.ts'
import type { EndUserId } from '../ids.ts'
import type { EpochSeconds } from '../time.ts'
import { type MeterPorts, type Refusal, RequestMeter } from './request-meter.ts'
import type { Limits, Tenant, Tenants } from './tenant.ts'
import type { Spender, Usage } from './usage.ts'

const MINUTE_SECONDS = 60
/** When to retry at the limit of connections: a limit that the operator raises takes effect within this time. */
const ROOM_SECONDS = 60

/** An end user's share of a limit: a tenth, but enough for a person who tries again. */
const SHARE_OF_LIMIT = 10
const MIN_SHARE = 5
/** A process remembers so many that have used up a minute. One that is forgotten costs a write more. */
const MAX_SPENT = 5000

/** Who makes a request: an API key of the tenant or, with an id, one of its end users. */
export interface Requester {
  readonly tenant: Pick<Tenant, 'id' | 'limits' | 'lookUntil'>
  readonly endUserId?: EndUserId
}

type LimitName = 'connections' | 'sessions_per_minute' | 'requests_per_second' | 'concurrent_requests'

/** The names on the wire of what the meter limits. */
const METERED = {
  requestsPerSecond: 'requests_per_second',
  concurrentRequests: 'concurrent_requests',
} as const satisfies Readonly<Record<Refusal['limit'], LimitName>>

type LimiterPorts = MeterPorts & {
  readonly usage: Usage
  readonly tenants: Pick<Tenants, 'setLookUntil'>
}

/** The limits as one process enforces them. */
export class Limiter {
  readonly #usage: Usage
  readonly #defaults: Limits
  /** Apart, so that many end users do not push the sums of tenants out of memory. */
  readonly #tenantMeter: RequestMeter
  readonly #endUserMeter: RequestMeter
  /** What has used up the sessions of a minute, with that minute. It is refused without asking the store again. */
  readonly #spentMinutes = new BoundedMap<string, number>(MAX_SPENT)

  constructor(services: LimiterPorts, defaults: Limits) {
    this.#usage = services.usage
    this.#defaults = defaults
    this.#tenantMeter = new RequestMeter(services, ({ tenantId }, until) =>
      services.tenants.setLookUntil(tenantId, until),
    )
    this.#endUserMeter = new RequestMeter(services, async () => {})
  }

  maxConnections({ limits }: Pick<Tenant, 'limits'>): number | undefined {
    return limits?.connections ?? this.#defaults.connections
  }

  /** Whether the tenant has as many connections as it may have. */
  async isFull(tenant: Pick<Tenant, 'id' | 'limits'>): Promise<boolean> {
    const max = this.maxConnections(tenant)
    return max !== undefined && (await this.#usage.connections(tenant.id)) >= max
  }

  /**
   * Counts a session of the end user's share first, then of the tenant's limit.
   * @throws ServiceError end_user_limit_exceeded; tenant_limit_exceeded
   */
  async countSession({ tenant, endUserId }: Requester, now: EpochSeconds): Promise<void> {
    const max = tenant.limits?.sessionsPerMinute ?? this.#defaults.sessionsPerMinute
    if (max === undefined) return
    if (endUserId !== undefined) {
      const share = shareOf(max)
      const free = await this.#countedSession({ tenantId: tenant.id, endUserId }, share, now)
      if (!free) throw shareExceeded('sessions_per_minute', share, secondsLeft(now, MINUTE_SECONDS))
    }
    if (await this.#countedSession({ tenantId: tenant.id }, max, now)) return
    throw limitExceeded('sessions_per_minute', max, secondsLeft(now, MINUTE_SECONDS))
  }

  async #countedSession(spender: Spender, max: number, now: EpochSeconds): Promise<boolean> {
    const minute = Math.floor(now / MINUTE_SECONDS)
    const key = `${spender.tenantId} ${spender.endUserId ?? ''}`
    if (this.#spentMinutes.get(key) === minute) return false
    if (await this.#usage.countSession(spender, minute, max)) return true
    this.#spentMinutes.set(key, minute)
    return false
  }

  /**
   * Does the work of a request to ClickFunnels if the end user and the tenant may make one now. Reports to the other
   * processes run beside the work. An end user has a share of the requests a second, not of those at the same time.
   * @throws ServiceError end_user_limit_exceeded; tenant_limit_exceeded. Then nothing was done
   */
  async withinRate<T>({ tenant, endUserId }: Requester, work: () => Promise<T>): Promise<T> {
    const { requestsPerSecond, concurrentRequests } = { ...this.#defaults, ...tenant.limits }
    const tenantId = tenant.id
    const max = {
      ...(requestsPerSecond && { requestsPerSecond }),
      ...(concurrentRequests && { concurrentRequests }),
    }
    if (Object.keys(max).length === 0) return work()
    const share = requestsPerSecond && shareOf(requestsPerSecond)
    const own =
      endUserId &&
      share &&
      (await this.#endUserMeter.take({ tenantId, endUserId }, { requestsPerSecond: share }))
    if (own && 'limit' in own) throw shareExceeded('requests_per_second', share ?? 0, own.retryAfterSeconds)
    const turn = await this.#tenantMeter.take({ tenantId }, max, tenant.lookUntil)
    if ('limit' in turn) {
      await (own || undefined)?.end()
      throw limitExceeded(METERED[turn.limit], max[turn.limit], turn.retryAfterSeconds)
    }
    try {
      return await work()
    } finally {
      // Lambda freezes the process after the answer, and a report that is still under way would be lost.
      await Promise.all([(own || undefined)?.end(), turn.end()])
    }
  }
}

/** An end user's share of a tenant's limit. */
export function shareOf(max: number): number {
  return Math.min(max, Math.max(MIN_SHARE, Math.ceil(max / SHARE_OF_LIMIT)))
}

function secondsLeft(now: EpochSeconds, period: number): number {
  return period - (now % period)
}

/** The error of a tenant that has as many connections as it may have. */
export function connectionsExceeded(max?: number): ServiceError {
  return limitExceeded('connections', max, ROOM_SECONDS)
}

function limitExceeded(limit: LimitName, max: number | undefined, retryAfterSeconds: number): ServiceError {
  const named = max === undefined ? `"${limit}"` : `"${limit}" of ${max}`
  return new ServiceError('tenant_limit_exceeded', `The tenant has reached its limit ${named}.`, {
    retryAfterSeconds,
    extensions: { limit },
  })
}

function shareExceeded(limit: LimitName, share: number, retryAfterSeconds: number): ServiceError {
  return new ServiceError(
    'end_user_limit_exceeded',
    `The end user has reached its share of ${share} of the tenant's limit "${limit}".`,
    { retryAfterSeconds, extensions: { limit } },
  )
}
