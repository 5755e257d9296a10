// The operator's kill switches: a tenant, an app or a connection is stopped, and goes on later as if nothing had been. What
// is suspended is neither called nor refreshed; tokens, sessions and settings are kept. How they are switched: switches.ts.
//
//   tenant       with the tenant, which comes with the caller (remembered for 60 s) and is read anew for each refresh
//   app          with the tenant as well, so that knowing it costs no read of its own
//   connection   with the connection, which is read every 5 s at the least, and in the condition of the lease

import { ServiceError } from '../errors.ts'
import type { AppId } from '../ids.ts'
import type { EpochSeconds } from '../time.ts'
import type { Tenant } from './tenant.ts'

/** What is suspended; the widest of several. */
export type Suspended = 'tenant' | 'app' | 'connection'

/** What names the app it belongs to, and may be stopped by itself. */
export interface Suspendable {
  readonly appId: AppId
  readonly suspendedAt?: EpochSeconds
}

export function suspensionOf(
  tenant: Tenant | undefined,
  { appId, suspendedAt }: Suspendable,
): Suspended | undefined {
  if (tenant?.status !== 'active') return 'tenant'
  if (appSuspendedSince(tenant, appId) !== undefined) return 'app'
  return suspendedAt === undefined ? undefined : 'connection'
}

export function appSuspendedSince({ suspendedApps }: Pick<Tenant, 'suspendedApps'>, app: AppId) {
  return suspendedApps?.[app]
}

export function suspended(what: Suspended): ServiceError {
  switch (what) {
    case 'tenant':
      return new ServiceError(
        'tenant_suspended',
        'The tenant is suspended. Ask the operator of this service.',
      )
    case 'app':
      return new ServiceError('app_suspended', 'The app is suspended. Ask the operator of this service.')
    case 'connection':
      return new ServiceError(
        'connection_suspended',
        'The connection is suspended. Ask the operator of this service.',
      )
  }
}

/** @throws ServiceError tenant_suspended; app_suspended; connection_suspended */
export function refuseSuspended(tenant: Tenant, connection: Suspendable): void {
  const what = suspensionOf(tenant, connection)
  if (what !== undefined) throw suspended(what)
}
