// The path of a proxied call. API Gateway hands it over percent-decoded, so it is checked decoded and encoded again,
// segment by segment, in canonical form (RFC 3986). Whatever could make the provider see another path is refused.
import { ServiceError } from '../errors.ts'

/** RFC 3986 pchar, less what is percent-encoded: unreserved, sub-delims, ":" and "@". */
const PLAIN = /^[A-Za-z0-9\-._~!$&'()*+,;=:@]$/
// biome-ignore lint/suspicious/noControlCharactersInRegex: refusing control characters is the point
const REFUSED = /[\u0000-\u001f\u007f\\%?#]/

/**
 * Splits the decoded path after `/proxy/` into its segments.
 * @throws ServiceError path_not_allowed for dot segments, empty segments, backslashes, control characters, and a
 *   decoded "%", "?" or "#"
 */
export function parseApiPath(decoded: string): string[] {
  if (REFUSED.test(decoded) || !decoded.isWellFormed()) {
    throw refused('It holds a control character, a backslash, or an encoded "%", "?" or "#".')
  }
  const segments = decoded.split('/')
  // One slash at the end is part of a path as any other; two in a row never are.
  const inner = segments.at(-1) === '' ? segments.slice(0, -1) : segments
  if (inner.length === 0 || inner.includes('')) throw refused('It holds an empty segment.')
  if (inner.some((segment) => segment === '.' || segment === '..')) throw refused('It holds a dot segment.')
  return segments
}

/** The segments as they go upstream. */
export function encodeApiPath(segments: readonly string[]): string {
  return segments
    .map((segment) => [...segment].map((c) => (PLAIN.test(c) ? c : encodeURIComponent(c))).join(''))
    .join('/')
}

function refused(reason: string): ServiceError {
  return new ServiceError('path_not_allowed', `The path after "/proxy/" cannot be passed on. ${reason}`)
}
