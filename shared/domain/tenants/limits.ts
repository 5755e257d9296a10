// Holds each tenant to its limits. docs/limits.md has the tolerance of each limit, ADR 10 the reasons. A tenant at a limit
// is refused with an error that names the limit. No other tenant is slowed down. An end user who calls with a JWT has a share
// of each limit that counts over time, so that no end user can use up what the tenant's other users need.

import { BoundedMap } from '../bounded-map.ts'
import { ServiceError } from '../errors.ts'
import type { EndUserId } from '../ids.ts'
import type { EpochSeconds } from '../time.ts'
import type { Limits, Tenant } from './tenant.ts'
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

export type LimitName = 'connections' | 'sessions_per_minute' | 'requests_per_second' | 'concurrent_requests'

/** The limits as one process enforces them. */
export class Limiter {
  readonly #usage: Usage
  readonly #defaults: Limits
  /** What has used up the sessions of a minute, with that minute. It is refused without asking the store again. */
  readonly #spentMinutes = new BoundedMap<string, number>(MAX_SPENT)

  constructor(usage: Usage, defaults: Limits) {
    this.#usage = usage
    this.#defaults = defaults
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

export function limitExceeded(
  limit: LimitName,
  max: number | undefined,
  retryAfterSeconds: number,
): ServiceError {
  const named = max === undefined ? `"${limit}"` : `"${limit}" of ${max}`
  return new ServiceError('tenant_limit_exceeded', `The tenant has reached its limit ${named}.`, {
    retryAfterSeconds,
    extensions: { limit },
  })
}

export function shareExceeded(limit: LimitName, share: number, retryAfterSeconds: number): ServiceError {
  return new ServiceError(
    'end_user_limit_exceeded',
    `The end user has reached its share of ${share} of the tenant's limit "${limit}".`,
    { retryAfterSeconds, extensions: { limit } },
  )
}
