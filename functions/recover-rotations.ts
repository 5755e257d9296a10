// The consumer of the recovery queue: commits rotated tokens whose commit failed. A message that fails goes back to the
// queue and comes again after seconds; the others of its batch do not. A message that can no longer be decrypted is logged and dropped.
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda'
import { fromMessage } from '#adapters/sqs/recovery-message.ts'
import { deadlineIn } from '#domain/time.ts'
import { recoverTokenRotation } from '#domain/tokens/recover-rotation.ts'
import type { Services } from '#runtime/all-services.ts'
import { onLambda } from '#runtime/lambda.ts'
import { createServices } from '#runtime/services.ts'

export const recoverRotations =
  (services: Services) =>
  async (
    { Records }: SQSEvent,
    context: Pick<Context, 'getRemainingTimeInMillis'>,
  ): Promise<SQSBatchResponse> => {
    const { end } = deadlineIn(services.now(), context.getRemainingTimeInMillis() / 1000)
    const batchItemFailures: SQSBatchResponse['batchItemFailures'] = []
    const recover = async ({ messageId, body, receiptHandle, attributes }: SQSEvent['Records'][number]) => {
      try {
        const recovering = recoverTokenRotation(services, fromMessage(body)).then((outcome) => ({ outcome }))
        // One that hangs must not take the whole batch back to the queue.
        const recovered = await services.background.within(recovering, end)
        if (recovered !== undefined) return
        services.log.error('A rotation was not recovered yet', { messageId, error: 'no time left' })
        batchItemFailures.push({ itemIdentifier: messageId })
      } catch (error) {
        services.log.error('A rotation was not recovered yet', { messageId, error })
        batchItemFailures.push({ itemIdentifier: messageId })
        const deliveries = Number(attributes.ApproximateReceiveCount)
        await services.recoveryQueue.redeliver(receiptHandle, deliveries).catch((cause) => {
          services.log.warn('A rotation comes again after a minute only', { messageId, error: cause })
        })
      }
    }
    // At once, because one that hangs must not keep the others waiting. A batch has at most ten messages.
    await Promise.all(Records.map(recover))
    return { batchItemFailures }
  }

export const handler = await onLambda('recover-rotations', createServices, recoverRotations)
