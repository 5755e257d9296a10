// What AWS does and no emulator shows: refusals, delays, throttles, conflicts.
import { expect, test } from 'vitest'
import { OUR_AWS, TABLE } from './our-aws.ts'
import { World } from './world.ts'

const NOW = Date.UTC(2027, 0, 1)
const HOUR = 60 * 60 * 1000
const TableName = TABLE.name
const key = (sk: string) => ({ pk: { S: 'tenant#a' }, sk: { S: sk } })

function newWorld(seed = 1) {
  const world = new World(OUR_AWS, seed)
  const table = world.dynamodb.tables.get(TableName)
  if (table === undefined) throw new Error('no table')
  const send = (operation: string, input: object, now = NOW) =>
    world.call(`DynamoDB_20120810.${operation}`, input, now)
  const call = (operation: string, input: object, now = NOW) => send(operation, { TableName, ...input }, now)
  const put = (sk: string, attributes: object, now = NOW) =>
    call('PutItem', { Item: { ...key(sk), ...attributes } }, now)
  const due = (now: number) =>
    call(
      'Query',
      {
        IndexName: 'due',
        KeyConditionExpression: 'dueShard = :shard',
        ExpressionAttributeValues: { ':shard': { S: 'due#0' } },
      },
      now,
    ).body as { Count: number }
  const transact = (TransactItems: readonly object[], more: object = {}, now = NOW) =>
    send('TransactWriteItems', { TransactItems, ...more }, now)
  return { world, table, send, call, put, due, transact }
}

const refusals: readonly [what: string, operation: string, input: object, message: RegExp][] = [
  ['an empty key', 'PutItem', { Item: { pk: { S: '' }, sk: { S: 'a' } } }, /empty string value. Key: pk/],
  [
    'an empty key of an index',
    'PutItem',
    { Item: { ...key('a'), endUserKey: { S: '' } } },
    /IndexKey: endUserKey/,
  ],
  [
    'another type for the key of an index',
    'PutItem',
    { Item: { ...key('a'), dueAt: { S: '1' } } },
    /Type mismatch/,
  ],
  ['a sort key of 1,025 bytes', 'PutItem', { Item: key('x'.repeat(1025)) }, /1024 bytes/],
  [
    'an item over 400 KB',
    'PutItem',
    { Item: { ...key('a'), seal: { S: 'x'.repeat(409_600) } } },
    /exceeded the maximum/,
  ],
  [
    '39 digits',
    'PutItem',
    { Item: { ...key('a'), n: { N: '1'.repeat(39) } } },
    /more than 38 significant digits/,
  ],
  ['a number beyond 9.99E+125', 'PutItem', { Item: { ...key('a'), n: { N: '1E126' } } }, /overflow/],
  ['a value of two types', 'PutItem', { Item: { ...key('a'), n: { N: '1', S: '1' } } }, /exactly one/],
  [
    'a reserved word',
    'GetItem',
    { Key: key('a'), ProjectionExpression: 'status' },
    /reserved keyword: status/,
  ],
  [
    'names without an expression',
    'GetItem',
    { Key: key('a'), ExpressionAttributeNames: { '#a': 'b' } },
    /only be specified/,
  ],
  [
    'redundant parentheses',
    'DeleteItem',
    { Key: key('a'), ConditionExpression: '((attribute_exists(pk)))' },
    /redundant/,
  ],
  [
    'a consistent read of an index',
    'Query',
    {
      IndexName: 'due',
      ConsistentRead: true,
      KeyConditionExpression: 'dueShard = :s',
      ExpressionAttributeValues: { ':s': { S: 'a' } },
    },
    /Consistent reads/,
  ],
  [
    'a filter by key',
    'Query',
    {
      KeyConditionExpression: 'pk = :p',
      FilterExpression: 'sk = :p',
      ExpressionAttributeValues: { ':p': { S: 'a' } },
    },
    /non-primary key/,
  ],
  [
    'overlapping paths',
    'UpdateItem',
    {
      Key: key('a'),
      UpdateExpression: 'SET a.b = :v REMOVE a',
      ExpressionAttributeValues: { ':v': { S: 'a' } },
    },
    /overlap/,
  ],
  [
    'a path into nothing',
    'UpdateItem',
    { Key: key('a'), UpdateExpression: 'SET a.b = :v', ExpressionAttributeValues: { ':v': { S: 'a' } } },
    /document path/,
  ],
]
test.each(refusals)('refuses %s', (_, operation, input, message) => {
  const answer = newWorld().call(operation, input)
  expect(answer).toMatchObject({
    status: 400,
    body: { __type: 'com.amazon.coral.validate#ValidationException' },
  })
  expect((answer.body as { message: string }).message).toMatch(message)
})

test('a member that is not imitated is a fault of the simulation', () => {
  expect(() => newWorld().call('GetItem', { Key: key('a'), AttributesToGet: ['a'] })).toThrow(
    'AttributesToGet',
  )
  expect(() => newWorld().call('Scan', {})).toThrow('Scan')
})

test('an index shows a change later than the table, and changes of one item in order', () => {
  const { table, put, due, call } = newWorld()
  table.lateness.indexMilliseconds = 1000
  for (const dueAt of ['1', '2', '3']) put('connection#1', { dueShard: { S: 'due#0' }, dueAt: { N: dueAt } })
  expect(due(NOW).Count).toBe(0)
  expect(due(NOW + 1000)).toMatchObject({ Count: 1, Items: [{ dueAt: { N: '3' } }] })
  call('DeleteItem', { Key: key('connection#1') }, NOW + 2000)
  expect(due(NOW + 2000).Count).toBe(1)
  expect(due(NOW + 3000).Count).toBe(0)
})

test('a read that is not consistent may show what was there before', () => {
  const { table, put, call } = newWorld()
  table.lateness.replicaMilliseconds = 1000
  put('app#1', { n: { N: '1' } })
  const read = (ConsistentRead: boolean, now: number) =>
    call('GetItem', { Key: key('app#1'), ConsistentRead }, now).body
  const seen = new Set(Array.from({ length: 50 }, () => Object.keys(read(false, NOW)).length))
  expect(seen).toEqual(new Set([0, 1]))
  expect(read(true, NOW)).toHaveProperty('Item')
  expect(read(false, NOW + 1000)).toHaveProperty('Item')
})

test('what has expired is deleted within 48 hours, and not at once', () => {
  const { table, put } = newWorld()
  for (let i = 0; i < 20; i++) put(`state#${i}`, { ttl: { N: String(NOW / 1000) } })
  put('kept', { ttl: { N: '1' } })
  table.sweep(NOW)
  expect(table.rows.size).toBe(21)
  table.sweep(NOW + 24 * HOUR)
  expect(table.rows.size).toBeGreaterThan(1)
  expect(table.rows.size).toBeLessThan(21)
  table.sweep(NOW + 48 * HOUR)
  // DynamoDB does not delete what expired more than five years ago.
  expect([...table.rows.values()].map(({ item }) => item.sk?.S)).toEqual(['kept'])
})

test('a throttled partition, of the table or of an index, refuses reads and writes until its time', () => {
  const { table, send, put, call, transact, due } = newWorld()
  const throttled = { status: 400, body: { __type: expect.stringContaining('ThrottlingException') } }
  table.throttled.set('due#0', NOW + 10)
  expect(put('connection#1', { dueShard: { S: 'due#0' }, dueAt: { N: '1' } })).toMatchObject(throttled)
  expect(due(NOW)).toMatchObject(throttled.body)
  expect(put('app#1', {})).toMatchObject({ status: 200 })
  table.throttled.set('tenant#a', NOW + 10)
  expect(call('GetItem', { Key: key('app#1') })).toMatchObject(throttled)
  expect(transact([{ Delete: { TableName, Key: key('app#1') } }]).body).toMatchObject({
    CancellationReasons: [{ Code: 'ThrottlingError' }],
  })
  const other = { pk: { S: 'tenant#b' }, sk: { S: 'tenant' } }
  const batch = { RequestItems: { [TableName]: { Keys: [key('app#1'), other] } } }
  expect(send('BatchGetItem', batch).body).toEqual({
    Responses: { [TableName]: [] },
    UnprocessedKeys: { [TableName]: { Keys: [key('app#1')] } },
  })
  expect(call('GetItem', { Key: key('app#1') }, NOW + 10)).toMatchObject({ status: 200 })
})

const putPart = (sk: string, more: object = {}) => ({ Put: { TableName, Item: { ...key(sk), ...more } } })

test('a transaction makes all writes or none, and says why', () => {
  const { table, put, transact } = newWorld()
  put('there', { n: { S: 'text' } })
  const answer = transact([
    putPart('new'),
    { ConditionCheck: { TableName, Key: key('absent'), ConditionExpression: 'attribute_exists(pk)' } },
    {
      Update: {
        TableName,
        Key: key('there'),
        UpdateExpression: 'ADD n :one',
        ExpressionAttributeValues: { ':one': { N: '1' } },
      },
    },
  ])
  expect(answer).toMatchObject({
    status: 400,
    body: {
      __type: 'com.amazonaws.dynamodb.v20120810#TransactionCanceledException',
      CancellationReasons: [
        { Code: 'None' },
        { Code: 'ConditionalCheckFailed' },
        { Code: 'ValidationError' },
      ],
    },
  })
  expect(table.rows.size).toBe(1)
  expect(transact([putPart('twice'), { Delete: { TableName, Key: key('twice') } }]).body).toMatchObject({
    message: 'Transaction request cannot include multiple operations on one item',
  })
})

test('a transaction that is sent again with its token is made once', () => {
  const { table, transact } = newWorld()
  const add = {
    Update: {
      TableName,
      Key: key('count'),
      UpdateExpression: 'ADD n :one',
      ExpressionAttributeValues: { ':one': { N: '1' } },
    },
  }
  const token = { ClientRequestToken: 'one' }
  const count = () => [...table.rows.values()][0]?.item.n
  for (const now of [NOW, NOW + 1, NOW + 599_999]) expect(transact([add], token, now).status).toBe(200)
  expect(count()).toEqual({ N: '1' })
  expect(transact([putPart('other')], token).body).toHaveProperty(
    '__type',
    'com.amazonaws.dynamodb.v20120810#IdempotentParameterMismatchException',
  )
  transact([add], token, NOW + 600_001)
  expect(count()).toEqual({ N: '2' })
})

test('an item in a transaction refuses other writes', () => {
  const { table, put, transact } = newWorld()
  table.lateness.transactionMilliseconds = 10
  transact([putPart('busy')])
  expect(put('busy', {}).body).toHaveProperty(
    '__type',
    expect.stringContaining('TransactionConflictException'),
  )
  expect(transact([putPart('busy')]).body).toMatchObject({
    CancellationReasons: [{ Code: 'TransactionConflict' }],
  })
  expect(put('busy', {}, NOW + 10).status).toBe(200)
})

test('pages end at the limit and at one megabyte, and the next begins there', () => {
  const { put, call } = newWorld()
  for (let i = 0; i < 5; i++) put(`page#${i}`, { seal: { S: 'x'.repeat(350_000) } })
  const page = (more: object) =>
    call('Query', {
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': { S: 'tenant#a' } },
      ...more,
    }).body as { Items: { sk: { S: string } }[]; LastEvaluatedKey?: object }
  const first = page({})
  const second = page({ ExclusiveStartKey: first.LastEvaluatedKey })
  expect(first.Items.length).toBe(3)
  expect(second).toMatchObject({ Items: [{ sk: { S: 'page#3' } }, { sk: { S: 'page#4' } }] })
  expect(second.LastEvaluatedKey).toBeUndefined()
  const newest = page({ Limit: 2, ScanIndexForward: false })
  expect(newest).toMatchObject({
    Items: [{ sk: { S: 'page#4' } }, { sk: { S: 'page#3' } }],
    LastEvaluatedKey: key('page#3'),
  })
})

test('a clone has the same future and a state of its own', () => {
  const { world, table, put } = newWorld(7)
  table.lateness.indexMilliseconds = 1000
  put('connection#1', { dueShard: { S: 'due#0' }, dueAt: { N: '1' } })
  const copy = world.clone()
  const play = (one: World) => [
    one.call('AmazonSQS.SendMessage', { QueueUrl: OUR_AWS.queues[0]?.url, MessageBody: 'a' }, NOW),
    one.call('TrentService.GenerateDataKey', { KeyId: OUR_AWS.keys[0], KeySpec: 'AES_256' }, NOW),
    one.call('DynamoDB_20120810.DeleteItem', { TableName, Key: key('connection#1') }, NOW),
    one.call(
      'DynamoDB_20120810.Query',
      {
        TableName,
        IndexName: 'due',
        KeyConditionExpression: 'dueShard = :s',
        ExpressionAttributeValues: { ':s': { S: 'due#0' } },
      },
      NOW + 900,
    ),
  ]
  const before = play(copy)
  expect(table.rows.size).toBe(1)
  expect(play(world)).toEqual(before)
})
