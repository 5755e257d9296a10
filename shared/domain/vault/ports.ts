// Sealing needs the vault, and the two levels of keys that it seals with.
import type { RootKeys, TenantKeys } from './key-ring.ts'
import type { Vault } from './vault.ts'

export interface VaultPorts {
  readonly vault: Vault
  readonly tenantKeys: TenantKeys
  readonly rootKeys: RootKeys
}
