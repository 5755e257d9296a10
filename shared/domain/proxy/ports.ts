// Calls with an `Idempotency-Key` need the store that keeps their first answer.
import type { KeyedCalls } from './idempotency.ts'

export interface ProxyStorePorts {
  readonly keyedCalls: KeyedCalls
}
