// CORS (Fetch standard): a page may read our answers, refusals included, if its origin is registered for the tenant whose
// credential it sent; with an end user's, nothing is done for any other page (requireOrigin of domain/caller.ts). Credentials travel in a header only, never in cookies, so a preflight, which has none, gives nothing
// away. Answers to tenants vary by credential, too: a browser's cache must not show one user what another was told.

import type { Tenant } from '#domain/tenants/tenant.ts'
import type { Answer } from './message/answer.ts'
import type { ApiRequest } from './message/request.ts'
import { methodsAt } from './route-match.ts'

const PREFLIGHT_SECONDS = 600
const EXPOSED =
  'link, pagination-next, retry-after, funnel-connect-request-id, funnel-connect-answer-by, funnel-connect-idempotent-replay'

/** By what the answers to tenants differ, besides the URL; for caches. */
export const VARY = 'origin, authorization'

/** The headers that let the page of a request read its answer. */
export function corsHeaders(
  { headers: { origin } }: ApiRequest,
  tenant: Pick<Tenant, 'origins'> | undefined,
): Record<string, string> {
  if (origin === undefined || tenant?.origins.includes(origin) !== true) return {}
  return { 'access-control-allow-origin': origin, 'access-control-expose-headers': EXPOSED }
}

/** Answers a preflight: what is served at the path, whoever asks. */
export function preflight(request: ApiRequest): Answer {
  const { origin, 'access-control-request-headers': requested } = request.headers
  const methods = methodsAt(request).join(', ')
  return {
    status: 204,
    headers: {
      ...(origin && {
        'access-control-allow-origin': origin,
        ...(methods && { 'access-control-allow-methods': methods }),
        'access-control-allow-headers': requested ?? 'authorization, content-type',
        'access-control-max-age': String(PREFLIGHT_SECONDS),
      }),
      vary: 'origin, access-control-request-headers',
    },
  }
}
