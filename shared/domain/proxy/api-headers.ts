// The headers of a proxied call that are dropped, each way. All others pass unchanged. docs/proxy.md lists them for
// callers.
import type { HeaderList } from '../provider/resource-server.ts'

/**
 * Hop-by-hop headers (RFC 9110 section 7.6.1) are about one network connection, not about the message. In all lists, a
 * "-" at the end of an entry stands for any further words, a "-" at its beginning for any words before or none.
 */
const HOP_BY_HOP = [
  'connection',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
  'proxy',
  'proxy-',
]

/**
 * The caller's credential, headers about its way to this service, headers that are computed anew, and headers in which
 * servers look for another method, URL or address than the request has. With these, a key that may only read could
 * write.
 */
export const NOT_SENT: readonly string[] = [
  ...HOP_BY_HOP,
  'authorization',
  'cookie',
  'cookie2',
  'host',
  'content-length',
  'expect',
  'forwarded',
  'x-forwarded',
  'x-forwarded-',
  'x-amzn-',
  'x-request-id',
  'idempotency-key',
  'funnel-connect-',
  'method',
  'x-method',
  '-http-method',
  '-method-override',
  'x-original-',
  'x-rewrite-',
  '-override-url',
  '-host-override',
  'x-host',
  '-scheme',
  'front-end-https',
  'request-uri',
  '-ip',
  '-clientip',
  '-socketip',
  '-remote-addr',
  '-remote-user',
  'cf-',
  'x-envoy-',
  'x-accel-',
  'x-sendfile-type',
]

/**
 * Cookies and CORS headers are for the provider's own pages, and the length is computed anew. Headers that change how a
 * browser treats a whole origin would change ours. How a browser treats the answer itself, proxied.ts says.
 */
export const NOT_RETURNED: readonly string[] = [
  ...HOP_BY_HOP,
  'content-length',
  'set-cookie',
  'set-cookie2',
  'access-control-',
  'funnel-connect-',
  'strict-transport-security',
  'public-key-pins',
  'public-key-pins-',
  'expect-ct',
  'alt-svc',
  'nel',
  'report-to',
  'reporting-endpoints',
  'clear-site-data',
  'service-worker-allowed',
  'origin-agent-cluster',
  'origin-trial',
  'accept-ch',
  'accept-ch-lifetime',
  'critical-ch',
  'set-login',
  'use-as-dictionary',
  'speculation-rules',
  'attribution-reporting-',
  'shared-storage-write',
  'activate-storage-access',
  'sec-session-',
  'secure-session-',
  'content-security-policy',
  'content-security-policy-',
  'x-content-type-options',
]

const notSent = patternOf(NOT_SENT)
const notReturned = patternOf(NOT_RETURNED)

export function requestHeadersToSend(headers: HeaderList): HeaderList {
  return without(headers, notSent)
}

export function responseHeadersToReturn(headers: HeaderList): HeaderList {
  return without(headers, notReturned)
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

function without(headers: HeaderList, dropped: RegExp): HeaderList {
  // A message may name further hop-by-hop headers in `Connection`, by their full names.
  const named = headers.filter(([name]) => name === 'connection').flatMap(([, value]) => value.split(','))
  const hops = named.map(wordsOf)
  return headers.filter(([name]) => {
    const words = wordsOf(name)
    return !hops.includes(words) && !dropped.test(words)
  })
}

/**
 * The words of a name with "-" between them. Servers that pass headers in environment variables (CGI, WSGI, Rack) see
 * no difference between "X-Forwarded-For" and "x_forwarded_for", and some see none to "X.Forwarded.For".
 */
function wordsOf(name: string): string {
  return name
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter(Boolean)
    .join('-')
}

/** Matches the words of a name that is in a list. */
function patternOf(entries: readonly string[]): RegExp {
  const patterns = entries.map((entry) => {
    if (entry.endsWith('-')) return `${entry}.*`
    return entry.startsWith('-') ? `(.*-)?${entry.slice(1)}` : entry
  })
  return new RegExp(`^(${patterns.join('|')})$`)
}
