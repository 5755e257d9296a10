// Tenancy needs the tenant store, the counts of what a tenant uses, and the limiter that refuses beyond its limits.
import type { Limiter } from './limits.ts'
import type { Tenants } from './tenant.ts'
import type { Usage } from './usage.ts'

export interface TenancyPorts {
  readonly tenants: Tenants
  readonly usage: Usage
  readonly limiter: Limiter
}
