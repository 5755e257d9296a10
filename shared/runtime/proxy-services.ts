// The services of the proxy, whose every call is limited: what limits it loads with the function, not with the first call.
import { DynamoDbSlowHosts } from '#adapters/dynamodb/usage/slow-hosts.ts'
import { Breaker } from '#domain/proxy/breaker.ts'
import type { MeteringPorts } from '#domain/tenants/ports.ts'
import { RateLimiter } from '#domain/tenants/rate-limiter.ts'
import type { Services } from './all-services.ts'
import { createServices, defaultLimits } from './services.ts'

export type ProxyServices = Services & MeteringPorts & { readonly breaker: Breaker }

export function createProxyServices(...[name, settings]: Parameters<typeof createServices>) {
  const services = createServices(name, settings)
  const slowHosts = new DynamoDbSlowHosts(services.table)
  return {
    ...services,
    rateLimiter: new RateLimiter(services, defaultLimits(settings)),
    breaker: new Breaker({ ...services, slowHosts }),
  }
}
