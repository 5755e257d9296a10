// The local evaluation of policies, and what it says of the synthesized roles: each function makes the calls of its work,
// and no other function can forge a credential.
import { describe, expect, inject, test } from 'vitest'
import { apiKeyHashKey, issuerKey, tenantKey } from '#adapters/dynamodb/schema.ts'
import type { TenantId } from '#domain/ids.ts'
import { FUNCTION_NAMES } from '#runtime/env.ts'
import { synthesize } from '../../infra/local/cloudformation/synthesis.ts'
import { readDeployment } from '../../infra/local/cloudformation/template.ts'
import { callsOf } from '../../infra/local/iam/calls.ts'
import { type Call, isAllowed, type Statement } from '../../infra/local/iam/evaluate.ts'
import { type Denial, startGuard } from '../../infra/local/iam/guard.ts'
import { startPeer, wire } from '../support/loopback-peer.ts'

const directory = inject('templates') ?? (await synthesize()).directory
const { functions, tables } = readDeployment(directory, { publicUrl: 'http://127.0.0.1:1', parameters: {} })
const TableName = tables[0]?.name ?? ''
const roleOf = (name: string) => functions.find((one) => one.name === name)?.statements ?? []
const marshalled = ({ pk, sk }: { pk: string; sk: string }) => ({ pk: { S: pk }, sk: { S: sk } })
const HASH = marshalled(apiKeyHashKey('0'.repeat(64)))
const TENANT = marshalled(tenantKey('ten_1' as TenantId))

const mayCall = (name: string, operation: string, input: object) =>
  callsOf(`DynamoDB_20120810.${operation}`, { TableName, ...input }).every((call) =>
    isAllowed(roleOf(name), call),
  )

describe('a forged API key', () => {
  const item = { ...HASH, tenantId: { S: 'ten_1' }, id: { S: 'key_1' } }
  const others = FUNCTION_NAMES.filter((name) => name !== 'credentials')

  test.each(others)('is not put by %s, alone or in a transaction', (name) => {
    expect(mayCall(name, 'PutItem', { Item: item })).toBe(false)
    const put = { Put: { TableName, Item: item } }
    const own = { Update: { TableName, Key: TENANT, UpdateExpression: 'SET a = :a' } }
    expect(mayCall(name, 'TransactWriteItems', { TransactItems: [own, put] })).toBe(false)
  })

  test.each(others)('is not made by an update of %s', (name) => {
    const update = (UpdateExpression: string, more: object = {}) =>
      mayCall(name, 'UpdateItem', { Key: HASH, UpdateExpression, ...more })
    expect(update('SET tenantId = :t, lastUsedAt = :h')).toBe(false)
    expect(update('SET #x = :t', { ExpressionAttributeNames: { '#x': 'tenantId' } })).toBe(false)
    expect(update('SET lastUsedAt = :h ADD scopes :s')).toBe(false)
  })

  test('is no identity provider either', () => {
    const forged = { Item: marshalled(issuerKey('https://evil.example', 'x')) }
    const may = FUNCTION_NAMES.filter((name) => mayCall(name, 'PutItem', forged))
    expect(may).toEqual(['credentials', 'tenants'])
  })

  test('is what `credentials` alone may put', () => {
    expect(mayCall('credentials', 'PutItem', { Item: item })).toBe(true)
  })
})

test('authentication stores the hour of a last use, and reads keys and issuers in all of their forms', () => {
  for (const name of ['connect-sessions', 'connections', 'proxy', 'audit-events']) {
    const ConditionExpression =
      'attribute_exists(pk) AND (attribute_not_exists(lastUsedAt) OR lastUsedAt < :hour)'
    const used = { Key: HASH, UpdateExpression: 'SET #n0 = :v0', ConditionExpression }
    expect(
      mayCall(name, 'UpdateItem', { ...used, ExpressionAttributeNames: { '#n0': 'lastUsedAt' } }),
      name,
    ).toBe(true)
    expect(mayCall(name, 'GetItem', { Key: HASH }), name).toBe(true)
    const Keys = [marshalled(issuerKey('https://a.example', 'x'))]
    expect(mayCall(name, 'BatchGetItem', { RequestItems: { [TableName]: { Keys } } }), name).toBe(true)
    const mixed = [...Keys, TENANT, HASH]
    expect(mayCall(name, 'BatchGetItem', { RequestItems: { [TableName]: { Keys: mixed } } }), name).toBe(
      false,
    )
  }
})

describe('an evaluation', () => {
  const statement = (more: Partial<Statement>): Statement => ({
    Effect: 'Allow',
    Action: 'dynamodb:GetItem',
    Resource: 'arn:aws:dynamodb:x:0:table/t',
    ...more,
  })
  const call = { action: 'dynamodb:GetItem', resource: 'arn:aws:dynamodb:x:0:table/t', context: {} }

  test('allows what a statement names, and nothing else', () => {
    expect(isAllowed([statement({})], call)).toBe(true)
    expect(isAllowed([], call)).toBe(false)
    expect(isAllowed([statement({})], { ...call, action: 'dynamodb:PutItem' })).toBe(false)
    expect(isAllowed([statement({ Resource: '*' })], { ...call, resource: 'arn:x' })).toBe(true)
    expect(isAllowed([statement({})], { ...call, resource: `${call.resource}/index/i` })).toBe(false)
  })

  test('lets a denial win', () => {
    expect(isAllowed([statement({}), statement({ Effect: 'Deny' })], call)).toBe(false)
  })

  test('refuses an operator that it does not know, instead of guessing', () => {
    const unknown = statement({ Condition: { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } } })
    expect(() => isAllowed([unknown], call)).toThrow(/IpAddress/)
  })
})

// DynamoDB decrypts the table on behalf of its caller, so each function that uses the table needs that of the table's key.
test('each function that uses the table may have it decrypted by DynamoDB, and may not use its key by itself', () => {
  const tableKeyArn = tables[0]?.keyArn ?? ''
  expect(tableKeyArn).toMatch(/^arn:aws:kms:/)
  const get = { TableName, Key: TENANT }
  for (const name of FUNCTION_NAMES) {
    const [own, decrypt, ...others] = callsOf('DynamoDB_20120810.GetItem', get, tableKeyArn)
    expect([own?.action, decrypt?.action, others]).toEqual(['dynamodb:GetItem', 'kms:Decrypt', []])
    expect(isAllowed(roleOf(name), decrypt as Call), name).toBe(name !== 'service')
    for (const operation of ['Decrypt', 'GenerateDataKey']) {
      const direct = callsOf(`TrentService.${operation}`, { KeyId: tableKeyArn })
      expect(
        direct.some((call) => isAllowed(roleOf(name), call)),
        name,
      ).toBe(false)
    }
  }
})

test('the guard answers as AWS does, and tells of what it refused', async () => {
  const emulator = await startPeer((socket) => socket.write(wire(200, ['Connection: close'], '{}')))
  const denials: Denial[] = []
  const roles = Object.fromEntries(functions.map(({ name, statements }) => [name, statements]))
  const guard = await startGuard(emulator.url, roles, (denial) => denials.push(denial))
  try {
    const send = async (name: string, operation: string, input: object) => {
      const response = await fetch(guard.url, {
        method: 'POST',
        headers: {
          authorization: `AWS4-HMAC-SHA256 Credential=${name}/20260101/us-east-1/dynamodb/aws4_request, Signature=x`,
          'x-amz-target': `DynamoDB_20120810.${operation}`,
        },
        body: JSON.stringify({ TableName, ...input }),
      })
      return [response.status, JSON.parse(await response.text()).__type]
    }
    expect(await send('proxy', 'PutItem', { Item: HASH })).toEqual([400, 'AccessDeniedException'])
    expect(await send('unknown', 'GetItem', { Key: HASH })).toEqual([400, 'UnrecognizedClientException'])
    expect(emulator.requests).toEqual([])
    expect(await send('proxy', 'GetItem', { Key: HASH })).toEqual([200, undefined])
    expect(denials).toMatchObject([{ function: 'proxy', action: 'dynamodb:PutItem' }])
  } finally {
    await guard.close()
    await emulator.close()
  }
})
