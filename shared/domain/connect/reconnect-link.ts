// Reconnect links: they are in e-mails, live for seven days, and work until they succeeded. A stranger may hold one, because e-mails
// are forwarded and scanned. What makes that safe is the same as for any session: it is "verified", or shows the confirmation page first,
// and a grant for another workspace than the connection's is refused.
//
// Each opening supersedes the one before it, whose browser cannot come back any more. So a link that was opened by a scanner, or on
// another device, is no dead end.
import type { ConnectionPorts } from '../connections/ports.ts'
import { isRegisteredReturnUrl, type Tenant } from '../tenants/tenant.ts'
import type { EpochSeconds } from '../time.ts'
import type { AnyAuthorization, Arrival, ConnectSession } from './connect-session.ts'
import { linkExpiresAt } from './connect-session.ts'
import { type Product, productOf } from './product.ts'

/** Bounds what the holder of a link can make this service do. */
export const MAX_OPENINGS = 50

export type ReconnectRefusal =
  | {
      /** done: it has succeeded. gone: the connection was deleted. under_way: the connection is being stored at this moment. */
      readonly outcome: 'done' | 'gone' | 'under_way' | 'expired' | 'return_url_not_registered'
      readonly product: Product
    }
  | { readonly outcome: 'return'; readonly location: string }

/** The outcome for a reconnect link that leads no further, or no longer; `undefined` if it does. */
export async function reconnectRefusal(
  { connections }: Pick<ConnectionPorts, 'connections'>,
  session: ConnectSession,
  tenant: Tenant,
  now: EpochSeconds,
): Promise<ReconnectRefusal | undefined> {
  const { state, expiresAt, tenantId, reconnects, opening } = session
  const product = productOf(tenant, session)
  if (state.status === 'connected') return { outcome: 'done', product }
  if (linkExpiresAt(session) <= now || (opening?.number ?? 0) >= MAX_OPENINGS) {
    const late = productOf(tenant, session, 'expired')
    return late.returnTo === undefined
      ? { outcome: 'expired', product: late }
      : { outcome: 'return', location: late.returnTo }
  }
  // For seven days a return URL may be unregistered. Nothing would come back from ClickFunnels then.
  if (!isRegisteredReturnUrl(tenant, session.returnUrl))
    return { outcome: 'return_url_not_registered', product }
  if (
    reconnects === undefined ||
    (await connections.get({ tenantId, connectionId: reconnects })) === undefined
  )
    return { outcome: 'gone', product }
  // One that lasts longer than that ended with its process.
  if (state.status === 'exchanging' && expiresAt > now) return { outcome: 'under_way', product }
  return undefined
}

/**
 * Where a browser goes whose opening was superseded. It may be a stranger's: it had the link and nothing else. So it learns no id, and
 * nothing of what the later opening came to.
 */
export function supersededReturn(
  tenant: Tenant,
  session: ConnectSession,
  pending: AnyAuthorization,
  { appId, browserHash }: Pick<Arrival, 'appId' | 'browserHash'>,
): string | undefined {
  if (session.opening === undefined || session.opening.stateHash === pending.stateHash) return undefined
  if (pending.appId !== appId || pending.browserHash !== browserHash) return undefined
  return productOf(tenant, { returnUrl: session.returnUrl, state: { status: 'created' } }, 'superseded')
    .returnTo
}
