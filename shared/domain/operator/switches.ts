// The operator suspends and resumes apps and connections. What a suspension means is in tenants/suspension.ts.
import type { Ambient } from '../ambient.ts'
import type { App } from '../apps/app.ts'
import type { Connection, ConnectionRef } from '../connections/connection.ts'
import { changed } from '../connections/connection-store.ts'
import { tenantConnection } from '../connections/list-connections.ts'
import type { ConnectionPorts } from '../connections/ports.ts'
import { untilUnchanged } from '../repeat.ts'
import { findTenant } from '../tenants/manage-tenants.ts'
import type { TenancyPorts } from '../tenants/ports.ts'
import { appSuspendedSince } from '../tenants/suspension.ts'
import type { Tenant } from '../tenants/tenant.ts'

/**
 * Suspends or resumes an app that exists. An app that has the status already stays as it is.
 * @returns the tenant, which holds the suspensions of its apps
 * @throws ServiceError not_found when the tenant is gone
 */
export async function switchApp(
  services: Pick<Ambient & TenancyPorts, 'now' | 'tenants' | 'log'>,
  { tenantId, id }: Pick<App, 'tenantId' | 'id'>,
  status: 'active' | 'suspended',
): Promise<Tenant> {
  return untilUnchanged(`The tenant "${tenantId}"`, async () => {
    const tenant = await findTenant(services, tenantId)
    if ((appSuspendedSince(tenant, id) !== undefined) === (status === 'suspended')) return tenant
    const now = services.now()
    const { [id]: _, ...others } = tenant.suspendedApps ?? {}
    const suspendedApps = status === 'suspended' ? { ...others, [id]: now } : others
    if (await services.tenants.setSuspendedApps(tenant, suspendedApps, now)) {
      services.log.warn('An app was switched', { tenant: tenantId, app: id, status })
      return { ...tenant, suspendedApps, updatedAt: now }
    }
    return undefined
  })
}

/**
 * Suspends or resumes a connection. One that has the status already stays as it is. The generation stays, so that a refresh
 * that is under way can still commit. A resumed connection is due at once, because its token may have expired.
 * @throws ServiceError not_found
 */
export async function switchConnection(
  services: Pick<Ambient & ConnectionPorts, 'now' | 'connections' | 'log'>,
  ref: ConnectionRef,
  status: 'active' | 'suspended',
): Promise<Connection> {
  return untilUnchanged(`The connection "${ref.connectionId}"`, async () => {
    const read = await tenantConnection(services, ref)
    if ((read.suspendedAt !== undefined) === (status === 'suspended')) return read
    const now = services.now()
    const resumed = { suspendedAt: null, ...(read.state.status === 'active' && { dueAt: now }) }
    const change = { ...(status === 'suspended' ? { suspendedAt: now } : resumed), updatedAt: now }
    if (await services.connections.update(ref, { generation: read.generation }, change, read)) {
      services.log.warn('A connection was switched', { ...ref, status })
      return changed(read, change)
    }
    return undefined
  })
}
