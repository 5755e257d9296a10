// The headers of a proxied call that are dropped, each way. All others pass unchanged. docs/proxy.md lists them for
// callers.
import type { HeaderList } from '../provider/resource-server.ts'

/** Hop-by-hop headers (RFC 9110 section 7.6.1) are about one network connection, not about the message. */
const HOP_BY_HOP = ['connection', 'keep-alive', 'te', 'trailer', 'transfer-encoding', 'upgrade'] as const

/**
 * The caller's credential, headers about its way to this service, and headers that are computed anew. A "-" ends a
 * prefix.
 */
export const NOT_SENT: readonly string[] = [
  ...HOP_BY_HOP,
  'proxy-',
  'authorization',
  'cookie',
  'host',
  'content-length',
  'expect',
  'forwarded',
  'x-forwarded-',
  'x-amzn-',
  'x-request-id',
  'idempotency-key',
  'funnel-connect-',
]

/** Cookies and CORS headers are for the provider's own pages, and the length is computed anew. */
export const NOT_RETURNED: readonly string[] = [
  ...HOP_BY_HOP,
  'proxy-',
  'content-length',
  'set-cookie',
  'access-control-',
  'funnel-connect-',
]

export function requestHeadersToSend(headers: HeaderList): HeaderList {
  return without(headers, NOT_SENT)
}

export function responseHeadersToReturn(headers: HeaderList): HeaderList {
  return without(headers, NOT_RETURNED)
}

/**
 * Replaces the provider's absolute URLs in a `Link` header (RFC 8288) by ours, so that the next page is requested
 * through the connection, too. Other URLs stay unchanged.
 * @param from the provider's base URL, without a trailing slash
 * @param to our URL in its place, without a trailing slash
 */
export function rewriteLink(value: string, from: string, to: string): string {
  return value.replaceAll(`<${from}/`, `<${to}/`)
}

function without(headers: HeaderList, names: readonly string[]): HeaderList {
  // A message may name further hop-by-hop headers in `Connection`, by their full names.
  const named = headers.filter(([name]) => name === 'connection').flatMap(([, value]) => value.split(','))
  const hops = named.map((name) => name.trim().toLowerCase())
  return headers.filter(
    ([name]) =>
      !hops.includes(name) &&
      !names.some((entry) => (entry.endsWith('-') ? name.startsWith(entry) : name === entry)),
  )
}
