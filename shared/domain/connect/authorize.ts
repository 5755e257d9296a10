// Sends a browser to ClickFunnels: follows a connect link, asks for confirmation where the session wants it, and makes
// the authorization request (RFC 6749 section 4.1.1) with state and PKCE (RFC 7636), tied to this browser by a cookie.
import type { Ambient } from '../ambient.ts'
import { type App, redirectUri } from '../apps/app.ts'
import type { AppStorePorts } from '../apps/ports.ts'
import { codeChallenge, equalSecrets, randomSecret, sha256 } from '../hash.ts'
import type { ProviderPorts } from '../provider/ports.ts'
import { Secret } from '../secret.ts'
import type { TenancyPorts } from '../tenants/ports.ts'
import { suspensionOf } from '../tenants/suspension.ts'
import { later } from '../time.ts'
import type { VaultPorts } from '../vault/ports.ts'
import {
  type ConnectSession,
  codeVerifierOf,
  SESSION_MEMORY_SECONDS,
  STATE_LIFETIME_SECONDS,
} from './connect-session.ts'
import type { ConnectPorts } from './ports.ts'
import { type Product, productOf } from './product.ts'

export interface LinkVisit {
  readonly linkSecret: string
  /** What our confirmation page sent back and what its cookie says: equal only if this browser was shown the page. */
  readonly confirmation?: { readonly sent: string; readonly cookie: string }
  /** The end user says that the account on the confirmation page is not theirs. */
  readonly declines?: boolean
}

export type LinkOutcome =
  /** The browser has to see who is about to be connected first. */
  | {
      readonly outcome: 'confirm'
      readonly product: Product
      readonly session: ConnectSession
      readonly confirmation: Secret
    }
  | {
      readonly outcome: 'redirect'
      readonly session: ConnectSession
      readonly location: string
      readonly browserCookie: BrowserCookie
    }
  /** Back to the product, which is told why. */
  | { readonly outcome: 'return'; readonly location: string }
  | { readonly outcome: 'unknown' }
  | { readonly outcome: 'declined'; readonly session: ConnectSession; readonly product: Product }
  | { readonly outcome: 'used' | 'expired' | 'suspended'; readonly product: Product }

/** Ties a browser to one authorization request. Named after the state, so that two attempts do not disturb each other. */
export interface BrowserCookie {
  readonly name: string
  readonly value: Secret
}

type Ports = Pick<
  Ambient & ProviderPorts & TenancyPorts & AppStorePorts & ConnectPorts & VaultPorts,
  'now' | 'randomBytes' | 'publicUrl' | 'provider' | 'tenants' | 'apps' | 'sessions' | 'vault'
>

/** Follows a connect link. Only the redirect uses it up: a page that is merely shown can be shown again. */
export async function followLink(services: Ports, visit: LinkVisit): Promise<LinkOutcome> {
  const link = await services.sessions.findLink(sha256(visit.linkSecret))
  if (link === undefined) return { outcome: 'unknown' }
  const now = services.now()
  const [tenant, session] = await Promise.all([
    services.tenants.get(link.tenantId),
    services.sessions.get(link.tenantId, link.sessionId),
  ])
  const app = session && (await services.apps.get(link.tenantId, session.appId))
  if (tenant === undefined || session === undefined || app === undefined) return { outcome: 'unknown' }
  // Nobody is sent to somebody who was suspended.
  if (suspensionOf(tenant, session) !== undefined)
    return { outcome: 'suspended', product: productOf(tenant, undefined, now) }
  const used = { outcome: 'used', product: productOf(tenant, session, now, 'link_used') } as const
  if (session.state.status !== 'created') return used
  if (link.expiresAt <= now) return expired(productOf(tenant, session, now, 'session_expired'))
  if (session.completion === 'confirmed' && !isConfirmed(visit)) {
    const confirmation = new Secret(randomSecret(services.randomBytes))
    return { outcome: 'confirm', product: productOf(tenant, session, now), session, confirmation }
  }
  if (session.completion === 'confirmed' && visit.declines) {
    const state = { status: 'denied', error: 'access_denied' } as const
    const ended = await services.sessions.move(session, 'created', state, later(now, SESSION_MEMORY_SECONDS))
    const product = productOf(tenant, { ...session, state }, now)
    return ended ? { outcome: 'declined', session, product } : used
  }

  const state = randomSecret(services.randomBytes)
  const browserSecret = randomSecret(services.randomBytes)
  const codeVerifier = randomSecret(services.randomBytes)
  const stateHash = sha256(state)
  const begun = await services.sessions.begin(link, {
    stateHash,
    tenantId: session.tenantId,
    appId: app.id,
    sessionId: session.id,
    browserHash: sha256(browserSecret),
    codeVerifier: await services.vault.seal(codeVerifierOf(session), new Secret(codeVerifier)),
    expiresAt: later(now, STATE_LIFETIME_SECONDS),
  })
  if (!begun) return used
  return {
    outcome: 'redirect',
    session,
    location: authorizationRequest(services, app, state, codeChallenge(codeVerifier)),
    browserCookie: { name: browserCookieName(stateHash), value: new Secret(browserSecret) },
  }
}

/** The cookie that ties a browser to the state with this hash. `__Host-`: ours alone, https, whole host (RFC 6265bis). */
export function browserCookieName(stateHash: string): string {
  return `__Host-fc-${stateHash.slice(0, 16)}`
}

function expired(product: Product): LinkOutcome {
  const { returnTo } = product
  return returnTo === undefined ? { outcome: 'expired', product } : { outcome: 'return', location: returnTo }
}

function isConfirmed({ confirmation }: LinkVisit): boolean {
  return (
    confirmation !== undefined &&
    confirmation.cookie !== '' &&
    equalSecrets(confirmation.sent, confirmation.cookie)
  )
}

function authorizationRequest(
  { provider, publicUrl }: Ports,
  app: App,
  state: string,
  challenge: string,
): string {
  const url = new URL(provider.authorizationEndpoint)
  const parameters = {
    client_id: app.clientId,
    redirect_uri: redirectUri(publicUrl, app.id),
    response_type: 'code',
    ...provider.authorizationParameters,
    state,
    code_challenge: challenge,
    code_challenge_method: 'S256',
  }
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value)
  return url.href
}
