// Wakes the senders by a queue: a message for each endpoint, with the ids of its deliveries. The message holds nothing secret, and
// nothing that is not in the table, so that a lost one costs time only.
import type { SQSClient } from '@aws-sdk/client-sqs'
import type { DeliveryRef, Senders, Wake } from '#domain/events/subscribers.ts'
import { callAws } from '../aws-call.ts'

/** One process sends so many side by side. */
const MAX_DELIVERIES = 40

export class SqsSenders implements Senders {
  readonly #url: string
  readonly #client: () => Promise<SQSClient>

  /** @param client loads the SDK's client when a message is sent first, so that functions start without it */
  constructor(url: string, client: () => Promise<SQSClient>) {
    this.#url = url
    this.#client = client
  }

  async wake(deliveries: readonly DeliveryRef[], { delaySeconds = 0, vain = 0 }: Wake = {}): Promise<void> {
    const [client, { SendMessageCommand }] = await Promise.all([
      this.#client(),
      import('@aws-sdk/client-sqs'),
    ])
    const messages = [...Map.groupBy(deliveries, ({ endpointId }) => endpointId).values()].flatMap((refs) => [
      ...inMessages(refs),
    ])
    await Promise.all(
      messages.map((refs) => {
        const message = new SendMessageCommand({
          QueueUrl: this.#url,
          MessageBody: messageOf(refs, vain),
          DelaySeconds: delaySeconds,
        })
        return callAws('SQS', (options) => client.send(message, options))
      }),
    )
  }
}

function* inMessages(refs: readonly DeliveryRef[]) {
  for (let from = 0; from < refs.length; from += MAX_DELIVERIES) yield refs.slice(from, from + MAX_DELIVERIES)
}

function messageOf(refs: readonly DeliveryRef[], vain: number): string {
  const [first] = refs
  const deliveries = refs.map(({ id }) => id)
  return JSON.stringify({ tenant: first?.tenantId, endpoint: first?.endpointId, deliveries, vain })
}
