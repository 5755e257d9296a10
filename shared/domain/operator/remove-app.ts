// Deletes an app that is suspended and no longer used. It is in this slice because it looks at connections and revocations.
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
 * Deletes an app that has no connections and no revocations any more: only its client secrets can revoke its tokens.
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
  // A suspended app gets nothing new. Connections are counted first, because a disconnection turns one into a revocation.
  if (await services.connections.anyOfApp(tenantId, id))
    throw appInUse('It has connections. Revoke them first.')
  if (await services.revocations.anyOfApp(tenantId, id))
    throw appInUse(
      'Tokens of its connections are still being revoked, which needs its client secrets. Try again later.',
    )
  if (!(await services.apps.remove(app, since)))
    throw appInUse('It was changed at the same moment. Try again.')
  services.log.warn('An app was deleted', { tenant: tenantId, app: id })
}

export function appInUse(why: string): ServiceError {
  return new ServiceError('app_in_use', `The app cannot be deleted. ${why}`)
}
