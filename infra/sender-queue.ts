// The queue that wakes the senders of webhooks, and the function behind it. A message names deliveries that are in the table, so a
// message that is lost costs a minute: the schedule finds what is overdue.
import { Duration, Validations } from 'aws-cdk-lib'
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources'
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs'
import type { Construct } from 'constructs'
import type { ServiceFunction } from './service-function.ts'

/** More than a run may take, so that no message comes again while its run goes on. */
const VISIBILITY = Duration.seconds(90)
/** More than the longest delay. After that the schedule has found the deliveries. */
const RETENTION = Duration.hours(1)
/**
 * Webhooks take no more of the account's concurrency. A run serves one endpoint, and an endpoint has four at the most. So endpoints
 * that hang leave room for the others.
 */
export const MAX_CONCURRENCY = 100

export function createSenderQueue(scope: Construct): Queue {
  const queue = new Queue(scope, 'SenderQueue', {
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    retentionPeriod: RETENTION,
    visibilityTimeout: VISIBILITY,
  })
  Validations.of(queue).acknowledge({
    id: 'AwsSolutions-SQS3',
    reason: 'A message is a reminder. What it reminds of is in the table, and the schedule finds it there.',
  })
  return queue
}

export function sendFromQueue({ lambda }: ServiceFunction, queue: Queue): void {
  lambda.addEventSource(
    new SqsEventSource(queue, {
      // A message is about one endpoint, which must not wait for another one.
      batchSize: 1,
      reportBatchItemFailures: true,
      maxConcurrency: MAX_CONCURRENCY,
    }),
  )
}
