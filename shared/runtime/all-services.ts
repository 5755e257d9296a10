// All ports of the domain but those of the event log as one type, for the composition root, the functions and the tests. The domain does not import it.
import type { Ambient } from '#domain/ambient.ts'
import type { AppStorePorts } from '#domain/apps/ports.ts'
import type { AuditPorts } from '#domain/audit/ports.ts'
import type { CallerPorts } from '#domain/callers/ports.ts'
import type { ConnectPorts } from '#domain/connect/ports.ts'
import type { ConnectionPorts } from '#domain/connections/ports.ts'
import type { LazyExportPorts } from '#domain/exports/ports.ts'
import type { KeepAlivePorts } from '#domain/keep-alive/ports.ts'
import type { KeyPorts } from '#domain/keys/ports.ts'
import type { OperatorPorts } from '#domain/operator/ports.ts'
import type { ProviderPorts } from '#domain/provider/ports.ts'
import type { ProxyStorePorts } from '#domain/proxy/ports.ts'
import type { TenancyPorts } from '#domain/tenants/ports.ts'
import type { TokenPorts } from '#domain/tokens/ports.ts'
import type { VaultPorts } from '#domain/vault/ports.ts'

export interface Services
  extends Ambient,
    VaultPorts,
    AuditPorts,
    TenancyPorts,
    ProviderPorts,
    CallerPorts,
    AppStorePorts,
    ConnectionPorts,
    TokenPorts,
    KeepAlivePorts,
    ProxyStorePorts,
    ConnectPorts,
    OperatorPorts,
    LazyExportPorts,
    KeyPorts {}
