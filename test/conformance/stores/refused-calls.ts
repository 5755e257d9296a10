// Calls that the real DynamoDB refuses with a ValidationException, and that emulators like to take.
import { DUE_INDEX, PARTITION_KEY, SORT_KEY } from '#adapters/dynamodb/schema.ts'
import { TABLE } from '../../simulation/world/our-aws.ts'

type Json = Readonly<Record<string, unknown>>

export interface RefusedCall {
  readonly what: string
  readonly operation: string
  readonly input: Json
}

const TableName = TABLE.name
const text = (value: string) => ({ S: value })
const Key = { [PARTITION_KEY]: text('p'), [SORT_KEY]: text('s') }
const put = (change: Json, Item: Json = {}) => ({ TableName, Item: { ...Key, ...Item }, ...change })
const update = (change: Json) => ({ TableName, Key, ...change })
const query = (change: Json) => ({
  TableName,
  KeyConditionExpression: '#p = :p',
  ExpressionAttributeNames: { '#p': PARTITION_KEY },
  ExpressionAttributeValues: { ':p': text('p') },
  ...change,
})
const call = (what: string, operation: string, input: Json): RefusedCall => ({ what, operation, input })

export const REFUSED_CALLS: readonly RefusedCall[] = [
  call(
    'a name that no expression uses',
    'PutItem',
    put({ ConditionExpression: 'attribute_not_exists(pk)', ExpressionAttributeNames: { '#unused': 'a' } }),
  ),
  call(
    'a value that no expression uses',
    'UpdateItem',
    update({
      UpdateExpression: 'SET a = :a',
      ExpressionAttributeValues: { ':a': text('x'), ':unused': text('y') },
    }),
  ),
  call('a value that is not given', 'UpdateItem', update({ UpdateExpression: 'SET a = :a' })),
  call(
    'a reserved word as a name',
    'UpdateItem',
    update({ UpdateExpression: 'SET status = :a', ExpressionAttributeValues: { ':a': text('x') } }),
  ),
  call('an empty partition key', 'PutItem', put({}, { [PARTITION_KEY]: text('') })),
  call('an empty sort key', 'GetItem', { TableName, Key: { ...Key, [SORT_KEY]: text('') } }),
  call('an empty key of an index', 'PutItem', put({}, { [DUE_INDEX.partitionKey]: text('') })),
  call('a text as the number of an index', 'PutItem', put({}, { [DUE_INDEX.sortKey]: text('1') })),
  call('a sort key over 1,024 bytes', 'PutItem', put({}, { [SORT_KEY]: text('s'.repeat(1025)) })),
  call('a key without its sort key', 'GetItem', { TableName, Key: { [PARTITION_KEY]: text('p') } }),
  call('an item over 400 KB', 'PutItem', put({}, { a: text('x'.repeat(400 * 1024)) })),
  call(
    'a change of the key',
    'UpdateItem',
    update({
      UpdateExpression: 'SET #s = :s',
      ExpressionAttributeNames: { '#s': SORT_KEY },
      ExpressionAttributeValues: { ':s': text('t') },
    }),
  ),
  call(
    'two changes of one attribute',
    'UpdateItem',
    update({ UpdateExpression: 'SET a = :a, a = :a', ExpressionAttributeValues: { ':a': text('x') } }),
  ),
  call(
    'an expression over 4 KB',
    'UpdateItem',
    update({
      UpdateExpression: `SET ${'a'.repeat(4096)} = :a`,
      ExpressionAttributeValues: { ':a': text('x') },
    }),
  ),
  call('an empty set', 'PutItem', put({}, { a: { SS: [] } })),
  call('a number of 39 digits', 'PutItem', put({}, { a: { N: '1'.repeat(39) } })),
  call('the same item twice in a transaction', 'TransactWriteItems', {
    TransactItems: [{ Put: put({}) }, { Delete: { TableName, Key } }],
  }),
  call('a transaction of 101 items', 'TransactWriteItems', {
    TransactItems: Array.from({ length: 101 }, (_, i) => ({ Put: put({}, { [SORT_KEY]: text(`${i}`) }) })),
  }),
  call('the same key twice in a batch', 'BatchGetItem', {
    RequestItems: { [TableName]: { Keys: [Key, Key] } },
  }),
  call(
    'a consistent read of an index',
    'Query',
    query({
      IndexName: DUE_INDEX.name,
      ExpressionAttributeNames: { '#p': DUE_INDEX.partitionKey },
      ConsistentRead: true,
    }),
  ),
  call(
    'a filter on the key',
    'Query',
    query({ FilterExpression: '#s = :p', ExpressionAttributeNames: { '#p': PARTITION_KEY, '#s': SORT_KEY } }),
  ),
  call('a page of no items', 'Query', query({ Limit: 0 })),
  call('a start that is no key', 'Query', query({ ExclusiveStartKey: { [PARTITION_KEY]: text('p') } })),
]
