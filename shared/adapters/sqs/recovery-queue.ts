// The recovery queue on SQS: sealed token rotations as JSON (recovery-message.ts reads them). The SDK's SQS client is
// loaded when a message has to be sent, which is rare, so that functions start without it.
import type { RecoveryQueue, TokenRotation } from '#domain/tokens/recovery-queue.ts'
import { AWS_TIMEOUTS, callAws } from '../aws-call.ts'

/** The process that sent it retries the commit itself for about this long. */
const DELAY_SECONDS = 10

export class SqsRecoveryQueue implements RecoveryQueue {
  readonly #url: string

  constructor(url: string) {
    this.#url = url
  }

  async send(rotation: TokenRotation): Promise<void> {
    const { SQSClient, SendMessageCommand } = await import('@aws-sdk/client-sqs')
    const client = new SQSClient({ requestHandler: AWS_TIMEOUTS })
    const message = new SendMessageCommand({
      QueueUrl: this.#url,
      MessageBody: toMessage(rotation),
      DelaySeconds: DELAY_SECONDS,
    })
    try {
      await callAws((options) => client.send(message, options))
    } finally {
      client.destroy()
    }
  }
}

export function toMessage(rotation: TokenRotation): string {
  return JSON.stringify(rotation, (_, value) =>
    value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value,
  )
}
