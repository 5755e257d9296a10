// Tenancy needs the store of tenants, the counts of what each one uses, and the limiter.
import type { Limiter } from './limits.ts'
import type { Tenants } from './tenant.ts'
import type { Usage } from './usage.ts'

export interface TenancyPorts {
  readonly tenants: Tenants
  readonly usage: Usage
  readonly limiter: Limiter
}
