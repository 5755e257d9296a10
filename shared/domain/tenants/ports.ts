// Tenancy needs the stores of tenants and their logos, the counts of what each one uses, and what limits it.
import type { Limiter } from './limits.ts'
import type { Logos } from './logo.ts'
import type { RateLimits } from './rate-limiter.ts'
import type { Tenants } from './tenant.ts'
import type { Usage } from './usage.ts'

/** What most of the domain needs of tenants. */
export interface TenantReader {
  readonly tenants: Pick<Tenants, 'get'>
}

export interface TenancyPorts {
  readonly tenants: Tenants
  readonly usage: Usage
  readonly limiter: Limiter
}

/** The functions that show pages, and the one that stores what they show, need the logos. */
export interface LogoPorts {
  readonly logos: Logos
}

/** Operations that ask ClickFunnels for a caller need what limits how often. */
export interface MeteringPorts {
  readonly rateLimiter: RateLimits
}
