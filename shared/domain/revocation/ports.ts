// Revoking tokens needs ClickFunnels, the app's secrets, and the store of what is still to be revoked.
import type { Ambient } from '../ambient.ts'
import type { AppStorePorts } from '../apps/ports.ts'
import type { AuditPorts } from '../audit/ports.ts'
import type { ConnectionPorts } from '../connections/ports.ts'
import type { ProviderPorts } from '../provider/ports.ts'
import type { VaultPorts } from '../vault/ports.ts'

export type RevocationPorts = Pick<
  Ambient & AppStorePorts & ConnectionPorts & VaultPorts & ProviderPorts & AuditPorts,
  | 'now'
  | 'newId'
  | 'chance'
  | 'apps'
  | 'revocations'
  | 'vault'
  | 'authorizationServer'
  | 'resourceServer'
  | 'feeds'
  | 'webhookEndpoints'
  | 'publicUrl'
  | 'audit'
  | 'log'
>
