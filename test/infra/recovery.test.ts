import { expect, it } from 'vitest'
import { data, functionResource, resourcesOf, service } from './synthesized.ts'

const [functionId, { Properties: consumer }] = functionResource('recover-rotations')
const queue = data.Resources.RecoveryQueueF1C7E043?.Properties

it('the recovery queue is worked off by recover-rotations, message by message', () => {
  const mappings = resourcesOf(service, 'AWS::Lambda::EventSourceMapping').map(
    ([, { Properties }]) => Properties,
  )
  expect(mappings).toEqual([
    {
      BatchSize: 10,
      EventSourceArn: { 'Fn::ImportValue': expect.stringMatching(/RecoveryQueueF1C7E043Arn/) },
      FunctionName: { Ref: functionId },
      // Without it one message that fails would take nine others back to the queue.
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    },
  ])
})

it('a message is not handed out again while a run may still be at it', () => {
  expect(queue.VisibilityTimeout).toBeGreaterThan(consumer.Timeout)
})
