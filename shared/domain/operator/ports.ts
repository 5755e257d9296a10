// Deletion needs a way to erase a tenant's items in steps.
import type { TenantRemains } from './tenant-remains.ts'

export interface OperatorPorts {
  readonly tenantRemains: TenantRemains
}
