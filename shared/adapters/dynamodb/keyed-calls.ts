// Calls with an Idempotency-Key in DynamoDB. Readers refuse an expired call by its own time; the TTL only cleans up.
import type { CallOutcome, KeyedCall, KeyedCalls, KeyedRef } from '#domain/proxy/idempotency.ts'
import type { EpochSeconds } from '#domain/time.ts'
import type { Condition, Item } from './expressions.ts'
import { keyedCallKey, TTL_ATTRIBUTE } from './schema.ts'
import type { Table } from './table.ts'
import { withoutKey } from './tenant-items.ts'

export class DynamoDbKeyedCalls implements KeyedCalls {
  readonly #table: Table

  constructor(table: Table) {
    this.#table = table
  }

  async begin(call: KeyedCall, now: EpochSeconds): Promise<KeyedCall | undefined> {
    const free = {
      expression: 'attribute_not_exists(pk) OR expiresAt <= :now',
      values: { ':now': now },
    }
    for (;;) {
      if (await this.#table.put(keyedCallItem(call), free)) return undefined
      const earlier = await this.get(call, now)
      // The earlier call was deleted or expired between the two requests, so its key is free.
      if (earlier !== undefined) return earlier
    }
  }

  async get(
    { tenantId, connectionId, keyHash }: KeyedRef,
    now: EpochSeconds,
  ): Promise<KeyedCall | undefined> {
    const item = await this.#table.get(keyedCallKey(tenantId, connectionId, keyHash))
    const call = item && withoutKey<KeyedCall>(item)
    return call !== undefined && call.expiresAt > now ? call : undefined
  }

  end(call: KeyedCall, outcome: CallOutcome, expiresAt: EpochSeconds): Promise<boolean> {
    // A put, because an update would return the kept answer as well.
    return this.#table.put(keyedCallItem({ ...call, state: outcome, expiresAt }), isAttempt(call))
  }

  async forget(call: KeyedCall): Promise<void> {
    await this.#table.delete(keyedCallKey(call.tenantId, call.connectionId, call.keyHash), isAttempt(call))
  }
}

export function keyedCallItem(call: KeyedCall): Item {
  const { tenantId, connectionId, keyHash, expiresAt } = call
  return { ...keyedCallKey(tenantId, connectionId, keyHash), ...call, [TTL_ATTRIBUTE]: expiresAt }
}

function isAttempt({ attempt }: KeyedCall): Condition {
  return { expression: 'attempt = :attempt', values: { ':attempt': attempt } }
}
