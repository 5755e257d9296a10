// Sealing needs the vault and the two levels of keys below it.
import type { RootKeys, TenantKeys } from './key-ring.ts'
import type { Vault } from './vault.ts'

export interface VaultPorts {
  readonly vault: Vault
  readonly tenantKeys: TenantKeys
  readonly rootKeys: RootKeys
}
