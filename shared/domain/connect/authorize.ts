// Follows a connect link: a browser comes with the link's secret and leaves for ClickFunnels with an authorization request.
//
//   link ─▶ session, tenant, app ─▶ usable? ─▶ confirmed by the end user? ("confirmed" sessions only) ─▶ ClickFunnels
//
// A link works once, for one browser. That browser may follow it again until it is back from ClickFunnels: after "Back", in
// another tab, or by a double click. It then gets a state of its own for each time, and the first response ends the session.
// A reconnect link works for any browser until it succeeded (reconnect-link.ts).
import type { App } from '../apps/app.ts'
import type { AppStorePorts } from '../apps/ports.ts'
import type { ConnectionPorts } from '../connections/ports.ts'
import { equalSecrets, randomSecret, sha256 } from '../hash.ts'
import { Secret } from '../secret.ts'
import type { TenancyPorts } from '../tenants/ports.ts'
import { suspensionOf } from '../tenants/suspension.ts'
import type { Tenant } from '../tenants/tenant.ts'
import { type EpochSeconds, later } from '../time.ts'
import {
  type AuthorizationRequest,
  BROWSER_COOKIE,
  beginAuthorization,
  type RequestPorts,
  reopenAuthorization,
} from './authorization-request.ts'
import { type ConnectLink, type ConnectSession, SESSION_MEMORY_SECONDS } from './connect-session.ts'
import { type Product, productOf } from './product.ts'
import { type ReconnectRefusal, reconnectRefusal } from './reconnect-link.ts'

export interface LinkVisit {
  readonly linkSecret: string
  /** What the form of our confirmation page sent, and the page's cookie. They are equal only if this browser saw the page. */
  readonly confirmation?: { readonly sent?: string; readonly cookie: string }
  /** All cookies of the browser, for the one of its authorization request. */
  readonly cookies?: ReadonlyMap<string, string>
  /** The end user says that the account on the confirmation page is not theirs. */
  readonly declines?: boolean
}

export type LinkOutcome =
  /** The end user has to confirm first which account is being connected. */
  | {
      readonly outcome: 'confirm'
      readonly product: Product
      readonly session: ConnectSession
      readonly confirmation: Secret
    }
  | ({ readonly outcome: 'redirect'; readonly session: ConnectSession } & AuthorizationRequest)
  /** Back to the product; the location says why. */
  | { readonly outcome: 'return'; readonly location: string }
  | { readonly outcome: 'unknown' }
  | {
      /** declined: the link no longer works. declined_reusable: it still does. */
      readonly outcome: 'declined' | 'declined_reusable'
      readonly session: ConnectSession
      readonly product: Product
    }
  | ReconnectRefusal
  | { readonly outcome: 'used' | 'expired' | 'suspended'; readonly product: Product }

type Ports = RequestPorts &
  Pick<TenancyPorts & AppStorePorts & ConnectionPorts, 'tenants' | 'apps' | 'connections'>

/** Follows a connect link. Only the redirect uses the link up: a page can be shown again. */
export async function followLink(services: Ports, visit: LinkVisit): Promise<LinkOutcome> {
  const followed = await findFollowed(services, visit.linkSecret)
  if (followed === undefined) return { outcome: 'unknown' }
  const now = services.now()
  return (
    (await unusable(services, followed, visit, now)) ??
    (await unconfirmed(services, followed, visit, now)) ??
    (await leave(services, followed, visit))
  )
}

/** The cookie that the confirmation page of this link sets. So a confirmation counts for the session that was shown. */
export function confirmationCookieName(linkSecret: string): string {
  return `__Host-fc-confirmation-${sha256(linkSecret).slice(0, 16)}`
}

/** A link and what it leads to. */
interface Followed {
  readonly link: ConnectLink
  readonly session: ConnectSession
  readonly tenant: Tenant
  readonly app: App
}

async function findFollowed(services: Ports, linkSecret: string): Promise<Followed | undefined> {
  const secretHash = sha256(linkSecret)
  const read = await services.sessions.findLink(secretHash)
  if (read === undefined) return undefined
  let link = read
  const [tenant, session] = await Promise.all([
    services.tenants.get(link.tenantId),
    services.sessions.get(link.tenantId, link.sessionId),
  ])
  // The link may have been used between the two reads.
  if (session?.state.status === 'authorizing' && link.follower === undefined)
    link = (await services.sessions.findLink(secretHash)) ?? link
  const app = session && (await services.apps.get(link.tenantId, session.appId))
  return tenant && session && app && { link, session, tenant, app }
}

/** The outcome for a link that cannot be followed, or no longer. */
async function unusable(
  services: Ports,
  { link, session, tenant }: Followed,
  visit: LinkVisit,
  now: EpochSeconds,
): Promise<LinkOutcome | undefined> {
  // Without the session the product has no way back: no browser is sent to a product that is suspended.
  if (suspensionOf(tenant, session) !== undefined)
    return { outcome: 'suspended', product: productOf(tenant, undefined) }
  if (session.purpose === 'reconnect') return reconnectRefusal(services, session, tenant, now)
  const goesOn = session.state.status === 'authorizing' && isFollower(link, visit)
  if (session.state.status !== 'created' && !goesOn) return used(tenant, session)
  if (link.expiresAt > now && session.expiresAt > now) return undefined
  const product = productOf(tenant, session, 'expired')
  const { returnTo } = product
  return returnTo === undefined ? { outcome: 'expired', product } : { outcome: 'return', location: returnTo }
}

/** The outcome for a "confirmed" session until its end user has confirmed the account on our page. */
async function unconfirmed(
  services: Ports,
  { session, tenant }: Followed,
  visit: LinkVisit,
  now: EpochSeconds,
): Promise<LinkOutcome | undefined> {
  if (session.completion !== 'confirmed') return undefined
  if (!sawConfirmation(visit)) {
    // The same as before for a browser that has the cookie: the page may be open in another tab.
    const known = visit.confirmation?.cookie ?? ''
    const confirmation = new Secret(/^[\w-]{43}$/.test(known) ? known : randomSecret(services.randomBytes))
    return { outcome: 'confirm', product: productOf(tenant, session), session, confirmation }
  }
  if (!visit.declines) return undefined
  // It may be in the wrong hands. Its owner's link, and an attempt of theirs, go on.
  if (session.purpose === 'reconnect')
    return { outcome: 'declined_reusable', session, product: productOf(tenant, session) }
  const state = { status: 'denied', error: 'access_denied' } as const
  const ended = await services.sessions.move(
    session,
    session.state.status,
    state,
    later(now, SESSION_MEMORY_SECONDS),
  )
  if (!ended) return used(tenant, session)
  return { outcome: 'declined', session, product: productOf(tenant, { ...session, state }) }
}

/** How often a browser that clicks several times at once is tried again. */
const MAX_ATTEMPTS = 3

async function leave(
  services: Ports,
  followed: Followed,
  visit: LinkVisit,
  attempt = 1,
): Promise<LinkOutcome> {
  const { link, session, tenant, app } = followed
  const reusable = session.purpose === 'reconnect'
  const browser = { confirmation: visit.confirmation?.sent, secret: followerSecret(link, visit) }
  const request = reusable
    ? await reopenAuthorization(services, session, app)
    : await beginAuthorization(services, link, session, app, browser)
  if (request !== undefined) return { outcome: 'redirect', session, ...request }
  // Another request came first. It may be this browser's own, as after a double click.
  const again = attempt < MAX_ATTEMPTS ? await findFollowed(services, visit.linkSecret) : undefined
  if (again && reusable) {
    const refused = await unusable(services, again, visit, services.now())
    return refused ?? leave(services, again, visit, attempt + 1)
  }
  if (reusable) return { outcome: 'under_way', product: productOf(tenant, session) }
  if (again === undefined || again.session.state.status !== 'authorizing' || !isFollower(again.link, visit))
    return used(tenant, session)
  return leave(services, again, visit, attempt + 1)
}

/** Whether this browser is the one that used the link: by its cookie or, before it has that, by its confirmation. */
function isFollower({ follower }: ConnectLink, visit: LinkVisit): boolean {
  if (follower === undefined) return false
  if (followerSecret({ follower }, visit) !== undefined) return true
  return sawConfirmation(visit) && sha256(visit.confirmation?.sent ?? '') === follower.confirmationHash
}

/** The secret in the cookie of one of the follower's authorization requests, if this browser has one. */
function followerSecret(
  { follower }: Pick<ConnectLink, 'follower'>,
  { cookies = new Map() }: LinkVisit,
): string | undefined {
  if (follower === undefined) return undefined
  const secrets = [...cookies].filter(([name]) => name.startsWith(BROWSER_COOKIE)).map(([, value]) => value)
  return secrets.find((secret) => sha256(secret) === follower.browserHash)
}

function used(tenant: Tenant, session: ConnectSession): LinkOutcome {
  return { outcome: 'used', product: productOf(tenant, session, 'used') }
}

function sawConfirmation({ confirmation }: LinkVisit): boolean {
  return (
    confirmation?.sent !== undefined &&
    confirmation.cookie !== '' &&
    equalSecrets(confirmation.sent, confirmation.cookie)
  )
}
