// The services of functions that seldom ask ClickFunnels for a caller. What limits that loads when it is first needed.
import type { Requester } from '#domain/tenants/limits.ts'
import type { MeteringPorts } from '#domain/tenants/ports.ts'
import type { RateLimiterPorts, RateLimits } from '#domain/tenants/rate-limiter.ts'
import type { Limits } from '#domain/tenants/tenant.ts'
import type { Services } from './all-services.ts'
import { createServices, defaultLimits } from './services.ts'

class LazyRateLimiter implements RateLimits {
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

export type LimitedServices = Services & MeteringPorts

export function createLimitedServices(...[name, settings]: Parameters<typeof createServices>) {
  const services = createServices(name, settings)
  return { ...services, rateLimiter: new LazyRateLimiter(services, defaultLimits(settings)) }
}
