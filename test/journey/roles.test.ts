// Each function may call what its own synthesized role allows, and nothing else. Every other journey runs behind the same
// check; this one attacks with the credentials of each function.
import {
  BatchWriteItemCommand,
  DynamoDBClient,
  PutItemCommand,
  ScanCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb'
import { GenerateDataKeyCommand, KMSClient } from '@aws-sdk/client-kms'
import { GetQueueUrlCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import {
  apiKeyHashKey,
  identityProviderKey,
  issuerKey,
  type Key,
  tenantKey,
} from '#adapters/dynamodb/schema.ts'
import { ROOT_KEY_PURPOSE } from '#adapters/vault/purpose.ts'
import type { TenantId } from '#domain/ids.ts'
import { FUNCTION_NAMES } from '#runtime/env.ts'
import { readDeployment } from '../../infra/local/cloudformation/template.ts'
import { guardEmulators } from '../../infra/local/iam/guarded.ts'
import { directory } from '../infra/synthesized.ts'
import { changedTemplates } from '../support/changed-templates.ts'
import { startTestStack, type TestStack } from '../support/stack.ts'
import { AUDIENCE, startTokenIssuer } from '../support/token-issuer.ts'

let stack: TestStack
const deployment = readDeployment(directory, {
  publicUrl: 'http://127.0.0.1:1',
  parameters: {},
})
const { tables, keyIds, functions } = deployment
const TableName = tables[0]?.name ?? ''
const rootKeyArn = functions.find(({ name }) => name === 'proxy')?.environment.ROOT_KEY_ARN

beforeAll(async () => {
  stack = await startTestStack()
})
// The refusals are what is tested here, so they are not counted as faults.
afterAll(() => stack.close().catch(() => {}))

const as = (accessKeyId: string, service: 'dynamodb' | 'kms' | 'sqs') => ({
  endpoint: stack.guardedEndpoints()?.[service] ?? '',
  region: 'us-east-1',
  credentials: { accessKeyId, secretAccessKey: 'x' },
  maxAttempts: 1,
})
const text = ({ pk, sk }: Key) => ({ pk: { S: pk }, sk: { S: sk } })
const forged = { ...text(apiKeyHashKey('0'.repeat(64))), tenantId: { S: 'ten_1' }, id: { S: 'key_1' } }
const forgedIssuer = { ...text(issuerKey('https://evil.example', 'any')), tenantId: { S: 'ten_1' } }

// No other journey goes this way, in which a function deletes what leads to API keys and issuers.
it('a whole tenant is deleted, and an app, within the roles', async () => {
  const tenant = await stack.createTenant()
  const path = `/v1/tenants/${tenant.id}`
  const provider = { issuer: 'https://id.example', audience: 'a', jwks_uri: 'https://id.example/jwks' }
  const registered = await stack.api(`${path}/identity-providers`, { method: 'POST', body: provider })
  expect(registered.status).toBe(201)
  await stack.connect(tenant)
  const apps = await stack.api(`${path}/apps`, {
    method: 'POST',
    body: { name: 'Other', client_id: 'other', client_secret: 'secret' },
  })
  const app = `${path}/apps/${apps.json.id}`
  expect((await stack.api(app, { method: 'PATCH', body: { status: 'suspended' } })).status).toBe(200)
  expect((await stack.api(app, { method: 'DELETE' })).status).toBe(204)
  expect((await stack.api(path, { method: 'PATCH', body: { status: 'suspended' } })).status).toBe(200)
  const deleted = await stack.api(path, { method: 'DELETE', body: { confirm: tenant.id } })
  expect([deleted.status, deleted.json.status]).toEqual([200, 'deleted'])
  expect(stack.denials).toEqual([])
})

it.each(FUNCTION_NAMES)('%s cannot forge an API key, unless it manages them', async (name) => {
  const client = new DynamoDBClient(as(name, 'dynamodb'))
  const update = {
    TableName,
    Key: text(apiKeyHashKey('0'.repeat(64))),
    UpdateExpression: 'SET tenantId = :tenant, lastUsedAt = :tenant',
    ExpressionAttributeValues: { ':tenant': forged.tenantId },
  }
  const put = { TableName, Item: forged }
  const attempts = [
    new PutItemCommand(put),
    new TransactWriteItemsCommand({ TransactItems: [{ Put: put }] }),
    new UpdateItemCommand(update),
    new TransactWriteItemsCommand({ TransactItems: [{ Update: update }] }),
    new BatchWriteItemCommand({ RequestItems: { [TableName]: [{ PutRequest: { Item: forged } }] } }),
  ]
  const outcomes: string[] = []
  for (const attempt of attempts) {
    const outcome = await client.send(attempt as PutItemCommand).then(
      () => 'done',
      (error) => error.name,
    )
    outcomes.push(outcome)
  }
  const refused = 'AccessDeniedException'
  expect(outcomes).toEqual(
    name === 'credentials' ? ['done', 'done', 'done', 'done', refused] : attempts.map(() => refused),
  )
  expect(stack.denials.at(-1)).toMatchObject({ function: name, action: 'dynamodb:BatchWriteItem' })
  client.destroy()
})

it.each(FUNCTION_NAMES)('%s cannot claim an issuer, unless it registers identity providers', async (name) => {
  const client = new DynamoDBClient(as(name, 'dynamodb'))
  const put = client.send(new PutItemCommand({ TableName, Item: forgedIssuer }))
  if (name === 'credentials' || name === 'tenants') await put
  else await expect(put).rejects.toMatchObject({ name: 'AccessDeniedException' })
  client.destroy()
})

it('a function that is taken over cannot change whose JWTs are trusted', async () => {
  const [tenant, honest, evil] = await Promise.all([
    stack.createTenant(),
    startTokenIssuer(),
    startTokenIssuer(),
  ])
  const { issuer, jwksUri } = honest
  const registered = await stack.api(`/v1/tenants/${tenant.id}/identity-providers`, {
    method: 'POST',
    body: { issuer, audience: AUDIENCE, jwks_uri: jwksUri },
  })
  const set = (Key: Key) => ({
    TableName,
    Key: text(Key),
    UpdateExpression: 'SET jwksUri = :evil, endUserNamespace = :apart',
    ExpressionAttributeValues: { ':evil': { S: evil.jwksUri }, ':apart': { S: 'identity_provider' } },
  })
  for (const name of FUNCTION_NAMES) {
    if (name === 'credentials' || name === 'tenants') continue
    const client = new DynamoDBClient(as(name, 'dynamodb'))
    const change = client.send(new UpdateItemCommand(set(issuerKey(issuer, AUDIENCE))))
    await expect(change, name).rejects.toMatchObject({ name: 'AccessDeniedException' })
    client.destroy()
  }
  const proxy = new DynamoDBClient(as('proxy', 'dynamodb'))
  const own = identityProviderKey(tenant.id as TenantId, registered.json.id)
  await proxy.send(new UpdateItemCommand(set(own)))
  proxy.destroy()
  const calls = [honest.token('alice'), evil.token('alice', { iss: issuer })].map((key) =>
    stack.api('/v1/connections', { key }),
  )
  expect((await Promise.all(calls)).map(({ status }) => status)).toEqual([200, 401])
  await Promise.all([honest.close(), evil.close()])
})

it('a function that is taken over cannot change where a tenant sends browsers, or who is suspended', async () => {
  const tenant = await stack.createTenant()
  const Key = text(tenantKey(tenant.id as TenantId))
  const evil = { SS: ['https://evil.example/'] }
  for (const name of FUNCTION_NAMES) {
    const client = new DynamoDBClient(as(name, 'dynamodb'))
    const update = {
      TableName,
      Key,
      UpdateExpression: 'SET #urls = :evil REMOVE suspendedApps.x',
      ConditionExpression: 'attribute_not_exists(pk)',
      ExpressionAttributeNames: { '#urls': 'returnUrls' },
      ExpressionAttributeValues: { ':evil': evil },
    }
    const put = {
      TableName,
      Item: { ...Key, returnUrls: evil },
      ConditionExpression: 'attribute_not_exists(pk)',
    }
    const outcomes = await Promise.all(
      [new UpdateItemCommand(update), new PutItemCommand(put)].map((attempt) =>
        client.send(attempt as PutItemCommand).catch((error) => error.name),
      ),
    )
    const may = ['apps', 'tenants', 'tenant-connections', 'rotate-keys'].includes(name)
    const expected = may ? 'ConditionalCheckFailedException' : 'AccessDeniedException'
    expect(outcomes, name).toEqual([expected, expected])
    client.destroy()
  }
})

it('a key may be noted as used, by the functions that authenticate', async () => {
  for (const name of FUNCTION_NAMES) {
    const client = new DynamoDBClient(as(name, 'dynamodb'))
    const noted = client.send(
      new UpdateItemCommand({
        TableName,
        Key: text(apiKeyHashKey('1'.repeat(64))),
        UpdateExpression: 'SET #set = :now',
        ConditionExpression: 'attribute_exists(pk)',
        ExpressionAttributeNames: { '#set': 'lastUsedAt' },
        ExpressionAttributeValues: { ':now': { N: '1' } },
      }),
    )
    const authenticating = [
      'manage',
      'connect-sessions',
      'connections',
      'proxy',
      'audit-events',
      'events',
      'webhook-endpoints',
    ]
    const may = [...authenticating, 'credentials'].includes(name)
    const expected = may ? 'ConditionalCheckFailedException' : 'AccessDeniedException'
    await expect(noted, name).rejects.toMatchObject({ name: expected })
    client.destroy()
  }
})

it('no function reads the whole table, none uses a root key for another purpose, and three make root keys', async () => {
  for (const name of FUNCTION_NAMES) {
    const table = new DynamoDBClient(as(name, 'dynamodb'))
    await expect(table.send(new ScanCommand({ TableName })), name).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining(`User: ${name} is not authorized to perform: dynamodb:Scan`),
    })
    const kms = new KMSClient(as(name, 'kms'))
    for (const EncryptionContext of [undefined, { purpose: 'other' }]) {
      const made = kms.send(
        new GenerateDataKeyCommand({ KeyId: rootKeyArn, KeySpec: 'AES_256', EncryptionContext }),
      )
      await expect(made, name).rejects.toMatchObject({ name: 'AccessDeniedException' })
    }
    table.destroy()
    kms.destroy()
  }
  expect(keyIds.length).toBeGreaterThan(1)
  for (const name of FUNCTION_NAMES) {
    const kms = new KMSClient(as(name, 'kms'))
    const EncryptionContext = { purpose: ROOT_KEY_PURPOSE }
    const made = kms.send(
      new GenerateDataKeyCommand({ KeyId: rootKeyArn, KeySpec: 'AES_256', EncryptionContext }),
    )
    const may = ['apps', 'tenants', 'rotate-keys'].includes(name)
    const outcome = await made.then(
      () => 'made',
      (error) => error.name,
    )
    expect(outcome, name).toBe(may ? 'made' : 'AccessDeniedException')
    kms.destroy()
  }
})

it('only functions that refresh tokens send to the recovery queue, and their queue is behind the check', async () => {
  const endpoints = stack.endpoints
  const guarded = await guardEmulators({ endpoints, environment: {} }, deployment, () => {})
  try {
    for (const definition of functions) {
      const { name, environment } = definition
      const url = environment.RECOVERY_QUEUE_URL
      if (url === undefined) continue
      const below = { ...definition, environment: { RECOVERY_QUEUE_URL: `${endpoints.sqs}${url}` } }
      expect(guarded.environmentOf(below).RECOVERY_QUEUE_URL, name).toBe(`${guarded.endpoints.sqs}${url}`)
      const client = new SQSClient(as(name, 'sqs'))
      const sent = client.send(new SendMessageCommand({ QueueUrl: url, MessageBody: '{}' }))
      const outcome = await sent.then(
        () => 'sent',
        (error) => error.name,
      )
      const refreshing = ['connections', 'proxy', 'keep-alive', 'tenant-connections', 'clickfunnels-events']
      const may = refreshing.includes(name)
      // The emulator has no queue under a URL without a host, so that an allowed call sends nothing.
      expect(outcome, name).toBe(may ? 'QueueDoesNotExist' : 'AccessDeniedException')
      client.destroy()
    }
  } finally {
    await guarded.close()
  }
})

it('unknown credentials are refused by all three services', async () => {
  const calls = await Promise.allSettled([
    new DynamoDBClient(as('local', 'dynamodb')).send(new PutItemCommand({ TableName, Item: forged })),
    new KMSClient(as('admin', 'kms')).send(new GenerateDataKeyCommand({ KeyId: rootKeyArn })),
    new SQSClient(as('AKIA', 'sqs')).send(new GetQueueUrlCommand({ QueueName: 'any' })),
  ])
  const unknown = { reason: { name: 'UnrecognizedClientException' } }
  expect(calls).toMatchObject([unknown, unknown, unknown])
})

const crippled = (from: string, to: string) => startTestStack({ templates: changedTemplates(from, to) })

it('without one of its permissions, a journey fails', async () => {
  const stack = await crippled('"state#*"', '"stat#*"')
  const tenant = await stack.createTenant()
  expect((await stack.connect(tenant)).status).not.toBe(200)
  expect(stack.denials[0]).toMatchObject({ function: 'authorize', action: 'dynamodb:PutItem' })
  await expect(stack.close()).rejects.toThrow('dynamodb:PutItem')
})

it("without the permission for the table's key, DynamoDB refuses each call", async () => {
  const stack = await crippled('"dynamodb.eu-central-1.amazonaws.com"', '"s3.eu-central-1.amazonaws.com"')
  await expect(stack.createTenant()).rejects.toThrow()
  expect(stack.denials[0]).toMatchObject({ function: 'tenants', action: 'kms:Decrypt' })
  await expect(stack.close()).rejects.toThrow('kms:Decrypt')
})
