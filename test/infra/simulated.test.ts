// The AWS of the simulation has the table, the indexes and the queue of the templates.
import { expect, test } from 'vitest'
import { RECOVERY_QUEUE, TABLE } from '../simulation/world/our-aws.ts'
import { data, resourcesOf } from './synthesized.ts'

test('the table has the same keys, indexes and TTL', () => {
  const table = resourcesOf(data, 'AWS::DynamoDB::GlobalTable')[0]?.[1].Properties
  const keys = (partition: string, sort: string) => [
    { AttributeName: partition, KeyType: 'HASH' },
    { AttributeName: sort, KeyType: 'RANGE' },
  ]
  expect(table.KeySchema).toEqual(keys(TABLE.partitionKey, TABLE.sortKey))
  expect(table.TimeToLiveSpecification.AttributeName).toBe(TABLE.ttl)
  expect(table.GlobalSecondaryIndexes.map(shapeOf)).toEqual(
    TABLE.indexes.map(({ name, partitionKey, sortKey, attributes }) => ({
      name,
      keys: keys(partitionKey, sortKey),
      attributes,
    })),
  )
  const types = new Map(table.AttributeDefinitions.map(typeOf))
  for (const { partitionKey, sortKey, sortType } of TABLE.indexes) {
    expect([types.get(partitionKey), types.get(sortKey)]).toEqual(['S', sortType])
  }
})

interface TemplateIndex {
  readonly IndexName: string
  readonly KeySchema: readonly object[]
  readonly Projection: { readonly NonKeyAttributes?: readonly string[] }
}

function shapeOf({ IndexName: name, KeySchema: keys, Projection }: TemplateIndex) {
  return { name, keys, attributes: Projection.NonKeyAttributes ?? [] }
}

function typeOf({ AttributeName, AttributeType }: Readonly<Record<string, string>>) {
  return [AttributeName, AttributeType] as const
}

test('the queue hides, keeps and gives up a message as long', () => {
  const queue = resourcesOf(data, 'AWS::SQS::Queue').find(([, { Properties }]) => Properties.RedrivePolicy)
  expect(queue?.[1].Properties).toMatchObject({
    VisibilityTimeout: RECOVERY_QUEUE.visibilityMilliseconds / 1000,
    MessageRetentionPeriod: RECOVERY_QUEUE.retentionMilliseconds / 1000,
    RedrivePolicy: { maxReceiveCount: RECOVERY_QUEUE.redrive?.maxReceiveCount },
  })
})
