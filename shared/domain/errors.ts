// The error codes of the service, as a closed set. Their HTTP statuses and titles: http/problems/problem.ts. What they mean
// and what to do about them: docs/errors.md.

export const ERROR_CODES = [
  'malformed_request',
  'path_not_allowed',
  'missing_credential',
  'invalid_credential',
  'insufficient_scope',
  'origin_not_registered',
  'tenant_suspended',
  'app_suspended',
  'connection_suspended',
  'export_disabled',
  'end_user_mismatch',
  'completion_code_mismatch',
  'not_found',
  'method_not_allowed',
  'session_not_completable',
  'workspace_mismatch',
  'reauthorization_required',
  'idempotency_in_progress',
  'idempotency_outcome_unknown',
  'idempotency_answer_not_kept',
  'tenant_not_suspended',
  'export_too_early',
  'export_key_missing',
  'app_in_use',
  'client_secret_in_use',
  'kms_key_unavailable',
  'api_key_not_rotatable',
  'identity_provider_taken',
  'tenant_shredded',
  'tenant_deleted',
  'request_too_large',
  'validation_failed',
  'idempotency_key_reused',
  'return_url_not_registered',
  'rate_limited',
  'tenant_limit_exceeded',
  'end_user_limit_exceeded',
  'app_credentials_refused',
  'internal_error',
  'secret_unreadable',
  'grant_refused',
  'upstream_unreachable',
  'upstream_untrusted',
  'upstream_blocked',
  'upstream_malformed',
  'upstream_answer_lost',
  'upstream_response_too_large',
  'refresh_failed',
  'recovering',
  'storage_unavailable',
  'identity_provider_unavailable',
  'upstream_slow',
  'upstream_timeout',
] as const

export type ErrorCode = (typeof ERROR_CODES)[number]

export interface ErrorDetails {
  /** Seconds after which a retry makes sense. */
  readonly retryAfterSeconds?: number
  /** Members added to the problem document. */
  readonly extensions?: Readonly<Record<string, unknown>>
  /** For the log only. Never the upstream's body: it may hold a token. */
  readonly cause?: unknown
  /** Whether something was changed before the failure. The audit trail keeps every such failure. */
  readonly changed?: boolean
  /** The caller's time was up while ClickFunnels had not answered. */
  readonly upstreamIsSlow?: boolean
}

/** A failure that the caller learns of. `message` is the `detail` of the problem document and must hold no secret. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError'
  readonly code: ErrorCode
  readonly retryAfterSeconds: number | undefined
  readonly extensions: Readonly<Record<string, unknown>>
  readonly changed: boolean
  readonly upstreamIsSlow: boolean

  constructor(code: ErrorCode, detail: string, details: ErrorDetails = {}) {
    super(detail, details.cause === undefined ? undefined : { cause: details.cause })
    this.code = code
    this.retryAfterSeconds = details.retryAfterSeconds
    this.extensions = details.extensions ?? {}
    this.changed = details.changed ?? false
    this.upstreamIsSlow = details.upstreamIsSlow ?? false
  }

  /** The same error, marked as a failure after something was changed. */
  afterChange(): ServiceError {
    const { code, message, retryAfterSeconds, extensions, cause, upstreamIsSlow } = this
    return new ServiceError(code, message, {
      ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
      extensions,
      cause,
      upstreamIsSlow,
      changed: true,
    })
  }
}

/** A member of a request that breaks a rule, named as in the example of RFC 9457 section 3. */
export interface InvalidMember {
  /** JSON pointer into the request's body, as a URI fragment: `#/return_url`. */
  readonly pointer?: string
  /** Name of the query parameter or header. */
  readonly parameter?: string
  readonly detail: string
}

/** The error of a request that parses but breaks a rule. It names each member at fault. */
export function validationFailed(...errors: readonly InvalidMember[]): ServiceError {
  const named = errors.map(({ pointer, parameter, detail }) => {
    const name = pointer?.replace(/^#\/?/, '') ?? parameter ?? ''
    return name === '' ? `The body ${detail}` : `"${name}" ${detail}`
  })
  return new ServiceError('validation_failed', `${named.join('; ')}.`, { extensions: { errors } })
}
