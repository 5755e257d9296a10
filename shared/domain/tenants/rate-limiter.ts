// Holds each tenant to its limits of requests to ClickFunnels: those of a second and those at the same time.
import type { EpochSeconds } from '../time.ts'
import { type LimitName, limitExceeded, type Requester, shareExceeded, shareOf } from './limits.ts'
import { type MeterPorts, type Refusal, RequestMeter } from './request-meter.ts'
import type { Limits, Tenants } from './tenant.ts'
import type { Spender } from './usage.ts'

/** The names on the wire of what the meter limits. */
const METERED = {
  requestsPerSecond: 'requests_per_second',
  concurrentRequests: 'concurrent_requests',
} as const satisfies Readonly<Record<Refusal['limit'], LimitName>>

export type RateLimiterPorts = MeterPorts & { readonly tenants: Pick<Tenants, 'setLookUntil'> }

/** The limits as one process enforces them. */
export interface RateLimits {
  /**
   * Does the work of a request to ClickFunnels if the end user and the tenant may make one now. Reports to the other
   * processes run beside the work. An end user has a share of the requests a second, not of those at the same time.
   * @throws ServiceError end_user_limit_exceeded; tenant_limit_exceeded. Then nothing was done
   */
  withinRate<T>(requester: Requester, work: () => Promise<T>): Promise<T>
}

export class RateLimiter implements RateLimits {
  readonly #defaults: Limits
  /** Apart, so that many end users do not push the sums of tenants out of memory. */
  readonly #tenantMeter: RequestMeter
  readonly #endUserMeter: RequestMeter

  constructor(services: RateLimiterPorts, defaults: Limits) {
    this.#defaults = defaults
    const tellOthers = ({ tenantId }: Spender, until: EpochSeconds) =>
      services.tenants.setLookUntil(tenantId, until)
    this.#tenantMeter = new RequestMeter(services, tellOthers)
    this.#endUserMeter = new RequestMeter(services, async () => {})
  }

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
      endUserId && share
        ? await this.#endUserMeter.take({ tenantId, endUserId }, { requestsPerSecond: share })
        : undefined
    if (own && 'limit' in own) throw shareExceeded('requests_per_second', share ?? 0, own.retryAfterSeconds)
    const turn = await this.#tenantMeter.take({ tenantId }, max, tenant.lookUntil)
    if ('limit' in turn) {
      await own?.end()
      throw limitExceeded(METERED[turn.limit], max[turn.limit], turn.retryAfterSeconds)
    }
    try {
      return await work()
    } finally {
      // Lambda freezes the process after the answer, and a report that is still under way would be lost.
      await Promise.all([own?.end(), turn.end()])
    }
  }
}
