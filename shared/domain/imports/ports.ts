// An import needs what asks ClickFunnels about a token, what stores a connection, and what starts a session for a token that is dead.
import type { Ambient } from '../ambient.ts'
import type { AppStorePorts } from '../apps/ports.ts'
import type { AuditPorts } from '../audit/ports.ts'
import type { ConnectPorts } from '../connect/ports.ts'
import type { ConnectionPorts } from '../connections/ports.ts'
import type { ProviderPorts } from '../provider/ports.ts'
import type { RevocationPorts } from '../revocation/ports.ts'
import type { MeteringPorts, TenancyPorts } from '../tenants/ports.ts'
import type { VaultPorts } from '../vault/ports.ts'

export type ImportPorts = Pick<
  Ambient &
    AppStorePorts &
    AuditPorts &
    ConnectPorts &
    ConnectionPorts &
    ProviderPorts &
    MeteringPorts &
    TenancyPorts &
    VaultPorts,
  | 'now'
  | 'newId'
  | 'chance'
  | 'sleep'
  | 'randomBytes'
  | 'log'
  | 'apps'
  | 'audit'
  | 'sessions'
  | 'connections'
  | 'provider'
  | 'identifyToken'
  | 'tenants'
  | 'usage'
  | 'limiter'
  | 'rateLimiter'
  | 'vault'
> &
  RevocationPorts
