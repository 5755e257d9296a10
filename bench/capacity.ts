// Counts what DynamoDB calls of a client consume, as DynamoDB itself reports it.
import type { ConsumedCapacity, DynamoDBClient } from '@aws-sdk/client-dynamodb'

export interface Consumption {
  calls: number
  readUnits: number
  writeUnits: number
}

const READS = /^(GetItem|BatchGetItem|Query)Command$/

/** From now on every call of the client asks what it consumed, and adds it up. */
export function countCapacity(client: DynamoDBClient): Consumption {
  const total: Consumption = { calls: 0, readUnits: 0, writeUnits: 0 }
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const result = await next({
        ...args,
        input: { ...args.input, ReturnConsumedCapacity: 'TOTAL' } as typeof args.input,
      })
      const { ConsumedCapacity } = result.output as {
        ConsumedCapacity?: ConsumedCapacity | ConsumedCapacity[]
      }
      const units = [ConsumedCapacity ?? []].flat().reduce((sum, one) => sum + (one.CapacityUnits ?? 0), 0)
      total.calls += 1
      if (READS.test(context.commandName ?? '')) total.readUnits += units
      else total.writeUnits += units
      return result
    },
    { step: 'initialize', name: 'countCapacity' },
  )
  return total
}
