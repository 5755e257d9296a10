// Limits the requests of functions that seldom ask ClickFunnels for a caller, so that a cold start does not load the meter.
import type { Requester } from '#domain/tenants/limits.ts'
import type { RateLimiterPorts, RateLimits } from '#domain/tenants/rate-limiter.ts'
import type { Limits } from '#domain/tenants/tenant.ts'

export class LazyRateLimiter implements RateLimits {
  readonly #load: () => Promise<RateLimits>
  #limiter: Promise<RateLimits> | undefined

  constructor(services: RateLimiterPorts, defaults: Limits) {
    this.#load = async () => {
      const { RateLimiter } = await import('#domain/tenants/rate-limiter.ts')
      return new RateLimiter(services, defaults)
    }
  }

  async withinRate<T>(requester: Requester, work: () => Promise<T>): Promise<T> {
    this.#limiter ??= this.#load()
    return (await this.#limiter).withinRate(requester, work)
  }
}
