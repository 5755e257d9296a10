// An authorization response that was received before: a page that was reloaded, or "Back" in the browser. The state is used up,
// so nothing happens; but the browser that used it is told what became of the session.
import type { Secret } from '../secret.ts'
import type { TenancyPorts } from '../tenants/ports.ts'
import { suspensionOf } from '../tenants/suspension.ts'
import { isRegisteredReturnUrl } from '../tenants/tenant.ts'
import { findAwaited } from './awaited.ts'
import { locationAfter } from './completion-code.ts'
import { type Arrival, type ConnectSession, rejectionReason, visibleStatus } from './connect-session.ts'
import type { ConnectPorts } from './ports.ts'
import { type Product, productOf } from './product.ts'
import { supersededReturn } from './reconnect-link.ts'

export type RepeatedOutcome =
  /** Back to the product; the location says what became of the session. */
  | { readonly outcome: 'repeated'; readonly location: string }
  | { readonly outcome: 'suspended'; readonly session: ConnectSession; readonly product: Product }
  | { readonly outcome: 'unknown' }

/**
 * The outcome for a response that was received before. Only the browser that did it is told what became of the session. It
 * gets the same completion code again, in case it never saw the first answer.
 */
export async function repeatedResponse(
  services: Pick<TenancyPorts & ConnectPorts, 'tenants' | 'sessions' | 'authorizations'>,
  stateHash: string,
  arrival: Arrival,
  completionCode: Secret,
): Promise<RepeatedOutcome> {
  const known = await findAwaited(services, await services.authorizations.findAny(stateHash))
  if (known === undefined || rejectionReason(known.pending, arrival) !== undefined)
    return { outcome: 'unknown' }
  const { tenant, session, pending } = known
  if (suspensionOf(tenant, session) !== undefined)
    return { outcome: 'suspended', session, product: productOf(tenant, undefined) }
  const superseded = supersededReturn(tenant, session, pending, arrival)
  if (superseded !== undefined) return { outcome: 'repeated', location: superseded }
  if (!isRegisteredReturnUrl(tenant, session.returnUrl)) return { outcome: 'unknown' }
  const location = locationAfter(session, visibleStatus(session, arrival.now), completionCode)
  return { outcome: 'repeated', location }
}
