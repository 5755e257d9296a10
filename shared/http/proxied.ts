// Translates a proxied call from API Gateway's form to the domain's, and the answer back.

import { ServiceError, validationFailed } from '#domain/errors.ts'
import type { ConnectionId } from '#domain/ids.ts'
import { isSafeMethod, type UpstreamResponse } from '#domain/provider/resource-server.ts'
import { type IdempotencyKey, parseIdempotencyKey } from '#domain/proxy/idempotency.ts'
import type { KeyedAnswer } from '#domain/proxy/keyed-call.ts'
import { CALL_SECONDS, type ProxyRequest } from '#domain/proxy/proxy-request.ts'
import { DAY_SECONDS } from '#domain/time.ts'
import type { Answer } from './message/answer.ts'
import type { ApiRequest } from './message/request.ts'

const SEPARATOR = '/proxy/'
const MIN_VALIDITY = 'funnel-connect-min-validity'
const TIMEOUT = 'funnel-connect-timeout'
const MAX_SECONDS = DAY_SECONDS
/** In base64 it still fits into the 6 MB that Lambda accepts. API Gateway itself refuses bodies above 10 MB. */
const MAX_BODY_BYTES = 4_500_000

/** The path after `/proxy/`, which API Gateway has percent-decoded. The path parameter would lose a slash at the end. */
export function proxiedPath({ path }: ApiRequest): string {
  return path.slice(path.indexOf(SEPARATOR) + SEPARATOR.length)
}

/**
 * Makes the domain's request.
 * @throws ServiceError validation_failed; request_too_large
 */
export function toProxyRequest(request: ApiRequest, connectionId: ConnectionId): ProxyRequest {
  const size = request.body?.byteLength ?? 0
  if (size > MAX_BODY_BYTES) {
    throw new ServiceError(
      'request_too_large',
      `The body has ${size} bytes. At most ${MAX_BODY_BYTES} bytes can be passed on.`,
      { extensions: { size, limit: MAX_BODY_BYTES } },
    )
  }
  const minValiditySeconds = secondsIn(request.headers, MIN_VALIDITY, 0, MAX_SECONDS)
  const timeoutSeconds = secondsIn(request.headers, TIMEOUT, 1, CALL_SECONDS)
  return {
    connectionId,
    method: request.method,
    rawQuery: request.rawQuery,
    headers: Object.entries(request.headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value]],
    ),
    requestId: request.id,
    facts: request.facts,
    ...(request.body && { body: request.body }),
    ...(minValiditySeconds !== undefined && { minValiditySeconds }),
    ...(timeoutSeconds !== undefined && { timeoutSeconds }),
  }
}

const IDEMPOTENCY_KEY = 'idempotency-key'

/**
 * Reads the Idempotency-Key. Safe methods need none, so theirs is ignored.
 * @throws ServiceError validation_failed
 */
export function idempotencyKey({ method, headers }: ApiRequest): IdempotencyKey | undefined {
  const value = headers[IDEMPOTENCY_KEY]
  if (value === undefined || isSafeMethod(method)) return undefined
  const key = parseIdempotencyKey(value)
  if (key !== undefined) return key
  throw validationFailed({
    parameter: IDEMPOTENCY_KEY,
    detail: 'must be one key of 1 to 255 ASCII characters without spaces, commas, quotes and backslashes',
  })
}

/** Not query parameters, because the query belongs to ClickFunnels, byte for byte. */
function secondsIn(
  headers: ApiRequest['headers'],
  parameter: string,
  min: number,
  max: number,
): number | undefined {
  const value = headers[parameter]
  if (value === undefined) return undefined
  const seconds = /^\d{1,5}$/.test(value) ? Number(value) : Number.NaN
  if (seconds >= min && seconds <= max) return seconds
  throw validationFailed({ parameter, detail: `must be a whole number of seconds from ${min} to ${max}` })
}

/**
 * A browser that opens an answer does not guess its type, and treats a page as one of no origin: ClickFunnels' pages may
 * hold its users' scripts, which must not run as ours.
 */
const HARMLESS = { 'x-content-type-options': 'nosniff', 'content-security-policy': 'sandbox' }

/** Marks ClickFunnels' answer as theirs. API Gateway carries one value for each header, so repeated headers are joined. */
export function upstreamAnswer({ status, headers, body }: UpstreamResponse): Answer {
  const joined: Record<string, string> = {}
  for (const [name, value] of headers) {
    joined[name] = Object.hasOwn(joined, name) ? `${joined[name]}, ${value}` : value
  }
  return { status, headers: { ...joined, ...HARMLESS, 'funnel-connect-answer-by': 'clickfunnels' }, body }
}

/** The same, and marks the stored answer to an earlier call. */
export function keptAnswer({ replayed, ...upstream }: KeyedAnswer): Answer {
  const answer = upstreamAnswer(upstream)
  if (!replayed) return answer
  return { ...answer, headers: { ...answer.headers, 'funnel-connect-idempotent-replay': 'true' } }
}
