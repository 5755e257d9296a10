// What no emulator does: throttling, refusals, transactions that fail half, answers that are lost.
import {
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  DynamoDBClient,
  DynamoDBServiceException,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  TransactionCanceledException,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb'
import { GenerateDataKeyCommand, KMSClient, KMSServiceException } from '@aws-sdk/client-kms'
import { marshall } from '@aws-sdk/util-dynamodb'
import { mockClient } from 'aws-sdk-client-mock'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { connectionItem } from '#adapters/dynamodb/connections/items.ts'
import { DynamoDbConnections } from '#adapters/dynamodb/connections.ts'
import { tenantKey } from '#adapters/dynamodb/schema.ts'
import { Table } from '#adapters/dynamodb/table.ts'
import { KmsDataKeys } from '#adapters/vault/data-keys.ts'
import { KmsRootKeys } from '#adapters/vault/root-keys.ts'
import { stampFor } from '#domain/events/event.ts'
import { later } from '#domain/time.ts'
import { aConnection, aRevocation, NOW, newId, refOf } from '../contracts/samples.ts'

const client = new DynamoDBClient({ region: 'us-east-1' })
const dynamodb = mockClient(client)
const kms = mockClient(KMSClient)
const table = new Table(client, 'table')
const connections = new DynamoDbConnections(table, stampFor({ newId, now: () => NOW }))
const connection = aConnection(newId('tenant'))
const KEY = tenantKey(connection.tenantId)
const STORED = marshall(connectionItem(connection), { removeUndefinedValues: true })

beforeEach(() => {
  dynamodb.reset()
  kms.reset()
})
// It is the class that is mocked, and other files use it.
afterAll(() => kms.restore())

const fault = (name: string, $fault: 'client' | 'server', more: object = {}) =>
  Object.assign(new DynamoDBServiceException({ name, $fault, $metadata: {} }), more)
const cancelled = (...codes: readonly string[]) =>
  new TransactionCanceledException({
    message: 'Transaction cancelled',
    $metadata: {},
    CancellationReasons: codes.map((Code) => ({ Code })),
  })
const conditionFailed = () => new ConditionalCheckFailedException({ message: 'no', $metadata: {} })

describe('a fault that passes', () => {
  test.each<[string, Error]>([
    ['throttling', fault('ThrottlingException', 'client')],
    ['throughput', fault('ProvisionedThroughputExceededException', 'client')],
    ['too many requests', fault('RequestLimitExceeded', 'client')],
    ['a fault of the server', fault('InternalServerError', 'server')],
    ['a transaction under way', fault('TransactionInProgressException', 'client')],
    ['a refused connection', Object.assign(new Error('refused'), { code: 'ECONNREFUSED' })],
    ['a broken connection', Object.assign(new Error('reset'), { code: 'ECONNRESET' })],
    ['a timeout', Object.assign(new Error('late'), { name: 'TimeoutError' })],
  ])('(%s) is storage trouble, to be tried again', async (_, error) => {
    dynamodb.onAnyCommand().rejects(error)
    const cause = { message: 'DynamoDB failed', cause: error }
    const expected = { code: 'storage_unavailable', retryAfterSeconds: 2, cause }
    await expect(table.get(KEY)).rejects.toMatchObject(expected)
    await expect(table.getMany([KEY])).rejects.toMatchObject(expected)
    await expect(table.put({ ...KEY })).rejects.toMatchObject(expected)
    await expect(table.delete(KEY)).rejects.toMatchObject(expected)
    await expect(table.query({ partition: ['pk', 'x'] })).rejects.toMatchObject(expected)
    await expect(table.transact([{ delete: KEY }])).rejects.toMatchObject(expected)
    await expect(
      connections.update(refOf(connection), { generation: 1 }, { updatedAt: NOW }),
    ).rejects.toMatchObject(expected)
  })

  test('of KMS is storage trouble, too', async () => {
    dynamodb.on(GetItemCommand).resolves({})
    const error = new KMSServiceException({ name: 'ThrottlingException', $fault: 'client', $metadata: {} })
    kms.on(GenerateDataKeyCommand).rejects(error)
    const dataKeys = new KmsDataKeys(new KMSClient({ region: 'us-east-1' }))
    const rootKeys = new KmsRootKeys(dataKeys, 'arn', table, () => NOW)
    await expect(rootKeys.use(1, 0, () => {})).rejects.toMatchObject({ code: 'storage_unavailable' })
    kms
      .on(GenerateDataKeyCommand)
      .resolves({ Plaintext: new Uint8Array(32), CiphertextBlob: Uint8Array.of(1) })
    dynamodb.on(PutItemCommand).resolves({})
    expect(await rootKeys.use(1, 0, ({ length }) => length)).toBe(32)
  })
})

describe('a fault that does not pass', () => {
  test.each<[string, Error]>([
    ['a refusal', fault('AccessDeniedException', 'client')],
    ['a table that is missing', fault('ResourceNotFoundException', 'client')],
    ['a request that is wrong', fault('ValidationException', 'client')],
    ['a fault of ours', new TypeError('x is not a function')],
  ])('(%s) stays what it is', async (_, error) => {
    dynamodb.onAnyCommand().rejects(error)
    await expect(table.get(KEY)).rejects.toBe(error)
    await expect(table.put({ ...KEY })).rejects.toBe(error)
    await expect(table.transact([{ delete: KEY }])).rejects.toBe(error)
  })
})

describe('a transaction', () => {
  test.each([
    [['ConditionalCheckFailed', 'None']],
    [['None', 'ConditionalCheckFailed']],
    [['ConditionalCheckFailed', 'TransactionConflict']],
  ])('that is cancelled because of %j was refused by its condition', async (codes) => {
    dynamodb.on(GetItemCommand).resolves({ Item: STORED })
    dynamodb.on(TransactWriteItemsCommand).rejects(cancelled(...codes))
    expect(await connections.create(connection)).toBe(false)
    expect(await connections.replaceGrant(connection, { updatedAt: NOW }, aRevocation(connection))).toBe(
      false,
    )
  })

  test.each([
    [['TransactionConflict', 'None']],
    [['None', 'ThrottlingError']],
    [['ProvisionedThroughputExceeded']],
  ])('that is cancelled because of %j is storage trouble', async (codes) => {
    dynamodb.on(TransactWriteItemsCommand).rejects(cancelled(...codes))
    await expect(connections.create(connection)).rejects.toMatchObject({ code: 'storage_unavailable' })
  })
})

describe('a write whose first answer was lost, tried again by the SDK', () => {
  test('is told as refused when the condition no longer holds: the caller reads again', async () => {
    dynamodb.on(GetItemCommand).resolves({ Item: STORED })
    dynamodb.on(UpdateItemCommand).rejects(conditionFailed())
    const change = { generation: 2, updatedAt: NOW }
    expect(await connections.update(refOf(connection), { generation: 1, leaseOwner: 'me' }, change)).toBe(
      false,
    )
  })

  test('takes the same lease again, since its condition names the owner', async () => {
    dynamodb.on(UpdateItemCommand).resolves({ Attributes: marshall({ pk: 'x' }) })
    const lease = { owner: 'me', until: later(NOW, 30) }
    await connections.acquireLease(refOf(connection), 1, lease, NOW)
    const [call] = dynamodb.commandCalls(UpdateItemCommand)
    expect(call?.args[0].input.ConditionExpression).toContain('leaseOwner = :owner')
    expect(call?.args[0].input.ExpressionAttributeValues?.[':owner']).toEqual({ S: 'me' })
  })
})

describe('a batch of reads', () => {
  test('asks again for what was not processed', async () => {
    const keys = [tenantKey(newId('tenant')), tenantKey(newId('tenant'))]
    const [first, second] = keys.map((key) => marshall(key))
    dynamodb
      .on(BatchGetItemCommand)
      .resolvesOnce({
        Responses: { table: [{ ...first, n: { N: '1' } }] },
        UnprocessedKeys: { table: { Keys: [second ?? {}] } },
      })
      .resolvesOnce({ Responses: { table: [{ ...second, n: { N: '2' } }] } })
    expect((await table.getMany(keys)).map(({ n }) => n)).toEqual([1, 2])
    expect(dynamodb.commandCalls(BatchGetItemCommand)).toHaveLength(2)
  })
})

test('reads of the table are consistent, reads of an index cannot be', async () => {
  dynamodb.onAnyCommand().resolves({})
  await table.get(KEY)
  await table.query({ partition: ['pk', 'x'] })
  await table.query({ index: 'due', partition: ['dueShard', 'x'] })
  expect(dynamodb.commandCalls(GetItemCommand)[0]?.args[0].input.ConsistentRead).toBe(true)
  const consistent = dynamodb.commandCalls(QueryCommand).map(({ args }) => args[0].input.ConsistentRead)
  expect(consistent).toEqual([true, false])
})
