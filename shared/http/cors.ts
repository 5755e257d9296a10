// CORS (Fetch standard). A page may read our answers, refusals included, if its origin is registered for the tenant whose
// credential it sent. A call with an end user's JWT from any other page is refused (requireOrigin in callers/caller.ts).
// Credentials are sent in a header, never in cookies, so the answer to a preflight, which has none, reveals nothing. Answers
// to tenants also vary by credential: a browser's cache must not show one user the answer to another.

import type { Tenant } from '#domain/tenants/tenant.ts'
import type { Answer } from './message/answer.ts'
import type { ApiRequest } from './message/request.ts'
import { methodsForPages } from './route-match.ts'

const PREFLIGHT_SECONDS = 600
const EXPOSED =
  'link, pagination-next, retry-after, funnel-connect-request-id, funnel-connect-answer-by, funnel-connect-idempotent-replay'

/** The request headers, besides the URL, on which the answers to tenants depend. For caches. */
export const VARY = 'origin, authorization'

/** The headers that let the page of a request read its answer. */
export function corsHeaders(
  { headers: { origin } }: ApiRequest,
  tenant: Pick<Tenant, 'origins'> | undefined,
): Record<string, string> {
  if (origin === undefined || tenant?.origins.includes(origin) !== true) return {}
  return { 'access-control-allow-origin': origin, 'access-control-expose-headers': EXPOSED }
}

/**
 * Answers a preflight, the same to every origin: the methods that pages may use at the path. Where they may use none, as
 * on the operator's routes, no header allows anything.
 */
export function preflight(request: ApiRequest): Answer {
  const { origin, 'access-control-request-headers': requested } = request.headers
  const methods = methodsForPages(request)
  return {
    status: 204,
    headers: {
      ...(origin &&
        methods.length > 0 && {
          'access-control-allow-origin': origin,
          'access-control-allow-methods': methods.join(', '),
          'access-control-allow-headers': requested ?? 'authorization, content-type',
          'access-control-max-age': String(PREFLIGHT_SECONDS),
        }),
      vary: 'origin, access-control-request-headers',
    },
  }
}
