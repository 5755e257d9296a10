// A proxied call between API Gateway's form and the domain's.
import type { ConnectionId } from '#domain/ids.ts'
import type { UpstreamResponse } from '#domain/ports.ts'
import type { ProxyRequest } from '#domain/proxy.ts'
import type { Answer } from './answer.ts'
import type { ApiRequest } from './request.ts'

const SEPARATOR = '/proxy/'

/** What follows `/proxy/`, percent-decoded by API Gateway. Not the path parameter: that loses a slash at the end. */
export function proxiedPath({ path }: ApiRequest): string {
  return path.slice(path.indexOf(SEPARATOR) + SEPARATOR.length)
}

export function toProxyRequest(request: ApiRequest, connectionId: ConnectionId): ProxyRequest {
  return {
    connectionId,
    method: request.method,
    rawQuery: request.rawQuery,
    headers: Object.entries(request.headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value]],
    ),
    requestId: request.id,
    ...(request.body && { body: request.body }),
  }
}

/** ClickFunnels' answer as it is, marked as theirs. API Gateway carries one value a header: repeated ones are joined. */
export function upstreamAnswer({ status, headers, body }: UpstreamResponse): Answer {
  const joined: Record<string, string> = {}
  for (const [name, value] of headers) {
    joined[name] = Object.hasOwn(joined, name) ? `${joined[name]}, ${value}` : value
  }
  return { status, headers: { ...joined, 'funnel-connect-answer-by': 'clickfunnels' }, body }
}
