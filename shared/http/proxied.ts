// A proxied call between API Gateway's form and the domain's.
import { validationFailed } from '#domain/errors.ts'
import type { ConnectionId } from '#domain/ids.ts'
import type { UpstreamResponse } from '#domain/ports.ts'
import type { ProxyRequest } from '#domain/proxy.ts'
import type { Answer } from './answer.ts'
import type { ApiRequest } from './request.ts'

const SEPARATOR = '/proxy/'
const MIN_VALIDITY = 'funnel-connect-min-validity'
const MOST_SECONDS = 24 * 60 * 60

/** What follows `/proxy/`, percent-decoded by API Gateway. Not the path parameter: that loses a slash at the end. */
export function proxiedPath({ path }: ApiRequest): string {
  return path.slice(path.indexOf(SEPARATOR) + SEPARATOR.length)
}

/** @throws ServiceError validation_failed */
export function toProxyRequest(request: ApiRequest, connectionId: ConnectionId): ProxyRequest {
  const minValiditySeconds = minValidity(request.headers[MIN_VALIDITY])
  return {
    connectionId,
    method: request.method,
    rawQuery: request.rawQuery,
    headers: Object.entries(request.headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value]],
    ),
    requestId: request.id,
    ...(request.body && { body: request.body }),
    ...(minValiditySeconds !== undefined && { minValiditySeconds }),
  }
}

/** A header of ours, not a query parameter: the query belongs to ClickFunnels, byte for byte. */
function minValidity(value: string | undefined): number | undefined {
  if (value === undefined) return undefined
  const seconds = /^\d{1,5}$/.test(value) ? Number(value) : Number.NaN
  if (seconds <= MOST_SECONDS) return seconds
  throw validationFailed({
    parameter: MIN_VALIDITY,
    detail: `must be a whole number of seconds from 0 to ${MOST_SECONDS}`,
  })
}

/** ClickFunnels' answer as it is, marked as theirs. API Gateway carries one value a header: repeated ones are joined. */
export function upstreamAnswer({ status, headers, body }: UpstreamResponse): Answer {
  const joined: Record<string, string> = {}
  for (const [name, value] of headers) {
    joined[name] = Object.hasOwn(joined, name) ? `${joined[name]}, ${value}` : value
  }
  return { status, headers: { ...joined, 'funnel-connect-answer-by': 'clickfunnels' }, body }
}
