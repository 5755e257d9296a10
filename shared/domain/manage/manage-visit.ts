// A browser visits the manage page: it opens a manage link, or comes again with the cookie that it got for that.
//
// The link works once. A person who finds it later in a history, a log or a chat has nothing: the page belongs to the browser with
// the cookie, whose secret was never in a URL.
import type { Ambient } from '../ambient.ts'
import type { AuditNote } from '../audit/event.ts'
import type { CallerPorts } from '../callers/ports.ts'
import { type Product, productOf } from '../connect/product.ts'
import { equalSecrets, randomSecret, sha256 } from '../hash.ts'
import { Secret } from '../secret.ts'
import type { TenancyPorts } from '../tenants/ports.ts'
import { suspensionOf } from '../tenants/suspension.ts'
import { isLiving, type Tenant } from '../tenants/tenant.ts'
import { later } from '../time.ts'
import { MANAGE_LIFETIME_SECONDS, type ManageLink } from './manage-link.ts'
import type { ManagePorts } from './ports.ts'

export const MANAGE_COOKIE = '__Host-fc-manage'

/** A browser that has the page. */
export interface OpenVisit {
  readonly outcome: 'open'
  readonly link: ManageLink
  readonly tenant: Tenant
  readonly product: Product
  /** What each form of this browser's pages sends along. Another site cannot know it. */
  readonly formToken: Secret
}

/**
 * Why a browser does not get the page.
 *
 *   unknown    there is no such link, its tenant or API key is gone, or this browser has no cookie of the page
 *   used       the link was opened before, in another browser or without keeping the cookie
 *   expired    the 30 minutes of the link, or of the page after it, are over; or the page was left by "Done"
 *   suspended  the tenant or its app is suspended
 */
export type VisitRefusal =
  | { readonly outcome: 'unknown' }
  | { readonly outcome: 'used' | 'expired' | 'suspended'; readonly product: Product }

type Ports = ManagePorts &
  Pick<Ambient & TenancyPorts & CallerPorts, 'now' | 'randomBytes' | 'tenants' | 'apiKeys'>

/**
 * Opens a link.
 * @param cookie what the browser has under {@link MANAGE_COOKIE}, or an empty string
 * @returns "opened" with the value of the browser's cookie, "open" if this browser opened the same link before, or why the link
 *   leads no further
 */
export async function openManageLink(
  services: Ports,
  linkSecret: string,
  cookie: string,
): Promise<
  { readonly outcome: 'opened'; readonly cookie: Secret; readonly note: AuditNote } | OpenVisit | VisitRefusal
> {
  const secretHash = sha256(linkSecret)
  const found = await findLiving(services, secretHash)
  if (!('link' in found)) return found
  const { link, product } = found
  const own = visitOf(services, found, cookie)
  if (own.outcome === 'open') return own
  if (link.browserHash !== undefined) return { outcome: 'used', product }
  const now = services.now()
  if (link.expiresAt <= now) return { outcome: 'expired', product }
  const secret = randomSecret(services.randomBytes)
  const opened = await services.manageLinks.open(
    link,
    sha256(secret),
    now,
    later(now, MANAGE_LIFETIME_SECONDS),
  )
  if (!opened) return { outcome: 'used', product }
  const { tenantId, id } = link
  const resource = { type: 'manage_link', id } as const
  const actor = { kind: 'browser', id } as const
  const note = { tenantId, action: 'manage_link.open', actor, resource, result: 'ok' } as const
  return { outcome: 'opened', cookie: new Secret(`${secretHash}.${secret}`), note }
}

/** The visit of a browser by its cookie. "expired" has the way back to the product for as long as the link is remembered. */
export async function findManageVisit(services: Ports, cookie: string): Promise<OpenVisit | VisitRefusal> {
  const [secretHash = ''] = cookie.split('.')
  const found = await findLiving(services, secretHash)
  return 'link' in found ? visitOf(services, found, cookie) : found
}

/** Whether a form came from a page of this visit (OWASP: cross-site request forgery). */
export function isOwnForm({ formToken }: OpenVisit, sent: string): boolean {
  return equalSecrets(formToken.reveal(), sent)
}

interface Found {
  readonly link: ManageLink
  readonly tenant: Tenant
  readonly product: Product
}

async function findLiving(services: Ports, secretHash: string): Promise<Found | VisitRefusal> {
  if (!/^[0-9a-f]{64}$/.test(secretHash)) return { outcome: 'unknown' }
  const link = await services.manageLinks.find(secretHash)
  if (link === undefined) return { outcome: 'unknown' }
  const [tenant, apiKey] = await Promise.all([
    services.tenants.get(link.tenantId),
    services.apiKeys.get(link.tenantId, link.apiKeyId),
  ])
  if (tenant === undefined || !isLiving(tenant)) return { outcome: 'unknown' }
  // A key that leaked may have made links. Once it is revoked, they and their pages are worth nothing.
  if (apiKey === undefined || (apiKey.expiresAt ?? Infinity) <= services.now()) return { outcome: 'unknown' }
  // No browser is sent back to a product that is suspended.
  if (suspensionOf(tenant, link) !== undefined)
    return { outcome: 'suspended', product: productOf(tenant, undefined) }
  const product = productOf(tenant, { returnUrl: link.returnUrl, state: { status: 'created' } })
  return { link, tenant, product }
}

function visitOf(
  { now }: Pick<Ports, 'now'>,
  { link, tenant, product }: Found,
  cookie: string,
): OpenVisit | VisitRefusal {
  const [secretHash, secret = ''] = cookie.split('.')
  if (secretHash !== link.secretHash || link.browserHash !== sha256(secret)) return { outcome: 'unknown' }
  if (link.expiresAt <= now()) return { outcome: 'expired', product }
  return { outcome: 'open', link, tenant, product, formToken: new Secret(sha256(`form ${secret}`)) }
}
