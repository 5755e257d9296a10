// DynamoDB in memory: the operations that this project uses.
import { AwsError } from '../aws-error.ts'
import type { Random } from '../random.ts'
import { type QueryInput, query } from './query.ts'
import { type BatchGetInput, batchGetItem, type GetInput, getItem } from './reads.ts'
import { type Lateness, NEVER_LATE, StoredTable, type TableShape } from './table.ts'
import { type Tokens, type TransactionInput, transact } from './transaction.ts'
import { type WriteInput, write } from './writes.ts'

export class DynamoDb {
  readonly tables: ReadonlyMap<string, StoredTable>
  readonly #tokens: Tokens
  readonly #tableOf = (name: string): StoredTable => {
    const table = this.tables.get(name)
    if (table) return table
    throw new AwsError('ResourceNotFoundException', 'Requested resource not found')
  }

  constructor(shapes: readonly TableShape[], random: Random, lateness: Lateness = NEVER_LATE) {
    this.tables = new Map(shapes.map((shape) => [shape.name, new StoredTable(shape, lateness, random)]))
    this.#tokens = new Map()
  }

  clone(random: Random): DynamoDb {
    const copy = new DynamoDb([], random)
    const tables = copy.tables as Map<string, StoredTable>
    for (const [name, table] of this.tables) tables.set(name, table.clone(random))
    for (const [token, made] of this.#tokens) copy.#tokens.set(token, made)
    return copy
  }

  /**
   * @param input parsed JSON; the table keeps parts of it, so it must not be changed afterwards. The same holds for what comes back
   * @param now in milliseconds since the epoch
   * @throws AwsError
   */
  call(operation: string, input: object, now: number): object {
    for (const table of this.tables.values()) table.sweep(now)
    switch (operation) {
      case 'GetItem':
        return getItem(this.#tableOf((input as GetInput).TableName), input as GetInput, now)
      case 'BatchGetItem':
        return batchGetItem(this.#tableOf, input as BatchGetInput, now)
      case 'Query':
        return query(this.#tableOf((input as QueryInput).TableName), input as QueryInput, now)
      case 'PutItem':
      case 'UpdateItem':
      case 'DeleteItem':
        return write(operation, this.#tableOf((input as WriteInput).TableName), input as WriteInput, now)
      case 'TransactWriteItems':
        return transact(this.#tableOf, this.#tokens, input as TransactionInput, now)
      default:
        throw new Error(`The simulated DynamoDB has no ${operation}`)
    }
  }
}
