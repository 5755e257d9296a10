// PutItem, UpdateItem and DeleteItem: checked, prepared and stored. A transaction prepares several before it stores any.
import { AwsError, onlyKnown, refuse } from '../aws-error.ts'
import { conditionOf } from './condition.ts'
import { checkKey, checkKeyStays, checkKeysOfItem, checkNoKeyIsEmpty, checkUpdatedIndexKeys } from './keys.ts'
import { type Placeholders, placeholdersOf } from './scope.ts'
import type { StoredTable } from './table.ts'
import { assigned, changedAttributes, checkOverlap, updated, updateOf } from './update.ts'
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

/** A write whose expressions are valid. */
export interface Write {
  readonly table: StoredTable
  readonly key: Item
  readonly input: WriteInput
  /** @throws AwsError ValidationException when the write does not fit the table's schema */
  readonly checkSchema: () => void
  readonly holds: (before: Item | undefined) => boolean
  /** What the item becomes; `undefined` deletes it. Not yet checked. */
  readonly change: (before: Item | undefined) => Item | undefined
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
 * Checks all that depends neither on the table nor on what is stored.
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
  if (update) checkOverlap(update, names)
  const item = operation === 'PutItem' ? acceptedItem(input.Item ?? {}) : undefined
  const key = item ?? input.Key ?? {}
  checkNoKeyIsEmpty(table, key)
  if (update) checkNoKeyIsEmpty(table, assigned(update, { item: {}, names, values }))
  const { partitionKey, sortKey } = table.shape
  return {
    table,
    key: { [partitionKey]: key[partitionKey] ?? {}, [sortKey]: key[sortKey] ?? {} },
    input,
    checkSchema: () => {
      if (item) checkKeysOfItem(table, item)
      else checkKey(table.shape, key)
      if (update) checkKeyStays(table, changedAttributes(update, names))
      if (item && sizeOfItem(item) > MAX_ITEM_BYTES) refuse('Item size has exceeded the maximum allowed size')
    },
    holds: (before) => condition === undefined || condition.test({ item: before ?? {}, names, values }),
    change: (before) => {
      if (operation !== 'UpdateItem') return operation === 'ConditionCheck' ? before : item
      const from = before ?? key
      return update ? updated(update, { item: from, names, values }) : from
    },
  }
}

/**
 * What the write makes of the item.
 * @throws AwsError ValidationException when it does not fit the item
 */
export function changeOf({ table, input, change }: Write, before: Item | undefined): Item | undefined {
  const after = change(before)
  if (after !== undefined && input.UpdateExpression !== undefined) {
    checkUpdatedIndexKeys(table, after)
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
  checked.checkSchema()
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
