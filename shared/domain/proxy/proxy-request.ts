// What a caller asks the proxy for, and what the proxy needs for it.
import type { Ambient } from '../ambient.ts'
import type { ConnectionPorts } from '../connections/ports.ts'
import type { ConnectionId } from '../ids.ts'
import type { ProviderPorts } from '../provider/ports.ts'
import type { HeaderList } from '../provider/resource-server.ts'
import type { Tenant } from '../tenants/tenant.ts'
import type { FreshTokenPorts } from '../tokens/await-refresh.ts'
import type { Breaker } from './breaker.ts'
import type { CallFacts } from './call-facts.ts'

/** A proxied call ends within this, with all its retries. API Gateway gives up after 30 s. */
export const CALL_SECONDS = 25

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
  /** How many seconds the caller gives the call, with everything that belongs to it. */
  readonly timeoutSeconds?: number
  /** Filled in for the log line of the call. */
  readonly facts?: CallFacts
}

export type ProxyPorts = FreshTokenPorts &
  Pick<
    ProviderPorts & Ambient & ConnectionPorts,
    'provider' | 'publicUrl' | 'stopwatch' | 'resourceServer' | 'pacer'
  > & { readonly breaker: Breaker }

/** The request with what is known of its caller. */
export type FollowedRequest = ProxyRequest & {
  readonly facts: CallFacts
  readonly lookUntil: Tenant['lookUntil']
}
