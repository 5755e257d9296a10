// Sends webhooks: what a message of the queue names, and every minute it wakes the senders for what is overdue. It talks to servers of
// strangers, so its role reaches the webhooks' part of the table and the secrets that sign webhooks, and nothing else.
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda'
import { wokenBy } from '#adapters/sqs/sender-message.ts'
import { send, WEBHOOKS_UNSENT } from '#domain/webhooks/send.ts'
import { wakeDue } from '#domain/webhooks/wake-due.ts'
import { eventJson } from '#http/wire/event.ts'
import { onLambda } from '#runtime/lambda.ts'
import { createSendingServices, type SendingServices } from '#runtime/webhook-services.ts'

export const sendWebhooks = (services: SendingServices) => {
  const sending = {
    ...services,
    bodyOf: (event: Parameters<typeof eventJson>[0]) => JSON.stringify(eventJson(event)),
  }
  return async (
    event: Partial<SQSEvent>,
    context: Pick<Context, 'getRemainingTimeInMillis'>,
  ): Promise<SQSBatchResponse | { readonly woken: number }> => {
    if (event.Records === undefined) return { woken: await wakeDue(services) }
    const hasTime = (seconds: number) => context.getRemainingTimeInMillis() > seconds * 1000
    const batchItemFailures: SQSBatchResponse['batchItemFailures'] = []
    for (const { messageId, body } of event.Records) {
      try {
        await send(sending, wokenBy(body), hasTime)
      } catch (error) {
        services.log.error(WEBHOOKS_UNSENT, { messageId, error })
        batchItemFailures.push({ itemIdentifier: messageId })
      }
    }
    return { batchItemFailures }
  }
}

export const handler = await onLambda('send-webhooks', createSendingServices, sendWebhooks)
