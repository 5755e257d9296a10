// The product that an end user's browser came from: how our pages name it, and the way back to it. Back is always the
// session's own return URL, and only while that is registered, so none of it can become an open redirect.

import type { Secret } from '../secret.ts'
import { type Branding, isRegisteredReturnUrl, type Tenant } from '../tenants/tenant.ts'
import type { EpochSeconds } from '../time.ts'
import { type ConnectSession, visibleStatus } from './connect-session.ts'

export interface Product {
  readonly name: string
  readonly branding?: Branding
  /** Where its own page is told how the session stands. */
  readonly returnTo?: string
}

/** What a return says beside what the session itself ended with: why the browser did not get as far as ClickFunnels. */
export type Detour = 'session_expired' | 'link_used' | 'started_in_other_browser' | 'other_app'

/** @param detour why the browser is sent back, where the session itself does not say so */
export function productOf(
  tenant: Tenant,
  session: ConnectSession | undefined,
  now: EpochSeconds,
  detour?: Detour,
): Product {
  const { name, branding } = tenant
  const back = session && isRegisteredReturnUrl(tenant, session.returnUrl)
  return {
    name,
    ...(branding && { branding }),
    ...(back && { returnTo: returnLocation(session, now, detour) }),
  }
}

/**
 * The session's return URL with how the session stands: what the product's own page reads.
 * @param completionCode of a session that waits to be completed; told this once, to the browser that approved
 */
export function returnLocation(
  session: ConnectSession,
  now: EpochSeconds,
  detour?: Detour,
  completionCode?: Secret,
): string {
  const { state } = session
  const url = new URL(session.returnUrl)
  url.searchParams.set('connect_session', session.id)
  url.searchParams.set('status', visibleStatus(session, now))
  if (state.status === 'connected') url.searchParams.set('connection_id', state.connectionId)
  if (completionCode !== undefined) url.searchParams.set('completion_code', completionCode.reveal())
  const error = 'error' in state ? state.error : detour
  if (error !== undefined) url.searchParams.set('error', error)
  return url.href
}
