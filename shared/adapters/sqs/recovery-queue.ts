// The recovery queue on SQS: sealed rotations as JSON (back: recovery-message.ts). The SDK's SQS client is loaded when
// something has to be sent, which is hardly ever: a function that only might need it does not pay for it at its start.
import type { RecoveryQueue, TokenRotation } from '#domain/tokens/recovery-queue.ts'

/** Whoever sent it tries the commit itself for that long. */
const DELAY_SECONDS = 10

export class SqsRecoveryQueue implements RecoveryQueue {
  readonly #url: string

  constructor(url: string) {
    this.#url = url
  }

  async send(rotation: TokenRotation): Promise<void> {
    const { SQSClient, SendMessageCommand } = await import('@aws-sdk/client-sqs')
    const client = new SQSClient({})
    await client.send(
      new SendMessageCommand({
        QueueUrl: this.#url,
        MessageBody: toMessage(rotation),
        DelaySeconds: DELAY_SECONDS,
      }),
    )
    client.destroy()
  }
}

export function toMessage(rotation: TokenRotation): string {
  return JSON.stringify(rotation, (_, value) =>
    value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value,
  )
}
