// A server of a tenant that receives webhooks: it keeps what came, and answers as it is told.
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Webhook } from 'standardwebhooks'

export interface ReceivedWebhook {
  readonly headers: IncomingHttpHeaders
  readonly body: string
  // biome-ignore lint/suspicious/noExplicitAny: tests say by their assertions what they expect
  readonly event: any
  readonly at: number
}

export interface WebhookReceiver {
  readonly url: string
  readonly received: readonly ReceivedWebhook[]
  /** Answers the next requests; 204 after them. */
  readonly answers: ((response: ServerResponse) => void)[]
  /** Waits until so many webhooks came. @throws Error after the milliseconds */
  untilReceived(count: number, milliseconds: number): Promise<void>
  close(): Promise<void>
}

/** Verifies as a tenant does. @throws Error if the signature does not hold */
export function verify(secret: string, { body, headers }: ReceivedWebhook): void {
  new Webhook(secret).verify(body, headers as Record<string, string>)
}

export async function startWebhookReceiver(): Promise<WebhookReceiver> {
  const received: ReceivedWebhook[] = []
  const answers: ((response: ServerResponse) => void)[] = []
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const piece of request.setEncoding('utf8')) body += piece
    received.push({ headers: request.headers, body, event: JSON.parse(body), at: Date.now() })
    const answer = answers.shift() ?? ((it: ServerResponse) => it.writeHead(204).end())
    answer(response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    received,
    answers,
    untilReceived: async (count, milliseconds) => {
      const end = Date.now() + milliseconds
      while (received.length < count) {
        if (Date.now() > end)
          throw new Error(`${received.length} of ${count} webhooks came within ${milliseconds} ms`)
        await new Promise((resolve) => setTimeout(resolve, 10))
      }
    },
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
