// What DynamoDB asks of keys: the right attributes, of the right type, neither empty nor too long.
import { refuse } from '../aws-error.ts'
import type { StoredTable, TableShape } from './table.ts'
import { type AttributeValue, type Item, typeOf } from './value.ts'

const MAX_PARTITION_KEY_BYTES = 2048
const MAX_SORT_KEY_BYTES = 1024

/** @throws AwsError ValidationException */
export function checkKey({ partitionKey, sortKey }: TableShape, key: Item): void {
  const members = Object.keys(key)
  if (members.length !== 2 || key[partitionKey] === undefined || key[sortKey] === undefined) {
    refuse('The provided key element does not match the schema')
  }
  for (const name of [partitionKey, sortKey]) {
    if (key[name]?.S === undefined) refuse('The provided key element does not match the schema')
  }
  checkTexts(partitionKey, key[partitionKey], sortKey, key[sortKey])
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
  checkTexts(partitionKey, item[partitionKey], sortKey, item[sortKey])
  checkIndexKeys(table, item)
}

/**
 * An item may lack the keys of an index, but not have others than the index takes.
 * @throws AwsError ValidationException
 */
export function checkIndexKeys(table: StoredTable, item: Item): void {
  for (const { shape } of table.indexes) {
    for (const [name, type] of [
      [shape.partitionKey, 'S'],
      [shape.sortKey, shape.sortType],
    ] as const) {
      const value = item[name]
      if (value === undefined) continue
      if (value[type] === undefined) {
        refuse(
          `One or more parameter values were invalid: Type mismatch for Index Key ${name} Expected: ${type} ` +
            `Actual: ${typeOf(value)} IndexName: ${shape.name}`,
        )
      }
      if (value.S === '') {
        refuse(
          'One or more parameter values are not valid. A value specified for a secondary index key is not supported. ' +
            `The AttributeValue for a key attribute cannot contain an empty string value. IndexName: ${shape.name}, IndexKey: ${name}`,
        )
      }
    }
    const { partitionKey, sortKey } = shape
    checkLengths(partitionKey, item[partitionKey], sortKey, item[sortKey])
  }
}

function checkTexts(
  partitionKey: string,
  partition: AttributeValue | undefined,
  sortKey: string,
  sort: AttributeValue | undefined,
): void {
  for (const [name, value] of [
    [partitionKey, partition],
    [sortKey, sort],
  ] as const) {
    if (value?.S === '') {
      refuse(
        'One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty ' +
          `string value. Key: ${name}`,
      )
    }
  }
  checkLengths(partitionKey, partition, sortKey, sort)
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
