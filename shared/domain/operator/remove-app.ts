// Removes an app once it is suspended and nothing uses it. It lies here because it must see connections and revocations.
import type { Ambient } from '../ambient.ts'
import { findApp } from '../apps/manage-apps.ts'
import type { AppStorePorts } from '../apps/ports.ts'
import type { ConnectionPorts } from '../connections/ports.ts'
import { ServiceError } from '../errors.ts'
import type { AppId, TenantId } from '../ids.ts'
import { livingTenant } from '../tenants/manage-tenants.ts'
import type { TenancyPorts } from '../tenants/ports.ts'
import { appSuspendedSince } from '../tenants/suspension.ts'

/**
 * Removes an app that nothing belongs to any more: its client secrets are what revokes its tokens.
 * @throws ServiceError not_found; app_in_use
 */
export async function removeApp(
  services: Pick<
    TenancyPorts & AppStorePorts & ConnectionPorts & Ambient,
    'tenants' | 'apps' | 'connections' | 'revocations' | 'log'
  >,
  tenantId: TenantId,
  id: AppId,
): Promise<void> {
  const app = await findApp(services, tenantId, id)
  const since = appSuspendedSince(await livingTenant(services, tenantId), id)
  if (since === undefined) throw appInUse('It is not suspended.')
  // While it is suspended nothing new comes to it: what it has is seen, and what is disconnected meanwhile owes a revocation.
  if (await services.connections.anyOfApp(tenantId, id))
    throw appInUse('It has connections: revoke them first.')
  if (await services.revocations.anyOfApp(tenantId, id))
    throw appInUse('Revocations are owed to it, which its client secrets are needed for.')
  if (!(await services.apps.remove(app, since))) throw appInUse('It was changed at this very moment.')
  services.log.warn('An app was deleted', { tenant: tenantId, app: id })
}

export function appInUse(why: string): ServiceError {
  return new ServiceError('app_in_use', `The app cannot be deleted. ${why}`)
}
