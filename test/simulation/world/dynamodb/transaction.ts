// TransactWriteItems: all writes or none, each token once.
import { AwsError, onlyKnown, refuse } from '../aws-error.ts'
import type { StoredTable } from './table.ts'
import { type Item, sizeOfItem } from './value.ts'
import {
  changeOf,
  checkedWrite,
  isThrottled,
  type Write,
  type WriteInput,
  type WriteOperation,
} from './writes.ts'

export interface TransactionInput {
  readonly TransactItems: readonly Readonly<Partial<Record<Part, WriteInput>>>[]
  readonly ClientRequestToken?: string
}

type Part = 'Put' | 'Update' | 'Delete' | 'ConditionCheck'
const OPERATIONS: Readonly<Record<Part, WriteOperation>> = {
  Put: 'PutItem',
  Update: 'UpdateItem',
  Delete: 'DeleteItem',
  ConditionCheck: 'ConditionCheck',
}
const MEMBERS = new Set(['TransactItems', 'ClientRequestToken'])
const MAX_ITEMS = 100
const MAX_BYTES = 4 * 1024 * 1024
/** How long DynamoDB remembers the token of a transaction that was made. */
const TOKEN_MILLISECONDS = 10 * 60 * 1000

interface Reason {
  readonly Code: string
  readonly Message?: string
  readonly Item?: Item
}

/** The transactions that were made, by their token. */
export type Tokens = Map<string, { readonly items: string; readonly at: number }>

/** @throws AwsError */
export function transact(
  tableOf: (name: string) => StoredTable,
  tokens: Tokens,
  input: TransactionInput,
  now: number,
): object {
  onlyKnown('TransactWriteItems', input, MEMBERS)
  const { TransactItems: parts, ClientRequestToken: token } = input
  if (parts.length < 1 || parts.length > MAX_ITEMS) {
    refuse(`Member must have length less than or equal to ${MAX_ITEMS}, and at least 1`)
  }
  const items = token === undefined ? '' : JSON.stringify(parts)
  if (token !== undefined && isRepeated(tokens, token, items, now)) return {}
  const writes = parts.map((part) => {
    const [[kind, inner] = [], ...others] = Object.entries(part) as [Part, WriteInput][]
    if (kind === undefined || inner === undefined || others.length > 0) {
      return refuse('TransactItems can only contain one of Check, Put, Update or Delete')
    }
    return checkedWrite(OPERATIONS[kind], tableOf(inner.TableName), inner)
  })
  const ids = writes.map(({ table, key }) => `${table.shape.name}\0${table.idOf(key)}`)
  if (new Set(ids).size < ids.length) {
    refuse('Transaction request cannot include multiple operations on one item')
  }
  make(writes, now)
  if (token !== undefined) tokens.set(token, { items, at: now })
  return {}
}

function make(writes: readonly Write[], now: number): void {
  const prepared = writes.map((write) => prepare(write, now))
  const reasons = prepared.map(({ reason }) => reason ?? { Code: 'None' })
  if (reasons.some(({ Code }) => Code !== 'None')) throw cancelled(reasons)
  const bytes = prepared.reduce((sum, { after }) => sum + (after ? sizeOfItem(after) : 0), 0)
  if (bytes > MAX_BYTES) refuse('Collection size exceeded: the aggregate size of the items is over 4 MB')
  for (const { write, after } of prepared) {
    const { table, key, input } = write
    const id = table.idOf(key)
    const { transactionMilliseconds } = table.lateness
    if (transactionMilliseconds > 0) table.busy.set(id, now + table.random.next() * transactionMilliseconds)
    const changes = input.Key === undefined || input.UpdateExpression !== undefined || after === undefined
    if (changes) table.store(key, after, now)
  }
}

interface Prepared {
  readonly write: Write
  readonly after?: Item | undefined
  readonly reason?: Reason
}

/** What one write would do, or why it cannot. */
function prepare(write: Write, now: number): Prepared {
  try {
    return judged(write, now)
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    return { write, reason: { Code: 'ValidationError', Message: error.message } }
  }
}

function judged(write: Write, now: number): Prepared {
  const { table, key, input, holds } = write
  write.checkSchema()
  const id = table.idOf(key)
  const before = table.rows.get(id)?.item
  if ((table.busy.get(id) ?? 0) > now) {
    return { write, reason: { Code: 'TransactionConflict', Message: 'Transaction is ongoing for the item' } }
  }
  if (!holds(before)) {
    const shown = input.ReturnValuesOnConditionCheckFailure === 'ALL_OLD' && before
    return {
      write,
      reason: {
        Code: 'ConditionalCheckFailed',
        Message: 'The conditional request failed',
        ...(shown && { Item: before }),
      },
    }
  }
  const after = changeOf(write, before)
  if (!isThrottled(write, before, after, now)) return { write, after }
  const Message = 'Throughput exceeds the current capacity of your table or index'
  return { write, reason: { Code: 'ThrottlingError', Message } }
}

function cancelled(reasons: readonly Reason[]): AwsError {
  const codes = reasons.map(({ Code }) => Code).join(', ')
  return new AwsError(
    'TransactionCanceledException',
    `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`,
    { CancellationReasons: reasons },
  )
}

/** Whether the same transaction was made before: the SDK repeats a request whose answer it did not get. */
function isRepeated(tokens: Tokens, token: string, items: string, now: number): boolean {
  for (const [old, { at }] of tokens) {
    if (at > now - TOKEN_MILLISECONDS) break
    tokens.delete(old)
  }
  const made = tokens.get(token)
  if (made === undefined) return false
  if (made.items === items) return true
  throw new AwsError(
    'IdempotentParameterMismatchException',
    'The request uses the same client token as a previous, but non-identical request.',
  )
}
