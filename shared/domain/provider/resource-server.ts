// The provider's API behind an access token (RFC 6750): proxied calls, and the probe that tells whether a token works.
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
  /** 401: the provider refuses the access token. */
  | { readonly outcome: 'rejected' }
  /** Any other answer proves nothing. */
  | { readonly outcome: 'unclear'; readonly detail: string }

export interface ResourceServer {
  /** @throws ServiceError upstream_unreachable, upstream_timeout, upstream_response_too_large */
  call(request: UpstreamRequest): Promise<UpstreamResponse>
  /** Asks `GET /me` on the accounts host whether the token works, and for which workspace. */
  probe(accessToken: Secret): Promise<ProbeOutcome>
}

export type HeaderList = readonly (readonly [name: string, value: string])[]
