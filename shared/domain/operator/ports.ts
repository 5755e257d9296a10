// A tenant's deletion needs to erase the tenant's items, some at a time.
import type { TenantRemains } from './tenant-remains.ts'

export interface OperatorPorts {
  readonly tenantRemains: TenantRemains
}
