// Stands in for Lambda's event source mappings of queues: receives messages from a queue, invokes the function with them, and deletes
// those that the function did not report as failed. The others come back after the queue's visibility timeout.
import {
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs'
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda'
import type { QueueSource } from '../cloudformation/event-sources.ts'
import { LOCAL_REGION } from '../kms/keys.ts'

const RETRY_MILLISECONDS = 1_000
/** Enough for tests in which several invocations hang. */
const MAX_POLLERS = 6

export class QueueSources {
  readonly #sources: readonly QueueSource[]
  readonly #clientOf: (name: string) => SQSClient
  readonly #invoke: (name: string, event: unknown) => Promise<unknown>
  readonly #onError: (name: string, error: Error) => void
  readonly #stopping = new AbortController()

  /** @param clientOf gives a client that acts as a function: Lambda reads the queue with the function's role */
  constructor(
    sources: readonly QueueSource[],
    clientOf: (name: string) => SQSClient,
    invoke: (name: string, event: unknown) => Promise<unknown>,
    onError: (name: string, error: Error) => void,
  ) {
    this.#sources = sources
    this.#clientOf = clientOf
    this.#invoke = invoke
    this.#onError = onError
  }

  start(): void {
    for (const source of this.#sources) {
      const pollers = Math.min(source.concurrency, MAX_POLLERS)
      for (let poller = 0; poller < pollers; poller++) void this.#poll(source)
    }
  }

  stop(): void {
    this.#stopping.abort()
  }

  async #poll(source: QueueSource): Promise<void> {
    const { signal } = this.#stopping
    const client = this.#clientOf(source.function)
    while (!signal.aborted) {
      try {
        // One message at a time: with more, the emulator does not return as soon as a message comes.
        const receive = { QueueUrl: source.queueUrl, MaxNumberOfMessages: 1, WaitTimeSeconds: 1 }
        const { Messages = [] } = await client.send(new ReceiveMessageCommand(receive), {
          abortSignal: signal,
        })
        for (const message of Messages) await this.#deliver(client, source, message)
      } catch (error) {
        if (signal.aborted) break
        // The message stays in the queue and comes back.
        this.#onError(source.function, error as Error)
        await new Promise((resolve) => setTimeout(resolve, RETRY_MILLISECONDS))
      }
    }
    client.destroy()
  }

  async #deliver(client: SQSClient, { queueUrl, queueArn, function: target }: QueueSource, message: Message) {
    const event: SQSEvent = {
      Records: [
        {
          messageId: message.MessageId ?? '',
          receiptHandle: message.ReceiptHandle ?? '',
          body: message.Body ?? '',
          attributes: {
            ApproximateReceiveCount: '1',
            SentTimestamp: '0',
            SenderId: 'local',
            ApproximateFirstReceiveTimestamp: '0',
          },
          messageAttributes: {},
          md5OfBody: message.MD5OfBody ?? '',
          eventSource: 'aws:sqs',
          eventSourceARN: queueArn,
          awsRegion: LOCAL_REGION,
        },
      ],
    }
    const answer = (await this.#invoke(target, event)) as SQSBatchResponse | null
    const failed = answer?.batchItemFailures.some(
      ({ itemIdentifier }) => itemIdentifier === message.MessageId,
    )
    if (failed) return
    await client.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle: message.ReceiptHandle }))
  }
}
