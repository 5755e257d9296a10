// The HTTP status and title of every error code, and the problem document for an error (RFC 9457). A code without an entry
// does not compile. catalog.ts explains each code.

import { type ErrorCode, ServiceError } from '#domain/errors.ts'
import type { Answer } from '../message/answer.ts'

export const PROBLEMS: Readonly<Record<ErrorCode, { readonly status: number; readonly title: string }>> = {
  malformed_request: { status: 400, title: 'The request is malformed' },
  path_not_allowed: { status: 400, title: 'The path is not allowed' },
  missing_credential: { status: 401, title: 'The request has no credential' },
  invalid_credential: { status: 401, title: 'The credential is not valid' },
  insufficient_scope: { status: 403, title: 'The credential lacks a scope' },
  origin_not_registered: { status: 403, title: "The page's origin is not registered" },
  tenant_suspended: { status: 403, title: 'The tenant is suspended' },
  app_suspended: { status: 403, title: 'The app is suspended' },
  connection_suspended: { status: 403, title: 'The connection is suspended' },
  export_disabled: { status: 403, title: 'Exports are not allowed' },
  end_user_mismatch: { status: 403, title: 'The end user does not match' },
  completion_code_mismatch: { status: 403, title: 'The completion code does not match' },
  not_found: { status: 404, title: 'Not found' },
  method_not_allowed: { status: 405, title: 'The method is not allowed' },
  session_not_completable: { status: 409, title: 'The connect session cannot be completed' },
  workspace_mismatch: { status: 409, title: 'The end user chose another workspace' },
  reauthorization_required: { status: 409, title: 'The end user has to connect again' },
  idempotency_in_progress: { status: 409, title: 'A call with this Idempotency-Key is in progress' },
  idempotency_outcome_unknown: {
    status: 409,
    title: 'The outcome of the call with this Idempotency-Key is unknown',
  },
  idempotency_answer_not_kept: {
    status: 409,
    title: 'The answer to the call with this Idempotency-Key was not stored',
  },
  tenant_not_suspended: { status: 409, title: 'The tenant is not suspended' },
  export_too_early: { status: 409, title: 'The tenant was suspended a moment ago' },
  export_key_missing: { status: 409, title: 'The tenant has no export key' },
  app_in_use: { status: 409, title: 'The app is in use' },
  client_secret_in_use: { status: 409, title: 'The client secret may be in use' },
  kms_key_unavailable: { status: 409, title: "The tenant's own KMS key cannot be used" },
  api_key_not_rotatable: { status: 409, title: 'The API key cannot be rotated' },
  identity_provider_taken: { status: 409, title: 'The identity provider is already registered' },
  tenant_shredded: { status: 410, title: "The tenant's keys were deleted" },
  tenant_deleted: { status: 410, title: 'The tenant was deleted' },
  request_too_large: { status: 413, title: 'The request is too large' },
  validation_failed: { status: 422, title: 'The request is not valid' },
  idempotency_key_reused: { status: 422, title: 'The Idempotency-Key was used for another call' },
  return_url_not_registered: { status: 422, title: 'The return URL is not registered' },
  rate_limited: { status: 429, title: 'The connection is called too often' },
  end_user_limit_exceeded: { status: 429, title: 'The end user has reached a limit' },
  tenant_limit_exceeded: { status: 429, title: 'The tenant has reached a limit' },
  app_credentials_refused: { status: 502, title: "ClickFunnels refused the app's credentials" },
  grant_refused: { status: 502, title: 'ClickFunnels refused the authorization code' },
  upstream_unreachable: { status: 502, title: 'ClickFunnels could not be reached' },
  upstream_untrusted: { status: 502, title: "ClickFunnels' identity could not be verified" },
  upstream_blocked: { status: 502, title: 'The call was blocked on the way to ClickFunnels' },
  upstream_malformed: { status: 502, title: "ClickFunnels' answer cannot be used" },
  upstream_answer_lost: { status: 502, title: "ClickFunnels' answer was lost" },
  upstream_response_too_large: { status: 502, title: "ClickFunnels' answer is too large" },
  refresh_failed: { status: 502, title: 'The access token could not be refreshed' },
  internal_error: { status: 500, title: 'Internal error' },
  secret_unreadable: { status: 500, title: 'A stored secret cannot be decrypted' },
  recovering: { status: 503, title: "The connection's tokens are being recovered" },
  storage_unavailable: { status: 503, title: 'The storage is not available' },
  identity_provider_unavailable: { status: 503, title: 'The identity provider could not be reached' },
  upstream_slow: { status: 503, title: 'ClickFunnels is slow to answer' },
  upstream_timeout: { status: 504, title: 'ClickFunnels did not answer in time' },
}

/** What a challenge has after the realm (RFC 6750 section 3). To a request without a credential it names no error. */
const CHALLENGES: { readonly [C in ErrorCode]?: string } = {
  missing_credential: '',
  invalid_credential: ', error="invalid_token"',
  insufficient_scope: ', error="insufficient_scope"',
}

/**
 * The problem document for an error. An error that is not a ServiceError is a fault of ours, so its message stays inside.
 * The body does not name the request: equal refusals are equal byte for byte. The request id is a header.
 */
export function problemAnswer(error: unknown, publicUrl: string): Answer {
  const known =
    error instanceof ServiceError
      ? error
      : new ServiceError(
          'internal_error',
          'The service has failed. Retry. If it happens again, report the request id to the operator.',
        )
  const { status, title } = PROBLEMS[known.code]
  const challenge = challengeOf(known)
  return {
    status,
    headers: {
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      ...(challenge && { 'www-authenticate': challenge }),
      ...(known.retryAfterSeconds !== undefined && { 'retry-after': String(known.retryAfterSeconds) }),
    },
    body: JSON.stringify({
      // First, so that no extension replaces a standard member.
      ...known.extensions,
      type: problemType(publicUrl, known.code),
      title,
      status,
      code: known.code,
      detail: known.message,
    }),
  }
}

function challengeOf({ code, extensions }: ServiceError): string | undefined {
  const said = CHALLENGES[code]
  if (said === undefined) return undefined
  const scope = typeof extensions.scope === 'string' ? `, scope="${extensions.scope}"` : ''
  return `Bearer realm="funnel-connect"${said}${scope}`
}

/** The URL of the page that explains an error code. The service serves it (pages/error-page.ts). */
export function problemType(publicUrl: string, code: ErrorCode): string {
  return `${publicUrl}/v1/errors#${code}`
}
