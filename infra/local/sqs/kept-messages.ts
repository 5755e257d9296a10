// Lets messages outlive the SQS emulator, which has them in memory: sees requests and answers pass, and keeps each message
// from its sending to its deletion. What is left over is sent again in the next run, to the queue it was sent to at first
// and as if nobody had received it yet; SQS delivers at least once anyway.
// Knows what this service uses, SendMessage and DeleteMessage, and not their batches.
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

  /** Sends what earlier runs have left over. @param url of the emulator that is being watched */
  async sendLeftOvers(url: string): Promise<void> {
    for (const { id, request } of this.#kept.all()) {
      const headers = {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': `${TARGET_PREFIX}SendMessage`,
      }
      const answer = await fetch(url, { method: 'POST', headers, body: request })
      if (!answer.ok) throw new Error(`A kept message was not taken: ${await answer.text()}`)
      // Only now that it is kept under its new id.
      this.#kept.remove(id)
      this.#journal.commit()
    }
  }

  /** Watches one exchange: to be called before the emulator reads the request. Nobody is answered before it is kept. */
  watch(request: IncomingMessage, response: ServerResponse): void {
    const target = String(request.headers['x-amz-target'])
    const body = collected(request)
    const end = response.end.bind(response)
    // The emulator changes its queues and answers in one go, so nobody can have received what is not kept yet.
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

/** Collects a body that somebody else reads, too; complete once the other one has it all. */
function collected(request: IncomingMessage): () => string {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  return () => Buffer.concat(chunks).toString('utf8')
}
