// Keeps messages between runs, because the SQS emulator has them in memory only. It reads requests and answers as they
// pass, and keeps each message from SendMessage to DeleteMessage. The next run sends messages that are left to their
// queue again, even if they were received before: SQS delivers at least once anyway. It does not know batch operations,
// because the service uses none.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Journal, Kept } from '../journal.ts'

interface KeptMessage {
  readonly id: string
  /** The body of its SendMessage request. */
  readonly request: string
}

interface Answer {
  readonly MessageId?: string
  readonly Messages?: readonly { readonly MessageId: string; readonly ReceiptHandle: string }[]
}

const TARGET_PREFIX = 'AmazonSQS.'

export class KeptMessages {
  readonly #journal: Journal
  readonly #kept: Kept<KeptMessage>
  readonly #idOfReceipt = new Map<string, string>()

  constructor(journal: Journal) {
    this.#journal = journal
    this.#kept = journal.kept('message')
  }

  /** Sends the messages that earlier runs did not process. @param url the URL of the watched emulator */
  async sendLeftOvers(url: string): Promise<void> {
    for (const { id, request } of this.#kept.all()) {
      const headers = {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': `${TARGET_PREFIX}SendMessage`,
      }
      const answer = await fetch(url, { method: 'POST', headers, body: request })
      if (!answer.ok)
        throw new Error(`The SQS emulator did not accept a kept message: ${await answer.text()}`)
      // Removed only now, because it is kept under its new id by now.
      this.#kept.remove(id)
      this.#journal.commit()
    }
  }

  /** Watches one request. Call it before the emulator reads it. The message is kept before the answer is sent. */
  watch(request: IncomingMessage, response: ServerResponse): void {
    const target = String(request.headers['x-amz-target'])
    const body = collected(request)
    const end = response.end.bind(response)
    // The emulator changes its queues and answers synchronously, so no message can be received before it is kept.
    response.end = ((answer?: string) => {
      if (response.statusCode === 200) this.#note(target.slice(TARGET_PREFIX.length), body(), answer)
      return end(answer)
    }) as typeof response.end
  }

  #note(operation: string, request: string, answer = '{}'): void {
    if (operation === 'ReceiveMessage') {
      const { Messages = [] } = JSON.parse(answer) as Answer
      for (const message of Messages) this.#idOfReceipt.set(message.ReceiptHandle, message.MessageId)
    }
    if (operation === 'SendMessage') {
      const { MessageId: id = '' } = JSON.parse(answer) as Answer
      this.#kept.put(id, { id, request })
    }
    if (operation === 'DeleteMessage') {
      const receipt = (JSON.parse(request) as { ReceiptHandle: string }).ReceiptHandle
      const id = this.#idOfReceipt.get(receipt)
      if (id !== undefined) this.#kept.remove(id)
      this.#idOfReceipt.delete(receipt)
    }
    this.#journal.commit()
  }
}

/** Collects a body that the emulator reads, too. It is complete once the emulator has read it all. */
function collected(request: IncomingMessage): () => string {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  return () => Buffer.concat(chunks).toString('utf8')
}
