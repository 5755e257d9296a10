// Carries out a call with an Idempotency-Key once. Its answer is stored for a day, and every repetition of the call
// with the same key gets it. If it is unknown whether ClickFunnels carried the call out, the repetition gets an
// error, and nothing is sent again. ClickFunnels itself does not support such keys.

import type { Caller } from '../callers/caller.ts'
import { ServiceError } from '../errors.ts'
import { randomSecret } from '../hash.ts'
import type { ResourceServer, UpstreamRequest, UpstreamResponse } from '../provider/resource-server.ts'
import { deadlineIn, earliest, later } from '../time.ts'
import type { Sealed } from '../vault/vault.ts'
import { responseHeadersToReturn } from './api-headers.ts'
import {
  type CallOutcome,
  fingerprintOf,
  type IdempotencyKey,
  type KeyedCall,
  keyHashOf,
} from './idempotency.ts'
import { openAnswer, sealAnswer } from './kept-answer.ts'
import { type EntryPorts, endCall, enterCall, forgetCall } from './keyed-entry.ts'
import { proxyCall } from './proxy.ts'
import type { ProxyPorts, ProxyRequest } from './proxy-request.ts'

export interface KeyedAnswer extends UpstreamResponse {
  /** Whether it is the answer to an earlier call. */
  readonly replayed: boolean
}

/** ClickFunnels did not carry out a call with such an answer. The key is free again, so that a repetition is sent. */
const NOT_CARRIED_OUT = [401, 429]
/**
 * Such an answer does not say whether ClickFunnels carried out the call: a host in front of it may give up after the
 * deed. It is not stored, because a repetition would get it, and its Retry-After, for a day (docs/adr/0023).
 */
const SAYS_NOTHING = 503
/** A second less than other calls have, because what became of it is stored after it, which may take four. */
const KEYED_CALL_SECONDS = 24
/** Failures before the call was sent, or before ClickFunnels saw it. */
const NOT_SENT = ['upstream_unreachable', 'upstream_untrusted', 'upstream_blocked', 'malformed_request']

/**
 * Carries out a call, or replays the answer to an earlier call with its key.
 * @throws ServiceError idempotency_key_reused; idempotency_in_progress; idempotency_outcome_unknown;
 *   idempotency_answer_not_kept; and the errors of `proxyCall`
 */
export async function keyedCall(
  services: ProxyPorts & EntryPorts,
  caller: Caller,
  request: ProxyRequest,
  key: IdempotencyKey,
  deadline = deadlineIn(services.now()),
): Promise<KeyedAnswer> {
  const tenantId = caller.tenant.id
  // The sealer is obtained before the call is sent, so that a fault of the keys loses no answer.
  const seal = await services.vault.sealer(tenantId)
  const entered = await enterCall(services, caller, deadline.since, {
    tenantId,
    connectionId: request.connectionId,
    keyHash: keyHashOf(key),
    attempt: randomSecret(services.randomBytes),
    fingerprint: fingerprintOf(key, request),
  })
  if (entered.earlier !== undefined) return replay(services, entered.earlier)

  const { attempt } = entered
  const upstream = new WatchedServer(services.resourceServer)
  let answer: UpstreamResponse
  try {
    const end = earliest(deadline.end, later(deadline.since, KEYED_CALL_SECONDS))
    const shorter = { ...deadline, end }
    answer = await proxyCall({ ...services, resourceServer: upstream }, caller, request, shorter)
  } catch (error) {
    await (upstream.loss ? endCall(services, attempt, upstream.loss) : forgetCall(services, attempt))
    throw error
  }
  if (NOT_CARRIED_OUT.includes(answer.status)) await forgetCall(services, attempt)
  else
    await endCall(
      services,
      attempt,
      outcomeOf(answer, () => sealAnswer(seal, attempt, answer)),
    )
  return { ...answer, replayed: false }
}

/** The resource server, with a note of what is known about a call that has no answer. */
class WatchedServer implements ResourceServer {
  /** Set while a call may have been carried out whose answer is missing. */
  loss: CallOutcome | undefined
  readonly #server: ResourceServer

  constructor(server: ResourceServer) {
    this.#server = server
  }

  async call(request: UpstreamRequest): Promise<UpstreamResponse> {
    this.loss = { status: 'unknown' }
    try {
      const answer = await this.#server.call(request)
      if (NOT_CARRIED_OUT.includes(answer.status)) this.loss = undefined
      return answer
    } catch (error) {
      if (error instanceof ServiceError) this.loss = lossOf(error)
      throw error
    }
  }

  probe: ResourceServer['probe'] = (accessToken) => this.#server.probe(accessToken)
}

function lossOf({ code }: ServiceError): CallOutcome | undefined {
  if (NOT_SENT.includes(code)) return undefined
  return code === 'upstream_response_too_large' ? { status: 'not_kept' } : { status: 'unknown' }
}

function outcomeOf({ status }: UpstreamResponse, keep: () => Sealed | undefined): CallOutcome {
  if (status === SAYS_NOTHING) return { status: 'unknown' }
  const answer = keep()
  return answer ? { status: 'kept', answer } : { status: 'not_kept', upstreamStatus: status }
}

async function replay(services: ProxyPorts, earlier: KeyedCall): Promise<KeyedAnswer> {
  const { state } = earlier
  if (state.status === 'kept') {
    const { headers, ...answer } = await openAnswer(services.vault, earlier, state.answer)
    // An earlier version of this service may have stored headers that are no longer returned.
    return { ...answer, headers: responseHeadersToReturn(headers), replayed: true }
  }
  if (state.status === 'not_kept') throw answerNotKept(state.upstreamStatus)
  throw new ServiceError(
    'idempotency_outcome_unknown',
    'An earlier call with this "Idempotency-Key" was cut off, its answer was lost, or ClickFunnels answered 503. Whether ClickFunnels carried it out is unknown. It is not sent again.',
  )
}

function answerNotKept(upstreamStatus: number | undefined): ServiceError {
  return new ServiceError(
    'idempotency_answer_not_kept',
    'An earlier call with this "Idempotency-Key" was carried out, but its answer was too large to store. It is not sent again.',
    { ...(upstreamStatus !== undefined && { extensions: { upstream_status: upstreamStatus } }) },
  )
}
