// Sends a call to the host of its path, at the pace of its connection, and again where that is safe.
import { type Connection, refOf } from '../connections/connection.ts'
import { mayShrink, paceNow } from '../connections/pace.ts'
import { ServiceError } from '../errors.ts'
import { apiBase, funnelsPath } from '../provider/profile.ts'
import { isSafeMethod, type UpstreamResponse } from '../provider/resource-server.ts'
import { retryAfterSeconds } from '../provider/retry-after.ts'
import type { EpochSeconds } from '../time.ts'
import type { ServedToken } from '../tokens/token-memory.ts'
import { requestHeadersToSend, responseHeadersToReturn, rewriteLink } from './api-headers.ts'
import { encodeApiPath } from './api-path.ts'
import type { FollowedRequest, ProxyPorts, ProxyRequest } from './proxy-request.ts'

/** No attempt begins with less time than this. */
export const ATTEMPT_SECONDS = 2
const BACKOFF_SECONDS = 1
const RETRIED_STATUSES = [429, 503]
const MAX_ATTEMPTS = 4
/** How long a call waits for its connection's pace. If it takes longer, the caller has to wait. */
const MAX_PACE_WAIT_SECONDS = 5

/**
 * Sends a call. After a 429 or 503, one with a safe method is sent again when `Retry-After` or a jittered backoff says, if
 * that is before `end`; otherwise the answer is passed on with a `Retry-After`.
 * @throws ServiceError rate_limited; upstream_*
 */
export async function sendWithRetry(
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
  const { tenantId, appId } = connection
  const place = { tenantId, appId, host: new URL(base).host }
  const patience = await services.breaker.patience(place, end - services.now(), request.lookUntil)
  if (patience.seconds <= 0)
    throw new ServiceError(
      'upstream_timeout',
      'The time for this call ran out before it was sent to ClickFunnels. It was not carried out. Try again.',
    )
  request.facts.upstreamCalls += 1
  const call = {
    connection: connection.id,
    method: request.method,
    url: `${base}/${path}${request.rawQuery === '' ? '' : `?${request.rawQuery}`}`,
    headers: [...requestHeadersToSend(request.headers), ['x-request-id', request.requestId]] as const,
    accessToken,
    ...(request.body && { body: request.body }),
    deadlineMilliseconds: patience.seconds * 1000,
  }
  const answer = await request.facts
    .upstream(services.stopwatch, () => services.resourceServer.call(call))
    .catch((error) => {
      const isLate = error instanceof ServiceError && error.code === 'upstream_timeout'
      throw (isLate && services.breaker.timedOut(place, patience)) || error
    })
  services.breaker.answered(place, patience)
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
