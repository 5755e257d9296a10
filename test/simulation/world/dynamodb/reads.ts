// GetItem and BatchGetItem.
import { onlyKnown, refuse } from '../aws-error.ts'
import { checkKey, checkNoKeyIsEmpty } from './keys.ts'
import { projected, projectionOf } from './projection.ts'
import { type Placeholders, placeholdersOf } from './scope.ts'
import type { StoredTable } from './table.ts'
import type { Item } from './value.ts'
import { throttling } from './writes.ts'

interface Reading extends Placeholders {
  readonly ProjectionExpression?: string
  readonly ConsistentRead?: boolean
}

export interface GetInput extends Reading {
  readonly TableName: string
  readonly Key: Item
}

interface Keys extends Reading {
  readonly Keys: readonly Item[]
}

export interface BatchGetInput {
  readonly RequestItems: Readonly<Record<string, Keys>>
}

const READING = ['ProjectionExpression', 'ExpressionAttributeNames', 'ConsistentRead']
const GET = new Set([...READING, 'TableName', 'Key'])
const BATCH = new Set(['RequestItems'])
const KEYS = new Set([...READING, 'Keys'])
const MAX_KEYS = 100
const MAX_BATCH_BYTES = 16 * 1024 * 1024

/** @throws AwsError */
export function getItem(table: StoredTable, input: GetInput, now: number): object {
  onlyKnown('GetItem', input, GET)
  const shown = showing(input)
  checkNoKeyIsEmpty(table, input.Key)
  checkKey(table.shape, input.Key)
  if (isThrottled(table, input.Key, now)) throw throttling()
  const row = table.read(input.Key, input.ConsistentRead === true, now)
  return row ? { Item: shown(row.item) } : {}
}

/** @throws AwsError */
export function batchGetItem(
  tableOf: (name: string) => StoredTable,
  input: BatchGetInput,
  now: number,
): object {
  onlyKnown('BatchGetItem', input, BATCH)
  const Responses: Record<string, Item[]> = {}
  const UnprocessedKeys: Record<string, Keys> = {}
  let [keys, bytes, read] = [0, 0, 0]
  for (const [name, wanted] of Object.entries(input.RequestItems)) {
    onlyKnown('BatchGetItem', wanted, KEYS)
    const table = tableOf(name)
    const shown = showing(wanted)
    for (const key of wanted.Keys) {
      checkNoKeyIsEmpty(table, key)
      checkKey(table.shape, key)
    }
    if (new Set(wanted.Keys.map((key) => table.idOf(key))).size < wanted.Keys.length) {
      refuse('Provided list of item keys contains duplicates')
    }
    keys += wanted.Keys.length
    const found: Item[] = []
    const left: Item[] = []
    for (const key of wanted.Keys) {
      if (bytes > MAX_BATCH_BYTES || isThrottled(table, key, now)) {
        left.push(key)
        continue
      }
      read += 1
      const row = table.read(key, wanted.ConsistentRead === true, now)
      bytes += row?.bytes ?? 0
      if (row) found.push(shown(row.item))
    }
    Responses[name] = found
    if (left.length > 0) UnprocessedKeys[name] = { ...wanted, Keys: left }
  }
  if (keys === 0) refuse('The list of keys must have at least 1 member')
  if (keys > MAX_KEYS) refuse('Too many items requested for the BatchGetItem call')
  if (read === 0) throw throttling()
  return { Responses, UnprocessedKeys }
}

function showing(input: Reading): (item: Item) => Item {
  const { ProjectionExpression: expression } = input
  const projection = expression === undefined ? undefined : projectionOf('ProjectionExpression', expression)
  const { names } = placeholdersOf(input, projection)
  return (item) => (projection ? projected(projection, item, names) : item)
}

function isThrottled(table: StoredTable, key: Item, now: number): boolean {
  return table.throttled.size > 0 && (table.throttled.get(key[table.shape.partitionKey]?.S ?? '') ?? 0) > now
}
