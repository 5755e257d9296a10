// The provider's API behind an access token (RFC 6750): a call that is passed on, and the probe that tells whether a token lives.
import type { ConnectionId } from '../ids.ts'
import type { Secret } from '../secret.ts'
import type { Workspace } from './workspace.ts'

const SAFE_METHODS = ['GET', 'HEAD', 'OPTIONS']

/** Whether a method changes nothing, so that its requests may be repeated (RFC 9110 section 9.2.1). */
export function isSafeMethod(method: string): boolean {
  return SAFE_METHODS.includes(method)
}

export interface UpstreamRequest {
  /** Sockets to ClickFunnels are kept for this connection alone. */
  readonly connection: ConnectionId
  readonly method: string
  readonly url: string
  /** Names in lower case, repeated ones one after another. */
  readonly headers: HeaderList
  readonly accessToken: Secret
  readonly body?: Uint8Array
  readonly deadlineMilliseconds: number
}

export interface UpstreamResponse {
  readonly status: number
  readonly headers: HeaderList
  readonly body: Uint8Array
}

export type ProbeOutcome =
  | { readonly outcome: 'alive'; readonly workspace: Workspace }
  /** 401: the access token is dead, or looks so. */
  | { readonly outcome: 'rejected' }
  /** Anything else proves nothing. */
  | { readonly outcome: 'unclear'; readonly detail: string }

export interface ResourceServer {
  /** @throws ServiceError upstream_unreachable, upstream_timeout, upstream_response_too_large */
  call(request: UpstreamRequest): Promise<UpstreamResponse>
  /** `GET /me` on the accounts host: does the token live, and whose is it? */
  probe(accessToken: Secret): Promise<ProbeOutcome>
}

export type HeaderList = readonly (readonly [name: string, value: string])[]
