// Makes the authorization request (RFC 6749 section 4.1.1) with state and PKCE (RFC 7636), tied to one browser by a cookie.
import type { Ambient } from '../ambient.ts'
import { type App, redirectUri } from '../apps/app.ts'
import { codeChallenge, randomSecret, sha256 } from '../hash.ts'
import type { ProviderPorts } from '../provider/ports.ts'
import { Secret } from '../secret.ts'
import { later } from '../time.ts'
import type { VaultPorts } from '../vault/ports.ts'
import {
  type ConnectLink,
  type ConnectSession,
  codeVerifierOf,
  type PendingAuthorization,
  STATE_LIFETIME_SECONDS,
} from './connect-session.ts'
import type { ConnectPorts } from './ports.ts'

/** Ties a browser to one authorization request. Named after the state, so that two attempts do not disturb each other. */
export interface BrowserCookie {
  readonly name: string
  readonly value: Secret
}

export interface AuthorizationRequest {
  /** Where the browser goes: ClickFunnels' authorization endpoint, with the request in its query. */
  readonly location: string
  readonly browserCookie: BrowserCookie
}

export type RequestPorts = Pick<
  Ambient & ProviderPorts & ConnectPorts & VaultPorts,
  'now' | 'randomBytes' | 'publicUrl' | 'provider' | 'sessions' | 'vault'
>

/** What a browser has shown of itself. */
export interface KnownBrowser {
  /** What the form of our confirmation page sent. */
  readonly confirmation?: string | undefined
  /** From the cookie of an earlier request of this session. It stays the same, so that each of the cookies names this browser. */
  readonly secret?: string | undefined
}

/** Makes the session's authorization request, which uses its link up; `undefined` if another request came first. */
export async function beginAuthorization(
  services: RequestPorts,
  link: ConnectLink,
  session: ConnectSession,
  app: App,
  { confirmation, secret }: KnownBrowser,
): Promise<AuthorizationRequest | undefined> {
  const confirmationHash = confirmation === undefined ? undefined : sha256(confirmation)
  const store = (pending: PendingAuthorization) => services.sessions.begin(link, pending, confirmationHash)
  return makeRequest(services, session, app, store, secret)
}

/** Makes an authorization request for another opening of a reconnect link; `undefined` if something changed since the session was read. */
export function reopenAuthorization(
  services: RequestPorts,
  session: ConnectSession,
  app: App,
): Promise<AuthorizationRequest | undefined> {
  const { status } = session.state
  const { number = 0, failures = 0 } = session.opening ?? {}
  const ended = status === 'denied' || status === 'failed'
  const opening = { number: number + 1, failures: failures + (ended ? 1 : 0) }
  return makeRequest(services, session, app, (pending) =>
    services.sessions.reopen(session, { ...opening, stateHash: pending.stateHash }, pending),
  )
}

/** @param store stores it and moves the session; false if the session cannot be moved */
async function makeRequest(
  services: RequestPorts,
  session: ConnectSession,
  app: App,
  store: (pending: PendingAuthorization) => Promise<boolean>,
  secret?: string,
): Promise<AuthorizationRequest | undefined> {
  const state = randomSecret(services.randomBytes)
  const browserSecret = secret ?? randomSecret(services.randomBytes)
  const codeVerifier = randomSecret(services.randomBytes)
  const stateHash = sha256(state)
  const pending = {
    stateHash,
    tenantId: session.tenantId,
    appId: app.id,
    sessionId: session.id,
    browserHash: sha256(browserSecret),
    codeVerifier: await services.vault.seal(codeVerifierOf(session), new Secret(codeVerifier)),
    expiresAt: later(services.now(), STATE_LIFETIME_SECONDS),
  }
  if (!(await store(pending))) return undefined
  return {
    location: requestUrl(services, app, state, codeChallenge(codeVerifier)),
    browserCookie: { name: browserCookieName(stateHash), value: new Secret(browserSecret) },
  }
}

/** The cookie that ties a browser to the state with this hash. `__Host-`: https only, this host only (RFC 6265bis). */
export function browserCookieName(stateHash: string): string {
  return `${BROWSER_COOKIE}${stateHash.slice(0, 16)}`
}

export const BROWSER_COOKIE = '__Host-fc-'

function requestUrl(
  { provider, publicUrl }: Pick<RequestPorts, 'provider' | 'publicUrl'>,
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
