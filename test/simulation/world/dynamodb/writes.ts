// PutItem, UpdateItem and DeleteItem: checked, prepared and stored. A transaction prepares several before it stores any.
import { AwsError, onlyKnown, refuse } from '../aws-error.ts'
import { conditionOf } from './condition.ts'
import { checkIndexKeys, checkKey, checkKeysOfItem } from './keys.ts'
import { type Placeholders, placeholdersOf } from './scope.ts'
import type { StoredTable } from './table.ts'
import { changedAttributes, updated, updateOf } from './update.ts'
import { acceptedItem, type Item, sizeOfItem } from './value.ts'

const MAX_ITEM_BYTES = 400 * 1024

export interface WriteInput extends Placeholders {
  readonly TableName: string
  readonly Key?: Item
  readonly Item?: Item
  readonly ConditionExpression?: string
  readonly UpdateExpression?: string
  readonly ReturnValues?: 'NONE' | 'ALL_OLD' | 'ALL_NEW'
  readonly ReturnValuesOnConditionCheckFailure?: 'NONE' | 'ALL_OLD'
}

export type WriteOperation = 'PutItem' | 'UpdateItem' | 'DeleteItem' | 'ConditionCheck'

/** A write whose input is valid. */
export interface Write {
  readonly table: StoredTable
  readonly key: Item
  readonly input: WriteInput
  /** What the item becomes; `undefined` deletes it. Not yet checked. */
  readonly change: (before: Item | undefined) => Item | undefined
  readonly holds: (before: Item | undefined) => boolean
}

const SHARED = [
  'TableName',
  'ConditionExpression',
  'ExpressionAttributeNames',
  'ExpressionAttributeValues',
  'ReturnValuesOnConditionCheckFailure',
]
const MEMBERS: Readonly<Record<WriteOperation, ReadonlySet<string>>> = {
  PutItem: new Set([...SHARED, 'Item', 'ReturnValues']),
  UpdateItem: new Set([...SHARED, 'Key', 'UpdateExpression', 'ReturnValues']),
  DeleteItem: new Set([...SHARED, 'Key', 'ReturnValues']),
  ConditionCheck: new Set([...SHARED, 'Key']),
}

/**
 * Checks all that does not depend on what is stored.
 * @throws AwsError ValidationException
 */
export function checkedWrite(operation: WriteOperation, table: StoredTable, input: WriteInput): Write {
  onlyKnown(operation, input, MEMBERS[operation])
  const condition =
    input.ConditionExpression === undefined
      ? undefined
      : conditionOf('ConditionExpression', input.ConditionExpression)
  const update =
    input.UpdateExpression === undefined ? undefined : updateOf('UpdateExpression', input.UpdateExpression)
  const { names, values } = placeholdersOf(input, condition, update)
  const item = operation === 'PutItem' ? acceptedItem(input.Item ?? {}) : undefined
  const { partitionKey, sortKey } = table.shape
  if (item) {
    checkKeysOfItem(table, item)
    if (sizeOfItem(item) > MAX_ITEM_BYTES) refuse('Item size has exceeded the maximum allowed size')
  } else checkKey(table.shape, input.Key ?? {})
  const key = item ?? (input.Key as Item)
  for (const name of update ? changedAttributes(update, names) : []) {
    if (name === partitionKey || name === sortKey) {
      refuse(
        `One or more parameter values were invalid: Cannot update attribute ${name}. This attribute is part of the key`,
      )
    }
  }
  return {
    table,
    key: { [partitionKey]: key[partitionKey] ?? {}, [sortKey]: key[sortKey] ?? {} },
    input,
    change: (before) => {
      if (operation !== 'UpdateItem') return operation === 'ConditionCheck' ? before : item
      const from = before ?? key
      return update ? updated(update, { item: from, names, values }) : from
    },
    holds: (before) => condition === undefined || condition.test({ item: before ?? {}, names, values }),
  }
}

/**
 * What the write makes of the item.
 * @throws AwsError ValidationException when it does not fit the item
 */
export function changeOf({ table, input, change }: Write, before: Item | undefined): Item | undefined {
  const after = change(before)
  if (after !== undefined && input.UpdateExpression !== undefined) {
    checkIndexKeys(table, after)
    if (sizeOfItem(after) > MAX_ITEM_BYTES)
      refuse('Item size to update has exceeded the maximum allowed size')
  }
  return after
}

/** The partitions of the table and its indexes that a write reaches. */
export function isThrottled(
  { table, key }: Write,
  before: Item | undefined,
  after: Item | undefined,
  now: number,
) {
  if (table.throttled.size === 0) return false
  const reached = table.indexes.flatMap((index) =>
    [before, after].map((item) => index.rowOf(item)?.item[index.shape.partitionKey]?.S),
  )
  return [key[table.shape.partitionKey]?.S, ...reached].some(
    (partition) => partition !== undefined && (table.throttled.get(partition) ?? 0) > now,
  )
}

export function throttling(): AwsError {
  return new AwsError(
    'ThrottlingException',
    'Throughput exceeds the current capacity of your table or index. Try again.',
  )
}

/** @throws AwsError */
export function write(operation: WriteOperation, table: StoredTable, input: WriteInput, now: number): object {
  const checked = checkedWrite(operation, table, input)
  const id = table.idOf(checked.key)
  const before = table.rows.get(id)?.item
  if ((table.busy.get(id) ?? 0) > now) {
    throw new AwsError('TransactionConflictException', 'Transaction is ongoing for the item')
  }
  if (!checked.holds(before)) {
    const shown = input.ReturnValuesOnConditionCheckFailure === 'ALL_OLD' && before
    throw new AwsError(
      'ConditionalCheckFailedException',
      'The conditional request failed',
      shown ? { Item: before } : {},
    )
  }
  const after = changeOf(checked, before)
  if (isThrottled(checked, before, after, now)) throw throttling()
  table.store(checked.key, after, now)
  const shown =
    input.ReturnValues === 'ALL_NEW' ? after : input.ReturnValues === 'ALL_OLD' ? before : undefined
  return shown ? { Attributes: shown } : {}
}
