// Receives the authorization response (RFC 6749 section 4.1.2): takes the state once, from the right browser for the
// right app, then exchanges the code at once ("confirmed") or keeps it sealed until the tenant completes ("verified").
// What this needs itself comes before the state is taken: if the store or KMS fails at that, the end user reloads the page.
import type { Ambient } from '../ambient.ts'
import { randomSecret, sha256 } from '../hash.ts'
import type { AppId } from '../ids.ts'
import type { ProviderPorts } from '../provider/ports.ts'
import { Secret } from '../secret.ts'
import type { TenancyPorts } from '../tenants/ports.ts'
import { suspensionOf } from '../tenants/suspension.ts'
import { type EpochSeconds, later } from '../time.ts'
import type { VaultPorts } from '../vault/ports.ts'
import { browserCookieName } from './authorize.ts'
import {
  CODE_LIFETIME_SECONDS,
  type ConnectSession,
  codeOf,
  codeVerifierOf,
  objectionTo,
  type PendingAuthorization,
  SESSION_MEMORY_SECONDS,
  type SessionState,
} from './connect-session.ts'
import { type CodeGrant, exchangeForConnection } from './exchange-code.ts'
import type { ConnectPorts } from './ports.ts'
import { type Product, productOf, returnLocation } from './product.ts'

export interface AuthorizationResponse {
  /** From the path: the redirect URI is one per app. */
  readonly appId: AppId
  readonly state: string
  readonly code?: string
  /** RFC 6749 section 4.1.2.1. */
  readonly error?: string
  /** RFC 9207: who answers. May be left out where the server does not promise it (domain/issuer.ts). */
  readonly iss?: string
  readonly cookies: ReadonlyMap<string, string>
}

export type ResponseOutcome =
  | {
      readonly outcome: 'return'
      readonly session: ConnectSession
      /** What the session ended with, if it did. */
      readonly error?: string
      readonly location: string
      readonly spentCookie: string
    }
  | { readonly outcome: 'unknown' }
  | {
      readonly outcome: 'expired' | 'other_browser' | 'other_app' | 'suspended'
      readonly session: ConnectSession
      readonly product: Product
    }

type Ports = Pick<
  Ambient & ProviderPorts & TenancyPorts & ConnectPorts & VaultPorts,
  'now' | 'randomBytes' | 'provider' | 'issuerRule' | 'tenants' | 'authorizations' | 'sessions' | 'vault'
> &
  Parameters<typeof exchangeForConnection>[0]

/** Receives an authorization response and says where the browser goes from here. */
export async function receiveAuthorizationResponse(
  services: Ports,
  response: AuthorizationResponse,
): Promise<ResponseOutcome> {
  const stateHash = sha256(response.state)
  const cookie = browserCookieName(stateHash)
  const pending = await services.authorizations.find(stateHash)
  if (pending === undefined) return { outcome: 'unknown' }
  const [tenant, session] = await Promise.all([
    services.tenants.get(pending.tenantId),
    services.sessions.get(pending.tenantId, pending.sessionId),
  ])
  if (tenant === undefined || session === undefined) return { outcome: 'unknown' }
  const now = services.now()
  if (suspensionOf(tenant, session) !== undefined) {
    return { outcome: 'suspended', session, product: productOf(tenant, undefined, now) }
  }
  const browserHash = sha256(response.cookies.get(cookie) ?? '')
  const arrival = { appId: response.appId, browserHash, now }
  const objection = objectionTo(pending, arrival)
  if (objection !== undefined) {
    const product = productOf(tenant, session, now, DETOURS[objection])
    // Only the browser that began is sent back by itself; another one is shown where it is first.
    const returns = objection === 'expired' && pending.browserHash === browserHash && product.returnTo
    if (returns)
      return { outcome: 'return', session, error: objection, location: returns, spentCookie: cookie }
    return { outcome: objection, session, product }
  }

  const next = await nextOf(services, session, response, pending)
  const taken = await services.authorizations.take(pending, arrival, next.state, next.expiresAt)
  // Another response with this state was quicker.
  if (!taken) return { outcome: 'unknown' }
  const state = next.grant ? await exchangeForConnection(services, session, next.grant) : next.state
  // The state was entered this moment, so it cannot have expired.
  const location = returnLocation({ ...session, state }, session.createdAt, undefined, next.completionCode)
  const failed = 'error' in state && { error: state.error }
  return { outcome: 'return', session, ...failed, location, spentCookie: cookie }
}

const DETOURS = {
  expired: 'session_expired',
  other_browser: 'started_in_other_browser',
  other_app: 'other_app',
} as const satisfies Record<NonNullable<ReturnType<typeof objectionTo>>, string>

/** What the session becomes when the state is taken. */
interface Next {
  readonly state: SessionState
  readonly expiresAt: EpochSeconds
  readonly completionCode?: Secret
  /** What is exchanged thereupon. */
  readonly grant?: CodeGrant
}

async function nextOf(
  services: Ports,
  session: ConnectSession,
  response: AuthorizationResponse,
  { codeVerifier }: PendingAuthorization,
): Promise<Next> {
  const now = services.now()
  const refusal = await refusalIn(services, response)
  if (refusal !== undefined) return { state: refusal, expiresAt: later(now, SESSION_MEMORY_SECONDS) }
  const expiresAt = later(now, CODE_LIFETIME_SECONDS)
  const code = new Secret(response.code ?? '')
  if (session.completion === 'verified') {
    const sealed = await services.vault.seal(codeOf(session), code)
    const completionCode = randomSecret(services.randomBytes)
    const completionHash = sha256(completionCode)
    const state = { status: 'awaiting_completion', code: sealed, codeVerifier, completionHash } as const
    return { state, expiresAt, completionCode: new Secret(completionCode) }
  }
  const app = await services.apps.get(session.tenantId, session.appId)
  const verifier = await services.vault.open(codeVerifierOf(session), codeVerifier)
  return { state: { status: 'exchanging' }, expiresAt, grant: { app, code, codeVerifier: verifier } }
}

/** What the response itself says against going on. */
async function refusalIn(
  { provider, issuerRule }: Pick<Ports, 'provider' | 'issuerRule'>,
  response: AuthorizationResponse,
): Promise<SessionState | undefined> {
  const foreign =
    response.iss === undefined ? await issuerRule.isRequired() : response.iss !== provider.issuer
  if (foreign) return { status: 'failed', error: 'issuer_mismatch' }
  if (response.error === 'access_denied') return { status: 'denied', error: 'access_denied' }
  if (response.error !== undefined) return { status: 'failed', error: providerError(response.error) }
  if (response.code === undefined || response.code === '')
    return { status: 'failed', error: 'invalid_response' }
  return undefined
}

/** The provider's error code, if it is one: RFC 6749 allows printable ASCII without quote and backslash. */
function providerError(error: string): string {
  return /^[a-z_]{1,64}$/.test(error) ? error : 'server_error'
}
