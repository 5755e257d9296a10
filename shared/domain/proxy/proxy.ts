// Calls the ClickFunnels API for a connection: adds a fresh token, chooses the host by the connection and the path
// alone, and passes the answer on unchanged. There is no list of operations, so everything the API offers can be
// called.
import type { Ambient } from '../ambient.ts'
import type { Caller } from '../callers/caller.ts'
import { type Connection, refOf } from '../connections/connection.ts'
import { mayShrink, paceNow } from '../connections/pace.ts'
import type { ConnectionPorts } from '../connections/ports.ts'
import { reachOf } from '../connections/reach.ts'
import { ServiceError } from '../errors.ts'
import type { ConnectionId } from '../ids.ts'
import type { ProviderPorts } from '../provider/ports.ts'
import { apiBase, funnelsPath } from '../provider/profile.ts'
import { type HeaderList, isSafeMethod, type UpstreamResponse } from '../provider/resource-server.ts'
import { retryAfterSeconds } from '../provider/retry-after.ts'
import { refuseSuspended } from '../tenants/suspension.ts'
import { type Deadline, deadlineIn, type EpochSeconds, earliest, later } from '../time.ts'
import type { FreshTokenPorts } from '../tokens/await-refresh.ts'
import { replaceRejected, usableToken } from '../tokens/fresh-token.ts'
import { TOKEN_REQUEST_SECONDS } from '../tokens/lease.ts'
import type { ServedToken } from '../tokens/token-memory.ts'
import { requestHeadersToSend, responseHeadersToReturn, rewriteLink } from './api-headers.ts'
import { encodeApiPath } from './api-path.ts'
import { CallFacts } from './call-facts.ts'

export interface ProxyRequest {
  readonly connectionId: ConnectionId
  readonly method: string
  /** Decoded segments below `/api/v2/`; absent for the connection's funnels, whose path depends on the provider. */
  readonly segments?: readonly string[]
  /** Byte for byte as the caller sent it, without the question mark. */
  readonly rawQuery: string
  /** Names in lower case. */
  readonly headers: HeaderList
  readonly body?: Uint8Array
  readonly requestId: string
  /** How many seconds the token should stay valid. */
  readonly minValiditySeconds?: number
  /** Filled in for the log line of the call. */
  readonly facts?: CallFacts
}

/** A proxied call ends within this, with all its retries. API Gateway gives up after 30 s. */
const CALL_SECONDS = 25
/** No attempt begins with less time than this. */
const ATTEMPT_SECONDS = 2
const BACKOFF_SECONDS = 1
const RETRIED_STATUSES = [429, 503]
const MAX_ATTEMPTS = 4
/** How long a call waits for its connection's pace. If it takes longer, the caller has to wait. */
const MAX_PACE_WAIT_SECONDS = 5

export type ProxyPorts = FreshTokenPorts &
  Pick<
    ProviderPorts & Ambient & ConnectionPorts,
    'provider' | 'publicUrl' | 'stopwatch' | 'resourceServer' | 'pacer'
  >

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
  const end = earliest(later(since, CALL_SECONDS), deadline.end)
  const reach = reachOf(caller, request.connectionId)
  const facts = request.facts ?? new CallFacts()
  const from = services.stopwatch()
  const token = await usableToken(services, reach, request.minValiditySeconds, deadline)
  facts.noteToken(token, from, services.stopwatch)
  refuseSuspended(caller.tenant, token.connection)
  return withRefreshAfter401(services, { ...request, facts }, token, deadline, end)
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

type FollowedRequest = ProxyRequest & { readonly facts: CallFacts }

function issuedSince({ credential }: Connection, since: EpochSeconds): boolean {
  return credential.kind === 'refreshable' && credential.issuedAt >= since
}

async function sendWithRetry(
  services: ProxyPorts,
  request: FollowedRequest,
  token: ServedToken,
  end: EpochSeconds,
): Promise<UpstreamResponse> {
  for (let attempt = 1; ; attempt++) {
    await request.facts.upstream(services.stopwatch, () => waitForPace(services, token.connection, end))
    const answer = await send(services, request, token, end)
    if (answer.status === 429) await slowDown(services, token.connection)
    if (!RETRIED_STATUSES.includes(answer.status)) return answer
    const asked = retryAfterSeconds(headerOf(answer, 'retry-after'), services.now())
    const wait = asked ?? BACKOFF_SECONDS * 2 ** (attempt - 1) * (0.5 + services.chance())
    const inTime = services.now() + wait + ATTEMPT_SECONDS <= end
    if (!isSafeMethod(request.method) || attempt === MAX_ATTEMPTS || !inTime) {
      return asked === undefined ? withRetryAfter(answer, wait) : answer
    }
    await request.facts.upstream(services.stopwatch, () => services.sleep(wait * 1000))
  }
}

/** Waits until the pace of the connection allows another call. Its pace is learnt from ClickFunnels' 429s. */
async function waitForPace(services: ProxyPorts, connection: Connection, end: EpochSeconds): Promise<void> {
  const now = services.now()
  const ref = refOf(connection)
  const wait = services.pacer.take(ref, paceNow(connection.pace, now), now)
  if (wait === 0) return
  if (wait <= MAX_PACE_WAIT_SECONDS && now + wait + ATTEMPT_SECONDS <= end) return services.sleep(wait * 1000)
  services.pacer.giveBack(ref)
  throw new ServiceError(
    'rate_limited',
    'ClickFunnels limits how fast this connection may be called, and too many of its calls are waiting. The call was not carried out.',
    { retryAfterSeconds: Math.ceil(wait), extensions: { connection_id: connection.id } },
  )
}

/** Lowers the pace of the connection after a 429. If it cannot be stored, the next 429 lowers it again. */
async function slowDown(services: ProxyPorts, connection: Connection): Promise<void> {
  const now = services.now()
  if (!mayShrink(connection.pace, now)) return
  const ref = refOf(connection)
  const pace = services.pacer.shrunk(ref, paceNow(connection.pace, now), now)
  await services.connections.setPace(ref, pace).catch((error) => {
    services.log.warn('The pace of a connection was not stored', { ...ref, error })
  })
  // This process follows the new pace at once, other processes when they read the connection again.
  services.tokenMemory.forget(ref)
}

function headerOf({ headers }: UpstreamResponse, wanted: string): string | undefined {
  return headers.find(([name]) => name === wanted)?.[1]
}

function withRetryAfter(answer: UpstreamResponse, seconds: number): UpstreamResponse {
  return { ...answer, headers: [...answer.headers, ['retry-after', String(Math.ceil(seconds))]] }
}

async function send(
  services: ProxyPorts,
  request: FollowedRequest,
  { connection, accessToken }: ServedToken,
  end: EpochSeconds,
): Promise<UpstreamResponse> {
  const { base, path } = target(services, request, connection)
  const remaining = (end - services.now()) * 1000
  if (remaining <= 0)
    throw new ServiceError(
      'upstream_timeout',
      'The time for this call ran out before it was sent to ClickFunnels. It was not carried out. Try again.',
    )
  request.facts.upstreamCalls += 1
  const answer = await request.facts.upstream(services.stopwatch, () =>
    services.resourceServer.call({
      connection: connection.id,
      method: request.method,
      url: `${base}/${path}${request.rawQuery === '' ? '' : `?${request.rawQuery}`}`,
      headers: [...requestHeadersToSend(request.headers), ['x-request-id', request.requestId]],
      accessToken,
      ...(request.body && { body: request.body }),
      deadlineMilliseconds: remaining,
    }),
  )
  const proxied = `${services.publicUrl}/v1/connections/${connection.id}/proxy`
  const headers = responseHeadersToReturn(answer.headers).map(([name, value]) =>
    name === 'link' ? ([name, rewriteLink(value, base, proxied)] as const) : ([name, value] as const),
  )
  return { ...answer, headers }
}

/** Where a call goes. Of the request, only the path decides that. */
function target({ provider }: ProxyPorts, request: ProxyRequest, { workspace }: Connection) {
  const segments = request.segments ?? funnelsPath(provider, workspace.id)
  const base = segments && apiBase(provider, workspace, segments)
  if (segments === undefined || base === undefined) {
    throw new ServiceError(
      'upstream_unreachable',
      "The host of this connection's workspace is unknown or no longer allowed. The call was not made. The end user has to connect again.",
    )
  }
  return { base, path: encodeApiPath(segments) }
}
