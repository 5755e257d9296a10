// What of a proxied call's headers is dropped, each way; everything else passes as it is. In one place;
// docs/proxy.md tells it to people.
import type { HeaderList } from '../provider/resource-server.ts'

/** Hop-by-hop (RFC 9110 section 7.6.1): they are about one connection, not about the message. */
const HOP_BY_HOP = ['connection', 'keep-alive', 'te', 'trailer', 'transfer-encoding', 'upgrade'] as const

/** The caller's credential, what describes its way to us, and what is computed anew. A "-" at the end marks a prefix. */
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

/** Cookies and CORS are between the provider and its own pages; the length is computed anew. */
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
 * Turns the absolute upstream URLs of a `Link` header (RFC 8288) into ours, so that following a page stays behind the
 * connection. URLs elsewhere stay as they are.
 * @param from upstream's base URL, to which `to` corresponds; both without a trailing slash
 */
export function rewriteLink(value: string, from: string, to: string): string {
  return value.replaceAll(`<${from}/`, `<${to}/`)
}

function without(headers: HeaderList, names: readonly string[]): HeaderList {
  // A message may name further hop-by-hop headers of its own in `Connection`, each in full.
  const named = headers.filter(([name]) => name === 'connection').flatMap(([, value]) => value.split(','))
  const hops = named.map((name) => name.trim().toLowerCase())
  return headers.filter(
    ([name]) =>
      !hops.includes(name) &&
      !names.some((entry) => (entry.endsWith('-') ? name.startsWith(entry) : name === entry)),
  )
}
