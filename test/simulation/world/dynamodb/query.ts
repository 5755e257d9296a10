// Query of the table or an index: a range of one partition, page by page.
import { onlyKnown, refuse } from '../aws-error.ts'
import { conditionOf } from './condition.ts'
import { keyConditionOf, type Range, rangeOf } from './key-condition.ts'
import { compareNumbers } from './number.ts'
import { comparePlaces, countWhile, type Place, type SortType } from './places.ts'
import { projected, projectionOf } from './projection.ts'
import { nameOf, type Placeholders, placeholdersOf } from './scope.ts'
import type { StoredTable } from './table.ts'
import { type AttributeValue, compareText, type Item } from './value.ts'
import { throttling } from './writes.ts'

export interface QueryInput extends Placeholders {
  readonly TableName: string
  readonly IndexName?: string
  readonly KeyConditionExpression: string
  readonly FilterExpression?: string
  readonly ProjectionExpression?: string
  readonly ScanIndexForward?: boolean
  readonly Limit?: number
  readonly ExclusiveStartKey?: Item
  readonly ConsistentRead?: boolean
  readonly Select?: string
}

const MEMBERS = new Set([
  'TableName',
  'IndexName',
  'KeyConditionExpression',
  'FilterExpression',
  'ProjectionExpression',
  'ExpressionAttributeNames',
  'ExpressionAttributeValues',
  'ScanIndexForward',
  'Limit',
  'ExclusiveStartKey',
  'ConsistentRead',
  'Select',
])
const MAX_PAGE_BYTES = 1024 * 1024

interface Source {
  readonly partitionKey: string
  readonly sortKey: string
  readonly sortType: SortType
  readonly partitions: ReadonlyMap<string, readonly Place[]>
}

/** @throws AwsError */
export function query(table: StoredTable, input: QueryInput, now: number): object {
  onlyKnown('Query', input, MEMBERS)
  const source = sourceOf(table, input, now)
  const keys = keyConditionOf('KeyConditionExpression', input.KeyConditionExpression)
  const filter =
    input.FilterExpression === undefined ? undefined : conditionOf('FilterExpression', input.FilterExpression)
  const projection =
    input.ProjectionExpression === undefined
      ? undefined
      : projectionOf('ProjectionExpression', input.ProjectionExpression)
  const { names, values } = placeholdersOf(input, keys, filter, projection)
  for (const attribute of filter?.attributes ?? []) {
    const name = nameOf(attribute, names)
    if (name === source.partitionKey || name === source.sortKey) {
      refuse(`Filter Expression can only contain non-primary key attributes: Primary key attribute: ${name}`)
    }
  }
  if (input.Limit !== undefined && input.Limit < 1) refuse('Limit must be greater than or equal to 1')
  const { partition, range } = rangeOf(keys, source, names, values)
  if ((table.throttled.get(partition) ?? 0) > now) throw throttling()
  const places = source.partitions.get(partition) ?? []
  const page = pageOf(places, source.sortType, range, startOf(table, source, partition, input), input)
  const items = page.items.filter((item) => filter === undefined || filter.test({ item, names, values }))
  return {
    ...(input.Select !== 'COUNT' && {
      Items: projection ? items.map((item) => projected(projection, item, names)) : items,
    }),
    Count: items.length,
    ScannedCount: page.items.length,
    ...(page.last && { LastEvaluatedKey: keyOf(table, source, page.last) }),
  }
}

function sourceOf(table: StoredTable, { IndexName, ConsistentRead }: QueryInput, now: number): Source {
  const { partitionKey, sortKey } = table.shape
  if (IndexName === undefined) {
    return { partitionKey, sortKey, sortType: 'S', partitions: table.partitions }
  }
  const index = table.indexes.find(({ shape }) => shape.name === IndexName)
  if (index === undefined) return refuse(`The table does not have the specified index: ${IndexName}`)
  if (ConsistentRead === true) refuse('Consistent reads are not supported on global secondary indexes')
  index.catchUp(now)
  return { ...index.shape, partitions: index.partitions }
}

/** Where the page before has ended. */
function startOf(
  table: StoredTable,
  source: Source,
  partition: string,
  { ExclusiveStartKey: key }: QueryInput,
) {
  if (key === undefined) return undefined
  const { partitionKey, sortKey } = table.shape
  const names = new Set([partitionKey, sortKey, source.partitionKey, source.sortKey])
  const sort = key[source.sortKey]?.[source.sortType]
  const complete = [...names].every((name) => key[name] !== undefined)
  if (!complete || Object.keys(key).length > names.size || sort === undefined) {
    return refuse('The provided starting key is invalid')
  }
  if (key[source.partitionKey]?.S !== partition) {
    refuse('The provided starting key is outside query boundaries based on provided conditions')
  }
  return { sort, id: table.idOf(key) }
}

function pageOf(
  places: readonly Place[],
  type: SortType,
  range: Range | undefined,
  start: Omit<Place, 'row'> | undefined,
  { ScanIndexForward: forward = true, Limit: limit = Number.POSITIVE_INFINITY }: QueryInput,
): { readonly items: readonly Item[]; readonly last?: Item } {
  let from = countWhile(places, ({ sort }) => sideOf(sort, type, range) < 0)
  let to = countWhile(places, ({ sort }) => sideOf(sort, type, range) <= 0)
  if (start && range && sideOf(start.sort, type, range) !== 0) {
    refuse('The provided starting key does not match the range key predicate')
  }
  if (start && forward) {
    from = Math.max(
      from,
      countWhile(places, (place) => comparePlaces(type, place, start) <= 0),
    )
  }
  if (start && !forward) {
    to = Math.min(
      to,
      countWhile(places, (place) => comparePlaces(type, place, start) < 0),
    )
  }
  const items: Item[] = []
  let bytes = 0
  for (let at = forward ? from : to - 1; at >= from && at < to; at += forward ? 1 : -1) {
    const { item, bytes: more } = (places[at] as Place).row
    items.push(item)
    bytes += more
    if (items.length >= limit || bytes >= MAX_PAGE_BYTES) return { items, last: item }
  }
  return { items }
}

/** Below 0 before the range, 0 inside, above 0 after it. */
function sideOf(sort: string, type: SortType, range: Range | undefined): number {
  if (range === undefined) return 0
  const order = (operand: AttributeValue | undefined) =>
    type === 'S' ? compareText(sort, operand?.S ?? '') : compareNumbers(sort, operand?.N ?? '0')
  const [first, second] = range.operands
  const toFirst = order(first)
  switch (range.operator) {
    case '=':
      return toFirst
    case '<':
      return toFirst < 0 ? 0 : 1
    case '<=':
      return toFirst <= 0 ? 0 : 1
    case '>':
      return toFirst > 0 ? 0 : -1
    case '>=':
      return toFirst >= 0 ? 0 : -1
    case 'BETWEEN':
      return toFirst < 0 ? -1 : order(second) > 0 ? 1 : 0
    default:
      return sort.startsWith(first?.S ?? '') ? 0 : toFirst
  }
}

function keyOf(table: StoredTable, source: Source, item: Item): Item {
  const { partitionKey, sortKey } = table.shape
  const names = new Set([partitionKey, sortKey, source.partitionKey, source.sortKey])
  return Object.fromEntries([...names].map((name) => [name, item[name] ?? {}]))
}
