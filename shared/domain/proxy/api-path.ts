// The path of a proxied call. Everything that could make the provider see another path is refused. API Gateway passes
// the path percent-decoded, so it is checked in that form and encoded again, segment by segment, canonically (RFC
// 3986).
import { ServiceError } from '../errors.ts'

/** RFC 3986 pchar without percent-encoding: unreserved, sub-delims, ":" and "@". */
const PLAIN = /^[A-Za-z0-9\-._~!$&'()*+,;=:@]$/
// biome-ignore lint/suspicious/noControlCharactersInRegex: refusing control characters is the point
const REFUSED = /[\u0000-\u001f\u007f\\%?#]/

/** Of the ClickFunnels API. */
const BASE = 'api/v2/'

/**
 * Splits the decoded path after `/proxy/` into its segments.
 * @throws ServiceError path_not_allowed for dot segments, empty segments, backslashes, control characters, a decoded
 *   "%", "?" or "#", and a path that begins with the API's base path
 */
export function parseApiPath(decoded: string): string[] {
  if (REFUSED.test(decoded) || !decoded.isWellFormed()) {
    throw refused('It contains a control character, a backslash, or an encoded "%", "?" or "#".')
  }
  const segments = decoded.split('/')
  // A path may end with one slash. Two slashes in a row are never allowed.
  const inner = segments.at(-1) === '' ? segments.slice(0, -1) : segments
  if (inner.length === 0 || inner.includes('')) throw refused('It contains an empty segment.')
  // Some servers cut off what follows a ";" in a segment before they resolve dot segments.
  if (inner.some((segment) => /^\.{1,2}(;|$)/.test(segment)))
    throw refused('It contains a dot segment ("." or "..").')
  // The service adds the API's base path itself, so the provider has nothing there.
  if (decoded.startsWith(BASE)) throw refused(`Leave out "/${BASE}": it is added for you.`)
  return segments
}

/** The path as the provider gets it. */
export function encodeApiPath(segments: readonly string[]): string {
  return segments
    .map((segment) => [...segment].map((c) => (PLAIN.test(c) ? c : encodeURIComponent(c))).join(''))
    .join('/')
}

function refused(reason: string): ServiceError {
  return new ServiceError(
    'path_not_allowed',
    `The path after "/proxy/" is not allowed. ${reason} The call was not made.`,
  )
}
