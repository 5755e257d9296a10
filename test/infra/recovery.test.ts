import { expect, it } from 'vitest'
import { data, functionResource, resourcesOf, service } from './synthesized.ts'

const [functionId, { Properties: consumer }] = functionResource('recover-rotations')
const queue = data.Resources.RecoveryQueueF1C7E043?.Properties

it('recover-rotations consumes the recovery queue, and reports each failed message', () => {
  const mappings = resourcesOf(service, 'AWS::Lambda::EventSourceMapping').map(
    ([, { Properties }]) => Properties,
  )
  expect(mappings.filter((mapping) => mapping.FunctionName.Ref === functionId)).toEqual([
    {
      BatchSize: 10,
      EventSourceArn: { 'Fn::ImportValue': expect.stringMatching(/RecoveryQueueF1C7E043Arn/) },
      FunctionName: { Ref: functionId },
      // Without this, one failed message would send nine others back to the queue.
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      // A hundred messages at once, and no more of the account's concurrency.
      ScalingConfig: { MaximumConcurrency: 10 },
    },
  ])
})

it('SQS does not deliver a message again while a run may still process it', () => {
  expect(queue.VisibilityTimeout).toBeGreaterThan(consumer.Timeout)
})
