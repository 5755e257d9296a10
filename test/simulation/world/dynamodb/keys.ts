// What DynamoDB asks of keys: the right attributes, of the right type, neither empty nor too long.
import { refuse } from '../aws-error.ts'
import type { StoredTable, TableShape } from './table.ts'
import { type AttributeValue, type Item, typeOf } from './value.ts'

const MAX_PARTITION_KEY_BYTES = 2048
const MAX_SORT_KEY_BYTES = 1024

/**
 * DynamoDB refuses an empty key before it looks at the table.
 * @param given attributes that become part of an item
 * @throws AwsError ValidationException
 */
export function checkNoKeyIsEmpty({ shape, indexes }: StoredTable, given: Item): void {
  for (const name of [shape.partitionKey, shape.sortKey]) {
    if (given[name]?.S !== '') continue
    refuse(
      'One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty ' +
        `string value. Key: ${name}`,
    )
  }
  for (const { shape: index } of indexes) {
    const empty = [index.partitionKey, index.sortKey].find((name) => given[name]?.S === '')
    if (empty === undefined) continue
    refuse(
      'One or more parameter values are not valid. A value specified for a secondary index key is not supported. The ' +
        `AttributeValue for a key attribute cannot contain an empty string value. IndexName: ${index.name}, IndexKey: ${empty}`,
    )
  }
}

/** @throws AwsError ValidationException */
export function checkKey({ partitionKey, sortKey }: TableShape, key: Item): void {
  const members = Object.keys(key)
  if (members.length !== 2 || key[partitionKey] === undefined || key[sortKey] === undefined) {
    refuse('The provided key element does not match the schema')
  }
  for (const name of [partitionKey, sortKey]) {
    if (key[name]?.S === undefined) refuse('The provided key element does not match the schema')
  }
  checkLengths(partitionKey, key[partitionKey], sortKey, key[sortKey])
}

/** @throws AwsError ValidationException */
export function checkKeysOfItem(table: StoredTable, item: Item): void {
  const { partitionKey, sortKey } = table.shape
  for (const name of [partitionKey, sortKey]) {
    const value = item[name]
    if (value === undefined) {
      refuse(`One or more parameter values were invalid: Missing the key ${name} in the item`)
    }
    if (value.S === undefined) {
      refuse(
        `One or more parameter values were invalid: Type mismatch for key ${name} expected: S actual: ${typeOf(value)}`,
      )
    }
  }
  checkLengths(partitionKey, item[partitionKey], sortKey, item[sortKey])
  checkIndexKeys(table, item)
}

/** @throws AwsError ValidationException */
export function checkKeyStays({ shape }: StoredTable, changed: readonly string[]): void {
  const name = changed.find((one) => one === shape.partitionKey || one === shape.sortKey)
  if (name === undefined) return
  refuse(
    `One or more parameter values were invalid: Cannot update attribute ${name}. This attribute is part of the key`,
  )
}

/**
 * An item may lack the keys of an index, but not have others than the index takes.
 * @throws AwsError ValidationException
 */
function checkIndexKeys(table: StoredTable, item: Item): void {
  const wrong = wrongIndexKey(table, item)
  if (wrong === undefined) return
  const { index, key, actual, expected } = wrong
  refuse(
    `One or more parameter values were invalid: Type mismatch for Index Key ${key} Expected: ${expected} ` +
      `Actual: ${actual} IndexName: ${index}`,
  )
}

/**
 * The same after an update.
 * @throws AwsError ValidationException
 */
export function checkUpdatedIndexKeys(table: StoredTable, item: Item): void {
  if (wrongIndexKey(table, item)) {
    refuse('The update expression attempted to update the secondary index key to unsupported type.')
  }
}

function wrongIndexKey(table: StoredTable, item: Item) {
  for (const { shape } of table.indexes) {
    const { name: index, partitionKey, sortKey, sortType } = shape
    for (const [key, expected] of [
      [partitionKey, 'S'],
      [sortKey, sortType],
    ] as const) {
      const value = item[key]
      if (value === undefined) continue
      const actual = typeOf(value)
      if (actual !== expected) return { index, key, expected, actual }
    }
    checkLengths(partitionKey, item[partitionKey], sortKey, item[sortKey])
  }
  return undefined
}

function checkLengths(
  partitionKey: string,
  partition: AttributeValue | undefined,
  sortKey: string,
  sort: AttributeValue | undefined,
): void {
  const what = 'One or more parameter values were invalid: Size of'
  if (Buffer.byteLength(partition?.S ?? '') > MAX_PARTITION_KEY_BYTES) {
    refuse(`${what} hashkey has exceeded the maximum size limit of2048 bytes (${partitionKey})`)
  }
  if (Buffer.byteLength(sort?.S ?? '') > MAX_SORT_KEY_BYTES) {
    refuse(`${what} rangekey has exceeded the maximum size limit of1024 bytes (${sortKey})`)
  }
}
