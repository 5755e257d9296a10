// The calls that this service makes to its table. Items are plain objects, a condition that does not hold is a boolean, throttling
// and outages are a ServiceError. The stores beside this file use it; no other file calls the SDK's DynamoDB client.
import { setTimeout as sleep } from 'node:timers/promises'
import {
  type AttributeValue,
  BatchGetItemCommand,
  type BatchGetItemCommandInput,
  type BatchGetItemCommandOutput,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  TransactionCanceledException,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb'
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb'
import { callAws, storageUnavailable } from '../aws-call.ts'
import {
  type Condition,
  deleteInput,
  type Item,
  marshalled,
  putInput,
  transactInput,
  type Update,
  updateInput,
  type Write,
} from './expressions.ts'
import type { Key } from './schema.ts'

export interface Query {
  readonly index?: string
  readonly partition: readonly [attribute: string, value: string]
  readonly sort?: { readonly expression: string; readonly attribute: string; readonly values: Item }
  readonly newestFirst?: boolean
  readonly limit?: number
  readonly filter?: Condition
  readonly after?: Item
}

/** DynamoDB's limit for one call. */
const MAX_BATCH_GET_KEYS = 100
/** Of a transaction in conflict, and of a batch that DynamoDB answers by halves. */
const MAX_ATTEMPTS = 6
const PAUSE_MILLISECONDS = 30

export class Table {
  readonly #client: DynamoDBClient
  readonly #name: string

  constructor(client: DynamoDBClient, name: string) {
    this.#client = client
    this.#name = name
  }

  /** Reads one item, strongly consistent. */
  async get(key: Key): Promise<Item | undefined> {
    const { Item } = await callAws('DynamoDB', (options) =>
      this.#client.send(
        new GetItemCommand({ TableName: this.#name, Key: marshall(key), ConsistentRead: true }),
        options,
      ),
    )
    return Item && unmarshall(Item)
  }

  /**
   * Reads items by key, in no particular order; missing ones are left out.
   * @param ConsistentRead whether it sees every write that was answered before, for twice the price
   */
  async getMany(keys: readonly Key[], ConsistentRead = false): Promise<readonly Item[]> {
    const found: Item[] = []
    const wanted: Record<string, AttributeValue>[] = keys.map((key) => marshall(key))
    let incomplete = 0
    while (wanted.length > 0) {
      const input: BatchGetItemCommandInput = {
        RequestItems: {
          [this.#name]: {
            Keys: wanted.splice(0, MAX_BATCH_GET_KEYS),
            ConsistentRead,
          },
        },
      }
      const { Responses, UnprocessedKeys }: BatchGetItemCommandOutput = await callAws('DynamoDB', (options) =>
        this.#client.send(new BatchGetItemCommand(input), options),
      )
      found.push(...(Responses?.[this.#name] ?? []).map((item) => unmarshall(item)))
      const unprocessed = UnprocessedKeys?.[this.#name]?.Keys ?? []
      if (unprocessed.length > 0) {
        incomplete += 1
        if (incomplete === MAX_ATTEMPTS) throw storageUnavailable(new Error('DynamoDB left keys unread'))
        await pause(incomplete)
      }
      wanted.push(...unprocessed)
    }
    return found
  }

  /** Reads one page of items; `last` is where the next page starts, if there may be one. */
  async query(query: Query): Promise<{ readonly items: readonly Item[]; readonly last?: Item }> {
    const [attribute, value] = query.partition
    const { sort, filter } = query
    const { Items, LastEvaluatedKey } = await callAws('DynamoDB', (options) =>
      this.#client.send(
        new QueryCommand({
          TableName: this.#name,
          IndexName: query.index,
          KeyConditionExpression: `#partition = :partition${sort ? ` AND ${sort.expression}` : ''}`,
          FilterExpression: filter?.expression,
          ExpressionAttributeNames: {
            '#partition': attribute,
            ...(sort && { '#sort': sort.attribute }),
            ...filter?.names,
          },
          ExpressionAttributeValues: marshalled({ ':partition': value, ...sort?.values, ...filter?.values }),
          ScanIndexForward: query.newestFirst !== true,
          Limit: query.limit,
          ExclusiveStartKey: query.after && marshall(query.after),
          ConsistentRead: query.index === undefined,
        }),
        options,
      ),
    )
    const items = (Items ?? []).map((item) => unmarshall(item))
    return { items, ...(LastEvaluatedKey && { last: unmarshall(LastEvaluatedKey) }) }
  }

  /** Puts an item; false if the condition does not hold. */
  put(item: Item, condition?: Condition): Promise<boolean> {
    return this.#conditional((options) =>
      this.#client.send(new PutItemCommand(putInput(this.#name, item, condition)), options),
    )
  }

  /** Changes an item and gives it as it is now; `undefined` if the condition does not hold. */
  async update(key: Key, change: Update, condition?: Condition): Promise<Item | undefined> {
    const { changed, item } = await this.change(key, change, condition)
    return changed ? item : undefined
  }

  /** The same. If the condition does not hold, `item` is the unchanged item, if there is one. */
  async change(
    key: Key,
    change: Update,
    condition?: Condition,
  ): Promise<{ readonly changed: boolean; readonly item?: Item }> {
    const input = {
      ...updateInput(this.#name, key, change, condition),
      ReturnValues: 'ALL_NEW',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    } as const
    try {
      const { Attributes } = await callAws('DynamoDB', (options) =>
        this.#client.send(new UpdateItemCommand(input), options),
      )
      return { changed: true, ...(Attributes && { item: unmarshall(Attributes) }) }
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error
      return { changed: false, ...(error.Item && { item: unmarshall(error.Item) }) }
    }
  }

  /** Deletes an item if there is one; false if the condition does not hold. */
  delete(key: Key, condition?: Condition): Promise<boolean> {
    return this.#conditional((options) =>
      this.#client.send(new DeleteItemCommand(deleteInput(this.#name, key, condition)), options),
    )
  }

  /**
   * Makes all writes or none; false if a condition does not hold. Transactions on the same item, such as a counter, conflict for
   * milliseconds and are retried.
   * @throws ServiceError storage_unavailable when a conflict stays
   */
  async transact(writes: readonly Write[]): Promise<boolean> {
    const TransactItems = writes.map((write) => transactInput(this.#name, write))
    for (let attempt = 1; ; attempt++) {
      try {
        await callAws('DynamoDB', (options) =>
          this.#client.send(new TransactWriteItemsCommand({ TransactItems }), options),
        )
        return true
      } catch (error) {
        if (!(error instanceof TransactionCanceledException)) throw error
        const reasons = (error.CancellationReasons ?? []).map(({ Code }) => Code)
        if (reasons.includes('ConditionalCheckFailed')) return false
        if (!reasons.includes('TransactionConflict') || attempt === MAX_ATTEMPTS) {
          throw storageUnavailable(error)
        }
        await pause(attempt)
      }
    }
  }

  async #conditional(call: (options: { abortSignal: AbortSignal }) => Promise<unknown>): Promise<boolean> {
    try {
      await callAws('DynamoDB', call)
      return true
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false
      throw error
    }
  }
}

/** Longer after each attempt, with jitter. */
function pause(attempt: number): Promise<void> {
  return sleep(attempt * PAUSE_MILLISECONDS * (0.5 + Math.random()))
}
