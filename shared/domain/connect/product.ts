// The product that an end user's browser came from: its name and colour on our pages, and the way back to it. The way back
// is always the session's own return URL, and only while that is registered. So nothing here is an open redirect.
//
// Only the browser that has the cookie of the session's authorization request learns the ids of session and connection. Any
// other browser may be an attacker's, who could open the product's return page with them (RFC 9700 section 4.7).

import type { Ambient } from '../ambient.ts'
import type { TenantId } from '../ids.ts'
import type { Secret } from '../secret.ts'
import type { Logo } from '../tenants/logo.ts'
import type { LogoPorts } from '../tenants/ports.ts'
import { type Branding, isRegisteredReturnUrl, type Tenant } from '../tenants/tenant.ts'
import type { ConnectSession, VisibleStatus } from './connect-session.ts'
import { DETOURS, type Detour } from './session-errors.ts'

export interface Product {
  readonly name: string
  readonly branding?: Branding
  /** The tenant, if it has a logo, which {@link withLogo} reads. */
  readonly logoOf?: TenantId
  /** The return URL with an error, if there is one, for the product's own page to read. It names no session. */
  readonly returnTo?: string
}

/** A product as a page shows it. */
export interface ShownProduct extends Product {
  readonly logo?: Logo
}

/**
 * Reads the logo of a product that has one. Only for a page that is shown: a redirect must not wait for it. If the logo cannot be
 * read, the page is shown without.
 */
export async function withLogo(
  { logos, log }: LogoPorts & Pick<Ambient, 'log'>,
  product: Product,
): Promise<ShownProduct> {
  const { logoOf } = product
  if (logoOf === undefined) return product
  try {
    const logo = await logos.get(logoOf)
    return { ...product, ...(logo && { logo }) }
  } catch (error) {
    log.warn('The logo could not be read', { tenant: logoOf, error })
    return product
  }
}

/**
 * What our pages need of the product.
 * @param session leads back to the product; without it, or if its return URL is no longer registered, there is no way back
 * @param detour why the browser is turned back, where the session has no error of its own
 */
export function productOf(
  tenant: Tenant,
  session: Pick<ConnectSession, 'returnUrl' | 'managePage' | 'state'> | undefined,
  detour?: Detour,
): Product {
  const { name, branding } = tenant
  const back = session && isRegisteredReturnUrl(tenant, session.returnUrl)
  return {
    name,
    ...(branding && { branding }),
    ...(tenant.logo && { logoOf: tenant.id }),
    ...(back && { returnTo: wayBack(session, detour) }),
  }
}

/** The session's return URL for a browser that may be anybody's. */
function wayBack(
  { returnUrl, managePage, state }: Pick<ConnectSession, 'returnUrl' | 'managePage' | 'state'>,
  detour?: Detour,
): string {
  const url = withoutOurParameters(managePage ?? returnUrl)
  // Why a session failed is not the business of a browser that did not get through.
  const error = state.status === 'denied' ? state.error : detour && DETOURS[detour]
  if (error !== undefined) url.searchParams.set('error', error)
  return url.href
}

/**
 * The session's return URL with the session's id, status and error, which the product's own page reads. Only for the browser
 * that has the cookie of the session's authorization request.
 * @param extra.completionCode of a session that waits to be completed: only the browser that approved gets it, once
 */
export function returnLocation(
  { id, returnUrl, managePage, state }: Pick<ConnectSession, 'id' | 'returnUrl' | 'managePage' | 'state'>,
  status: VisibleStatus,
  extra: { readonly detour?: Detour; readonly completionCode?: Secret | undefined } = {},
): string {
  const { detour, completionCode } = extra
  const url = withoutOurParameters(managePage ?? returnUrl)
  url.searchParams.set('connect_session', id)
  url.searchParams.set('status', status)
  if (state.status === 'connected') url.searchParams.set('connection_id', state.connectionId)
  if (completionCode !== undefined) url.searchParams.set('completion_code', completionCode.reveal())
  const error = 'error' in state ? state.error : detour && DETOURS[detour]
  if (error !== undefined) url.searchParams.set('error', error)
  return url.href
}

const OUR_PARAMETERS = ['connect_session', 'status', 'connection_id', 'completion_code', 'error']

/**
 * A return URL can name our parameters itself. The product's page must not take those for ours, and neither names that its
 * framework takes for the same: in another case, as a list ("error[]"), with other separators (PHP).
 */
function withoutOurParameters(returnUrl: string): URL {
  const url = new URL(returnUrl)
  const ours = [...url.searchParams.keys()].filter((name) => OUR_PARAMETERS.includes(plainNameOf(name)))
  for (const name of ours) url.searchParams.delete(name)
  return url
}

function plainNameOf(parameter: string): string {
  const words = parameter.toLowerCase().split(/[^a-z0-9]+/)
  return words.filter(Boolean).join('_')
}
