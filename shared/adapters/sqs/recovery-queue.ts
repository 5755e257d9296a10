// The recovery queue on SQS: sealed token rotations as JSON (recovery-message.ts reads them). The SDK's SQS client is
// loaded when a message has to be sent, which is rare, so that functions start without it.
import type { SQSClient } from '@aws-sdk/client-sqs'
import type { RecoveryQueue, TokenRotation } from '#domain/tokens/recovery-queue.ts'
import { AWS_TIMEOUTS, callAws } from '../aws-call.ts'

/** The process that sent it retries the commit itself for about this long. */
const DELAY_SECONDS = 10
/** Most faults of the table pass within seconds, and callers wait for the tokens. */
const FIRST_RETRY_SECONDS = 5
/** The visibility timeout of the queue. */
const MAX_RETRY_SECONDS = 60

export class SqsRecoveryQueue implements RecoveryQueue {
  readonly #url: string

  constructor(url: string) {
    this.#url = url
  }

  async send(rotation: TokenRotation): Promise<void> {
    const { SendMessageCommand } = await import('@aws-sdk/client-sqs')
    const message = { MessageBody: toMessage(rotation), DelaySeconds: DELAY_SECONDS }
    await withClient((client, options) =>
      client.send(new SendMessageCommand({ QueueUrl: this.#url, ...message }), options),
    )
  }

  async redeliver(receipt: string, deliveries: number): Promise<void> {
    const { ChangeMessageVisibilityCommand } = await import('@aws-sdk/client-sqs')
    const VisibilityTimeout = Math.min(FIRST_RETRY_SECONDS * 2 ** (deliveries - 1), MAX_RETRY_SECONDS)
    const change = { QueueUrl: this.#url, ReceiptHandle: receipt, VisibilityTimeout }
    await withClient((client, options) => client.send(new ChangeMessageVisibilityCommand(change), options))
  }

  messageOf(rotation: TokenRotation): string {
    return toMessage(rotation)
  }
}

/** A client for one call, because calls are rare. */
async function withClient(
  call: (client: SQSClient, options: { readonly abortSignal: AbortSignal }) => Promise<unknown>,
): Promise<void> {
  const { SQSClient } = await import('@aws-sdk/client-sqs')
  const client = new SQSClient({ requestHandler: AWS_TIMEOUTS })
  try {
    await callAws('SQS', (options) => call(client, options))
  } finally {
    client.destroy()
  }
}

export function toMessage(rotation: TokenRotation): string {
  return JSON.stringify(rotation, (_, value) =>
    value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value,
  )
}
