// Calls the ClickFunnels API for a connection: adds a fresh token, chooses the host by the connection and the path
// alone, and passes the answer on unchanged. There is no list of operations, so everything the API offers can be
// called.
import type { Caller } from '../callers/caller.ts'
import type { Connection } from '../connections/connection.ts'
import { reachOf } from '../connections/reach.ts'
import { ServiceError } from '../errors.ts'
import type { UpstreamResponse } from '../provider/resource-server.ts'
import { refuseSuspended } from '../tenants/suspension.ts'
import { type Deadline, deadlineIn, type EpochSeconds, earliest, later } from '../time.ts'
import { usableToken } from '../tokens/fresh-token.ts'
import { TOKEN_REQUEST_SECONDS } from '../tokens/lease.ts'
import type { ServedToken } from '../tokens/token-memory.ts'
import { CallFacts } from './call-facts.ts'
import { CALL_SECONDS, type FollowedRequest, type ProxyPorts, type ProxyRequest } from './proxy-request.ts'
import { ATTEMPT_SECONDS, sendWithRetry } from './send.ts'

/**
 * Makes one call to ClickFunnels. After a 401 it is sent again with the stored token, if that is another one, or with
 * the token of one coordinated refresh. After a 429 or 503, a call with a safe method is sent again when
 * `Retry-After` or a jittered backoff says, if that is within the deadline; otherwise the answer is passed on with a
 * `Retry-After`. Nothing else is sent twice.
 * @throws ServiceError not_found; *_suspended; reauthorization_required; refresh_failed; recovering; storage_unavailable;
 *   app_credentials_refused; upstream_*
 */
export async function proxyCall(
  services: ProxyPorts,
  caller: Caller,
  request: ProxyRequest,
  deadline = deadlineIn(services.now()),
): Promise<UpstreamResponse> {
  const { since } = deadline
  const { limits, lookUntil } = caller.tenant
  const seconds = Math.min(
    CALL_SECONDS,
    limits?.secondsPerRequest ?? CALL_SECONDS,
    request.timeoutSeconds ?? CALL_SECONDS,
  )
  const end = earliest(later(since, seconds), deadline.end)
  const reach = reachOf(caller, request.connectionId)
  const facts = request.facts ?? new CallFacts()
  const from = services.stopwatch()
  const token = await usableToken(services, reach, request.minValiditySeconds, deadline)
  facts.noteToken(token, from, services.stopwatch)
  refuseSuspended(caller.tenant, token.connection)
  return withRefreshAfter401(services, { ...request, facts, lookUntil }, token, deadline, end)
}

async function withRefreshAfter401(
  services: ProxyPorts,
  request: FollowedRequest,
  first: ServedToken,
  deadline: Deadline,
  end: EpochSeconds,
): Promise<UpstreamResponse> {
  let token = first
  let answer = await sendWithRetry(services, request, token, end)
  // At most twice: the stored token that replaces a remembered one may be invalid by now, too.
  for (let refused = 1; answer.status === 401 && refused <= 2; refused++) {
    if (services.tokenMemory.isMarkedValid(token.connection, services.now())) return answer
    if (services.now() + TOKEN_REQUEST_SECONDS + ATTEMPT_SECONDS > end) {
      throw new ServiceError(
        'upstream_timeout',
        'ClickFunnels refused the access token, and no time was left to refresh it. The call was not carried out. Try again.',
      )
    }
    const from = services.stopwatch()
    const { replaceRejected } = await import('../tokens/await-refresh.ts')
    const replacement = await replaceRejected(services, token.connection, deadline)
    // No evidence that the token is invalid: the 401 may be about something else.
    if (replacement === undefined) return answer
    token = replacement
    request.facts.noteToken(token, from, services.stopwatch)
    answer = await sendWithRetry(services, request, token, end)
    // If the token is new, the 401 is about something else.
    const valid = answer.status === 401 && issuedSince(token.connection, deadline.since)
    if (valid) services.tokenMemory.markValid(token.connection, services.now())
  }
  return answer
}

function issuedSince({ credential }: Connection, since: EpochSeconds): boolean {
  return credential.kind === 'refreshable' && credential.issuedAt >= since
}
