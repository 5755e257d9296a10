import { describe, expect, it } from 'vitest'
import {
  DUE_INDEX,
  END_USER_INDEX,
  PARTITION_KEY,
  SORT_KEY,
  TTL_ATTRIBUTE,
} from '#adapters/dynamodb/schema.ts'
import { data, readOutput, resourcesOf } from './synthesized.ts'

const [[tableId, table] = []] = resourcesOf(data, 'AWS::DynamoDB::GlobalTable')
const keys = resourcesOf(data, 'AWS::KMS::Key')
const stateful = Object.entries(data.Resources).filter(([, { Type }]) => Type !== 'AWS::SQS::QueuePolicy')

describe('data stack', () => {
  // CloudFormation replaces a resource whose logical id changes: the service would run on an empty table, or could open no token.
  it('keeps the logical ids of everything it holds', () => {
    expect(stateful.map(([id]) => id).sort()).toEqual([
      'RecoveryDeadLetters32BD5CB3',
      'RecoveryQueueF1C7E043',
      'RootKeyEC9149F6',
      'TableCD117FA1',
      'TableKeyF581D96F',
    ])
  })

  // "RetainExceptOnCreate" deletes only what was created by a deployment that failed.
  it('retains all of it when the stack is deleted or a resource replaced', () => {
    for (const [id, resource] of stateful) {
      expect(resource, id).toMatchObject({
        DeletionPolicy: 'RetainExceptOnCreate',
        UpdateReplacePolicy: 'Retain',
      })
    }
  })

  it('cannot be deleted by mistake, and neither can the stack with the API', () => {
    const { artifacts } = JSON.parse(readOutput('manifest.json'))
    for (const stack of ['FunnelConnectData', 'FunnelConnectService']) {
      expect(artifacts[stack].properties, stack).toMatchObject({ terminationProtection: true })
    }
  })

  it('has one table, on demand, with items that expire', () => {
    expect(tableId).toBe('TableCD117FA1')
    expect(table?.Properties).toMatchObject({
      BillingMode: 'PAY_PER_REQUEST',
      TimeToLiveSpecification: { AttributeName: TTL_ATTRIBUTE, Enabled: true },
      KeySchema: [
        { AttributeName: PARTITION_KEY, KeyType: 'HASH' },
        { AttributeName: SORT_KEY, KeyType: 'RANGE' },
      ],
    })
  })

  it('protects the table: no deletion, restore to any second of the last 35 days, a customer managed key', () => {
    expect(table?.Properties.Replicas).toHaveLength(1)
    expect(table?.Properties.Replicas[0]).toMatchObject({
      DeletionProtectionEnabled: true,
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      SSESpecification: { KMSMasterKeyId: { 'Fn::GetAtt': ['TableKeyF581D96F', 'Arn'] } },
    })
    expect(table?.Properties.SSESpecification).toEqual({ SSEEnabled: true, SSEType: 'KMS' })
  })

  it('has the indexes of the schema, with no more attributes than needed', () => {
    const index = ({ name, partitionKey, sortKey }: typeof DUE_INDEX | typeof END_USER_INDEX) => ({
      IndexName: name,
      KeySchema: [
        { AttributeName: partitionKey, KeyType: 'HASH' },
        { AttributeName: sortKey, KeyType: 'RANGE' },
      ],
    })
    expect(table?.Properties.GlobalSecondaryIndexes).toEqual([
      { ...index(DUE_INDEX), Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['appId'] } },
      { ...index(END_USER_INDEX), Projection: { ProjectionType: 'KEYS_ONLY' } },
    ])
    expect(table?.Properties.AttributeDefinitions).toContainEqual({
      AttributeName: DUE_INDEX.sortKey,
      AttributeType: 'N',
    })
  })

  it('allows the use of a key by IAM policies of its own account only', () => {
    const root = ['arn:', { Ref: 'AWS::Partition' }, ':iam::', { Ref: 'AWS::AccountId' }, ':root']
    for (const [id, { Properties }] of keys) {
      expect(Properties.KeyPolicy.Statement, id).toEqual([
        { Action: 'kms:*', Effect: 'Allow', Principal: { AWS: { 'Fn::Join': ['', root] } }, Resource: '*' },
      ])
    }
  })

  it('keeps rotated tokens that wait for their commit for two weeks, encrypted, after many failed attempts, too', () => {
    const queues = new Map(resourcesOf(data, 'AWS::SQS::Queue'))
    for (const [id, { Properties }] of queues) {
      expect(Properties, id).toMatchObject({
        SqsManagedSseEnabled: true,
        MessageRetentionPeriod: 14 * 24 * 3600,
      })
    }
    const { RedrivePolicy, VisibilityTimeout } = queues.get('RecoveryQueueF1C7E043')?.Properties ?? {}
    expect(RedrivePolicy.deadLetterTargetArn).toEqual({
      'Fn::GetAtt': ['RecoveryDeadLetters32BD5CB3', 'Arn'],
    })
    // A person has to look only after hours of failed commits.
    expect(RedrivePolicy.maxReceiveCount * VisibilityTimeout).toBeGreaterThan(8 * 3600)
  })

  it('accepts messages over TLS only, and allows no sender by a policy of the queue', () => {
    const policies = resourcesOf(data, 'AWS::SQS::QueuePolicy').map(([, { Properties }]) => Properties)
    expect(policies.flatMap(({ Queues }) => Queues)).toHaveLength(2)
    for (const statement of policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement)) {
      expect(statement).toMatchObject({
        Effect: 'Deny',
        Action: 'sqs:*',
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      })
    }
  })

  it('rotates both keys, and deletes a key a month after it was scheduled for deletion', () => {
    expect(keys).toHaveLength(2)
    for (const [id, { Properties }] of keys) {
      expect(Properties.EnableKeyRotation, id).toBe(true)
      // 30 is KMS' default.
      expect(Properties.PendingWindowInDays ?? 30, id).toBe(30)
    }
  })
})
