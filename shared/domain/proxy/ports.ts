// A call through the proxy needs the breaker; one with an `Idempotency-Key` the store of earlier calls.
import type { Breaker } from './breaker.ts'
import type { KeyedCalls } from './idempotency.ts'

export interface ProxyStorePorts {
  readonly keyedCalls: KeyedCalls
  readonly breaker: Breaker
}
