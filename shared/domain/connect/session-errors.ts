// Why a session was not connected, in one vocabulary: how the exchange ended → the session's error → the problem that
// "complete" answers with. The return URL carries the session's error, too. What one of the tables lacks does not compile.
import { type ErrorCode, ServiceError } from '../errors.ts'
import type { TokenOutcome } from '../provider/authorization-server.ts'
import { connectionsExceeded } from '../tenants/limits.ts'
import { suspended } from '../tenants/suspension.ts'

/** How ClickFunnels may refuse an authorization request (RFC 6749 section 4.1.2.1). */
const AUTHORIZATION_ERRORS = [
  'access_denied',
  'invalid_request',
  'unauthorized_client',
  'unsupported_response_type',
  'invalid_scope',
  'server_error',
  'temporarily_unavailable',
] as const

/** The session's error for each answer of the token endpoint: RFC 6749's word where there is one. */
export const TOKEN_ERRORS = {
  grant_refused: 'invalid_grant',
  client_refused: 'invalid_client',
  rate_limited: 'temporarily_unavailable',
  provider_down: 'temporarily_unavailable',
  answer_lost: 'temporarily_unavailable',
  answer_late: 'temporarily_unavailable',
  malformed: 'invalid_response',
} as const satisfies Record<Exclude<TokenOutcome['outcome'], 'granted'>, string>

/** Why granted tokens were not stored. */
export type GrantRefusal =
  /** The session reconnects a connection, and the end user chose another workspace. */
  | 'workspace_mismatch'
  /** These tokens can call no API, or their workspace is unknown. */
  | 'workspace_unusable'
  /** The tenant has as many connections as it may have. */
  | 'tenant_limit_exceeded'
  /** The connection to reconnect was deleted. */
  | 'connection_gone'
  /** The tenant is being deleted. Its callers get the same answer as those of a suspended tenant. */
  | 'tenant_suspended'
  /** The app was suspended, and may be deleted by now. */
  | 'app_suspended'

/** Faults of this service that a session names; it calls any other "server_error". */
const FAULTS = [
  'storage_unavailable',
  'secret_unreadable',
  'kms_key_unavailable',
  'tenant_shredded',
] as const satisfies readonly ErrorCode[]

type AuthorizationError = (typeof AUTHORIZATION_ERRORS)[number]
type TokenError = (typeof TOKEN_ERRORS)[keyof typeof TOKEN_ERRORS]

/** What the exchange of a code can end a session with. */
export type ExchangeError = TokenError | GrantRefusal | (typeof FAULTS)[number] | 'server_error'

/** What a session can end with. */
export type SessionError =
  | AuthorizationError
  | ExchangeError
  | 'issuer_mismatch'
  | 'end_user_mismatch'
  | 'return_url_not_registered'

/** Why a browser is turned back while its session has no error, and the `error` that the return URL then carries. */
export const DETOURS = {
  used: 'link_used',
  expired: 'session_expired',
  other_browser: 'started_in_other_browser',
  other_app: 'other_app',
  superseded: 'link_opened_again',
} as const

export type Detour = keyof typeof DETOURS

/** The session's error for the `error` of an authorization response; "server_error" for one that RFC 6749 does not name. */
export function authorizationError(error: string): AuthorizationError {
  return AUTHORIZATION_ERRORS.find((known) => known === error) ?? 'server_error'
}

/** The session's error for what the exchange threw. */
export function faultError(thrown: unknown): ExchangeError {
  const code = thrown instanceof ServiceError ? thrown.code : undefined
  return FAULTS.find((known) => known === code) ?? 'server_error'
}

/** The problem that a caller is answered whose completion ended the session with this error. */
export function problemOf(error: ExchangeError): ServiceError {
  return PROBLEMS[error]()
}

const because = (code: ErrorCode, detail: string) => () => new ServiceError(code, detail)
const malformed = because(
  'upstream_malformed',
  'ClickFunnels did not give tokens of a known workspace. Start a new session.',
)
const internal = because('internal_error', 'The session failed inside this service. Start a new session.')

const PROBLEMS: Readonly<Record<ExchangeError, () => ServiceError>> = {
  invalid_grant: because(
    'grant_refused',
    'ClickFunnels refused the authorization code. Start a new session.',
  ),
  invalid_client: because('app_credentials_refused', "ClickFunnels refused the app's client credentials."),
  temporarily_unavailable: because(
    'upstream_unreachable',
    'ClickFunnels could not be reached. Start a new session.',
  ),
  invalid_response: malformed,
  workspace_unusable: malformed,
  workspace_mismatch: because(
    'workspace_mismatch',
    'The end user chose a different workspace than the one of the connection.',
  ),
  tenant_limit_exceeded: connectionsExceeded,
  connection_gone: because('not_found', 'The connection to reconnect was deleted in the meantime.'),
  tenant_suspended: () => suspended('tenant'),
  app_suspended: () => suspended('app'),
  storage_unavailable: because(
    'storage_unavailable',
    'The store did not answer in time. Start a new session.',
  ),
  secret_unreadable: internal,
  kms_key_unavailable: internal,
  tenant_shredded: internal,
  server_error: internal,
}
