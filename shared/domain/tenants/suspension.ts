// The operator's kill switches, which stop a tenant, an app or a connection for a while. What is suspended is neither called
// nor refreshed. Its tokens, sessions and settings are kept. How they are switched: operator/switches.ts. Where each is stored:
//
//   tenant       with the tenant. Calls know the tenant from the caller (remembered for 60 s). Refreshes read it again, keep-alive every 5 s
//   app          with the tenant as well, so that it costs no read of its own
//   connection   with the connection, which is read at least every 5 s. The lease is not given while it is suspended

import { ServiceError } from '../errors.ts'
import type { AppId } from '../ids.ts'
import type { EpochSeconds } from '../time.ts'
import type { Tenant } from './tenant.ts'

/** What is suspended. Of several, the widest. */
export type Suspended = 'tenant' | 'app' | 'connection'

/** Something that belongs to an app and can be suspended by itself. */
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
