// Receives the authorization response (RFC 6749 section 4.1.2): takes the state once, from the right browser for the right
// app. Then it exchanges the code at once ("confirmed"), or keeps it sealed until the tenant completes ("verified").
//
//   state ─▶ authorization, tenant, session ─▶ acceptable? ─▶ next state prepared ─▶ taken (once) ─▶ exchanged ─▶ product
//
// All that is needed from the store and from KMS is read before the state is taken. If one of them fails at that, the end
// user can reload the page.
import { type Ambient, namesOf } from '../ambient.ts'
import { sha256 } from '../hash.ts'
import type { AppId } from '../ids.ts'
import type { ProviderPorts } from '../provider/ports.ts'
import { Secret } from '../secret.ts'
import type { TenancyPorts } from '../tenants/ports.ts'
import { suspensionOf } from '../tenants/suspension.ts'
import { isRegisteredReturnUrl } from '../tenants/tenant.ts'
import { type EpochSeconds, later } from '../time.ts'
import { browserCookieName } from './authorization-request.ts'
import { type Awaited, findAwaited } from './awaited.ts'
import { completionCodeFor, locationAfter } from './completion-code.ts'
import {
  type Arrival,
  CODE_LIFETIME_SECONDS,
  type ConnectSession,
  codeOf,
  type PendingAuthorization,
  rejectionReason,
  SESSION_MEMORY_SECONDS,
  type SessionState,
  visibleStatus,
} from './connect-session.ts'
import {
  type CodeGrant,
  type ExchangePorts,
  exchangeForConnection,
  prepareExchange,
} from './exchange-code.ts'
import type { ConnectPorts } from './ports.ts'
import { type Product, productOf, returnLocation } from './product.ts'
import { supersededReturn } from './reconnect-link.ts'
import { type RepeatedOutcome, repeatedResponse } from './repeated-response.ts'
import { authorizationError, type Detour, type SessionError } from './session-errors.ts'

export interface AuthorizationResponse {
  /** From the path: each app has a redirect URI of its own. */
  readonly appId: AppId
  readonly state: string
  readonly code?: string
  /** RFC 6749 section 4.1.2.1. */
  readonly error?: string
  /** The server that answers (RFC 9207). It may be absent where the server does not promise it (provider/issuer.ts). */
  readonly iss?: string
  readonly cookies: ReadonlyMap<string, string>
}

export type ResponseOutcome =
  | {
      readonly outcome: 'return'
      readonly session: ConnectSession
      /** Why the browser returns without a connection, for the audit trail. */
      readonly error?: SessionError | Detour
      readonly location: string
    }
  | RepeatedOutcome
  | {
      readonly outcome: 'expired' | 'other_browser' | 'other_app' | 'suspended' | 'return_url_not_registered'
      readonly session: ConnectSession
      readonly product: Product
    }

type Ports = Pick<
  Ambient & ProviderPorts & TenancyPorts & ConnectPorts,
  'randomBytes' | 'provider' | 'issuerRule' | 'tenants' | 'authorizations'
> &
  ExchangePorts

/** Receives an authorization response and says where the browser goes from here. */
export async function receiveAuthorizationResponse(
  services: Ports,
  response: AuthorizationResponse,
): Promise<ResponseOutcome> {
  const stateHash = sha256(response.state)
  const browserSecret = response.cookies.get(browserCookieName(stateHash)) ?? ''
  const arrival = { appId: response.appId, browserHash: sha256(browserSecret), now: services.now() }
  const completionCode = completionCodeFor(response.state, browserSecret)
  const awaited = await findAwaited(services, await services.authorizations.find(stateHash))
  if (awaited === undefined) return repeatedResponse(services, stateHash, arrival, completionCode)
  const rejected = rejection(awaited, arrival)
  if (rejected !== undefined) return rejected

  const { pending, tenant, session } = awaited
  // The return URL may have been unregistered since the session started. Then nothing is sent there, and no code is spent.
  const isRegistered = isRegisteredReturnUrl(tenant, session.returnUrl)
  const next = isRegistered
    ? await nextStep(services, session, response, pending, completionCode)
    : unregistered(arrival.now)
  const taken = await services.authorizations.take(pending, arrival, next.state, next.expiresAt)
  // Another response came first, with the same state or another one of this session.
  if (!taken) return repeatedResponse(services, stateHash, arrival, completionCode)
  if (!isRegistered)
    return { outcome: 'return_url_not_registered', session, product: productOf(tenant, undefined) }
  const state = 'grant' in next ? await exchangeForConnection(services, session, next.grant) : next.state
  const location = locationAfter({ ...session, state }, state.status, completionCode)
  const failed = 'error' in state && { error: state.error }
  return { outcome: 'return', session, ...failed, location }
}

/** The outcome for a response that must not take the state. The state stays for the right browser. */
function rejection({ pending, tenant, session }: Awaited, arrival: Arrival): ResponseOutcome | undefined {
  const { browserHash, now } = arrival
  // Without the session the product has no way back: no browser is sent to a product that is suspended.
  if (suspensionOf(tenant, session) !== undefined)
    return { outcome: 'suspended', session, product: productOf(tenant, undefined) }
  const superseded = supersededReturn(tenant, session, pending, arrival)
  if (superseded !== undefined)
    return { outcome: 'return', session, error: 'superseded', location: superseded }
  const reason = rejectionReason(pending, arrival)
  if (reason === undefined) return undefined
  const product = productOf(tenant, session, reason)
  // Only the browser that began is redirected to the product and learns the session's id. Another one gets a page, which has a
  // link to the product.
  if (reason === 'expired' && pending.browserHash === browserHash && product.returnTo !== undefined) {
    const location = returnLocation(session, visibleStatus(session, now), { detour: reason })
    return { outcome: 'return', session, error: reason, location }
  }
  return { outcome: reason, session, product }
}

type Status<S extends SessionState['status']> = Extract<SessionState, { readonly status: S }>

/** What the session becomes when the state is taken, and what happens then. */
type Next = { readonly expiresAt: EpochSeconds } & (
  | { readonly state: Status<'denied' | 'failed'> }
  | { readonly state: Status<'awaiting_completion'> }
  | { readonly state: { readonly status: 'exchanging' }; readonly grant: CodeGrant }
)

async function nextStep(
  services: Ports,
  session: ConnectSession,
  response: AuthorizationResponse,
  { codeVerifier }: PendingAuthorization,
  completionCode: Secret,
): Promise<Next> {
  const now = services.now()
  const refusal = await refusalIn(services, session, response)
  if (refusal !== undefined) return { state: refusal, expiresAt: later(now, SESSION_MEMORY_SECONDS) }
  const expiresAt = later(now, CODE_LIFETIME_SECONDS)
  const code = new Secret(response.code ?? '')
  if (session.completion === 'verified') {
    const sealed = await services.vault.seal(codeOf(session), code)
    const completionHash = sha256(completionCode.reveal())
    const state = { status: 'awaiting_completion', code: sealed, codeVerifier, completionHash } as const
    return { state, expiresAt }
  }
  const grant = await prepareExchange(services, session, code, codeVerifier)
  return { state: { status: 'exchanging' }, expiresAt, grant }
}

function unregistered(now: EpochSeconds): Next {
  const state = { status: 'failed', error: 'return_url_not_registered' } as const
  return { state, expiresAt: later(now, SESSION_MEMORY_SECONDS) }
}

/** How the response itself ends the session, if it does. The issuer comes first: an error of another server means nothing. */
async function refusalIn(
  { provider, issuerRule, log }: Pick<Ports, 'provider' | 'issuerRule' | 'log'>,
  session: ConnectSession,
  { iss, error, code }: AuthorizationResponse,
): Promise<Status<'denied' | 'failed'> | undefined> {
  const foreign = iss === undefined ? await issuerRule.isRequired() : iss !== provider.issuer
  if (foreign) return { status: 'failed', error: 'issuer_mismatch' }
  if (error === 'access_denied') return { status: 'denied', error }
  if (error !== undefined) {
    // A browser can send any text: only what may be an error code is logged.
    const logged = /^[a-z_]{1,64}$/.test(error) ? error : 'malformed'
    log.warn('The authorization request was refused', { ...namesOf('session', session), error: logged })
    return { status: 'failed', error: authorizationError(error) }
  }
  if (code === undefined || code === '') return { status: 'failed', error: 'invalid_response' }
  return undefined
}
