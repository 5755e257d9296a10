// What an authorization response belongs to: the request that waits for it, with its session and tenant.
import type { TenancyPorts } from '../tenants/ports.ts'
import type { Tenant } from '../tenants/tenant.ts'
import type { AnyAuthorization, ConnectSession, PendingAuthorization } from './connect-session.ts'
import type { ConnectPorts } from './ports.ts'

export interface Awaited<P = PendingAuthorization> {
  readonly pending: P
  readonly tenant: Tenant
  readonly session: ConnectSession
}

export async function findAwaited<P extends AnyAuthorization>(
  services: Pick<TenancyPorts & ConnectPorts, 'tenants' | 'sessions'>,
  pending: P | undefined,
): Promise<Awaited<P> | undefined> {
  if (pending === undefined) return undefined
  const [tenant, session] = await Promise.all([
    services.tenants.get(pending.tenantId),
    services.sessions.get(pending.tenantId, pending.sessionId),
  ])
  return tenant && session && { pending, tenant, session }
}
