// Hands new items of the outbox to the function that publishes events, by the table's stream. Lambda reads the stream without
// charge, and its filter drops the records of all other items before the function is invoked.
import { Validations } from 'aws-cdk-lib'
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb'
import { FilterCriteria, FilterRule, StartingPosition } from 'aws-cdk-lib/aws-lambda'
import { prefixOf, SORT_KEY } from '#adapters/dynamodb/schema.ts'
import type { ServiceFunction } from './service-function.ts'
import { allow } from './table-access.ts'

/** Then the batch is given up, so that it does not hold up the others. The sweep of the next minute finds its events. */
const RETRIES = 3

export function publishFromStream({ lambda }: ServiceFunction, { tableStreamArn }: TableV2): void {
  if (tableStreamArn === undefined) throw new Error('The table has no stream')
  const source = lambda.addEventSourceMapping('OutboxStream', {
    eventSourceArn: tableStreamArn,
    startingPosition: StartingPosition.TRIM_HORIZON,
    batchSize: 100,
    retryAttempts: RETRIES,
    filters: [
      FilterCriteria.filter({
        eventName: FilterRule.isEqual('INSERT'),
        dynamodb: { Keys: { [SORT_KEY]: { S: FilterRule.beginsWith(prefixOf.outbox) } } },
      }),
    ],
  })
  allow(
    lambda,
    ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'],
    tableStreamArn,
  )
  allow(lambda, ['dynamodb:ListStreams'], '*')
  const { role } = lambda
  if (role === undefined) throw new Error('The function has no role')
  // Lambda checks the role when it makes the mapping.
  source.node.addDependency(role)
  Validations.of(role).acknowledge({
    id: 'AwsSolutions-IAM5[Resource::*]',
    reason:
      'dynamodb:ListStreams names no resource, and Lambda requires it of a function that reads a stream.',
  })
}
