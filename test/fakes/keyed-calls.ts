// Calls with an Idempotency-Key in a map.
import type { CallOutcome, KeyedCall, KeyedCalls, KeyedRef } from '#domain/proxy/idempotency.ts'
import type { EpochSeconds } from '#domain/time.ts'

export class FakeKeyedCalls implements KeyedCalls {
  readonly items = new Map<string, KeyedCall>()

  async begin(call: KeyedCall, now: EpochSeconds): Promise<KeyedCall | undefined> {
    const earlier = this.#find(call, now)
    if (earlier === undefined) this.items.set(keyOf(call), structuredClone(call))
    return earlier
  }

  async get(ref: KeyedRef, now: EpochSeconds): Promise<KeyedCall | undefined> {
    return this.#find(ref, now)
  }

  async end(call: KeyedCall, outcome: CallOutcome, expiresAt: EpochSeconds): Promise<boolean> {
    if (this.items.get(keyOf(call))?.attempt !== call.attempt) return false
    this.items.set(keyOf(call), structuredClone({ ...call, state: outcome, expiresAt }))
    return true
  }

  async forget(call: KeyedCall): Promise<void> {
    if (this.items.get(keyOf(call))?.attempt === call.attempt) this.items.delete(keyOf(call))
  }

  #find(ref: KeyedRef, now: EpochSeconds): KeyedCall | undefined {
    const call = this.items.get(keyOf(ref))
    return call !== undefined && call.expiresAt > now ? structuredClone(call) : undefined
  }
}

function keyOf({ tenantId, connectionId, keyHash }: KeyedRef): string {
  return `${tenantId}/${connectionId}/${keyHash}`
}
