// ClickFunnels' API as a resource server (RFC 6750): calls with an access token, and the probe that shows whether a
// token is valid.

import { ServiceError } from '#domain/errors.ts'
import type { ProviderProfile } from '#domain/provider/profile.ts'
import type {
  ProbeOutcome,
  ResourceServer,
  UpstreamRequest,
  UpstreamResponse,
} from '#domain/provider/resource-server.ts'
import type { Secret } from '#domain/secret.ts'
import { MAX_RESPONSE_BYTES, type OutgoingResponse } from '../outgoing/answer-reader.ts'
import { sendRequest } from '../outgoing/client.ts'
import { OutgoingError } from '../outgoing/error.ts'
import { workspaceFrom } from './workspace.ts'

const PROBE_DEADLINE_MILLISECONDS = 8_000

export class ClickFunnelsApi implements ResourceServer {
  readonly #profile: ProviderProfile

  constructor(profile: ProviderProfile) {
    this.#profile = profile
  }

  async call({ accessToken, headers, ...request }: UpstreamRequest): Promise<UpstreamResponse> {
    try {
      const answer = await sendRequest({ ...request, headers: [...headers, bearer(accessToken)] })
      if (isBlockPage(answer)) throw blocked()
      return answer
    } catch (error) {
      throw error instanceof OutgoingError ? problemOf(error) : error
    }
  }

  async probe(accessToken: Secret): Promise<ProbeOutcome> {
    try {
      const { status, body } = await sendRequest({
        method: 'GET',
        url: `${this.#profile.accountsApi}/me`,
        headers: [['accept', 'application/json'], bearer(accessToken)],
        deadlineMilliseconds: PROBE_DEADLINE_MILLISECONDS,
      })
      if (status === 401) return { outcome: 'rejected' }
      if (status !== 200) return { outcome: 'unclear', detail: `status ${status}` }
      const me = parsed(body)
      if (me === undefined) return { outcome: 'unclear', detail: 'the answer is not JSON' }
      return { outcome: 'alive', workspace: workspaceFrom(this.#profile, me.connected_workspace) }
    } catch (error) {
      if (error instanceof OutgoingError) return { outcome: 'unclear', detail: error.message }
      throw error
    }
  }
}

function bearer(accessToken: Secret) {
  return ['authorization', `Bearer ${accessToken.reveal()}`] as const
}

function parsed(body: Uint8Array): Readonly<Record<string, unknown>> | undefined {
  try {
    const json: unknown = JSON.parse(Buffer.from(body).toString())
    return typeof json === 'object' && json !== null ? (json as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

/**
 * Whether Cloudflare, in front of ClickFunnels, refused the call with its own page. ClickFunnels itself answers in
 * JSON.
 */
function isBlockPage({ status, headers }: OutgoingResponse): boolean {
  const header = (wanted: string) => headers.find(([name]) => name === wanted)?.[1] ?? ''
  const cloudflare = header('server') === 'cloudflare' || header('cf-ray') !== ''
  return status === 403 && cloudflare && header('content-type').startsWith('text/html')
}

function blocked(): ServiceError {
  return new ServiceError(
    'upstream_blocked',
    'The network in front of ClickFunnels blocked the call. ClickFunnels did not see it, so it was not carried out.',
    { retryAfterSeconds: 60 },
  )
}

function problemOf({ fault, message, size }: OutgoingError): ServiceError {
  switch (fault) {
    case 'unreachable':
      return new ServiceError(
        'upstream_unreachable',
        `ClickFunnels could not be reached (${message}). The call was not made.`,
        { retryAfterSeconds: 5 },
      )
    case 'untrusted':
      return new ServiceError(
        'upstream_untrusted',
        `ClickFunnels' identity could not be verified (${message}). The call was not made.`,
      )
    case 'timeout':
      return new ServiceError(
        'upstream_timeout',
        'ClickFunnels did not answer in time. Whether the call was carried out is unknown.',
      )
    case 'lost':
      return new ServiceError(
        'upstream_answer_lost',
        `The network connection to ClickFunnels broke (${message}). Whether the call was carried out is unknown.`,
      )
    case 'too_large':
      return new ServiceError(
        'upstream_response_too_large',
        `ClickFunnels' answer is too large (${message}). Ask for less at a time.`,
        { extensions: { size, limit: MAX_RESPONSE_BYTES } },
      )
    case 'invalid':
      return new ServiceError(
        'malformed_request',
        'The query or a header contains characters that HTTP does not allow. The call was not made.',
      )
  }
}
