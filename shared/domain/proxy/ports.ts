// A call with an `Idempotency-Key` needs the store of earlier calls.
import type { KeyedCalls } from './idempotency.ts'

export interface ProxyStorePorts {
  readonly keyedCalls: KeyedCalls
}
