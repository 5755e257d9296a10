// The HTTP server of every part of the local stack. It listens on 127.0.0.1 only.
import { createServer, type IncomingMessage, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface LoopbackServer {
  readonly url: string
  readonly port: number
  close(): Promise<void>
}

/**
 * Listens on 127.0.0.1.
 * @param port 0 takes any free port
 * @throws Error with `code: 'EADDRINUSE'` and `port` when it is taken
 */
export async function listenOnLoopback(port: number, onRequest: RequestListener): Promise<LoopbackServer> {
  const server = createServer(onRequest)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject)
      resolve()
    })
  })
  const { port: bound } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${bound}`,
    port: bound,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        // Clients keep connections open for their next request. A stop must not wait for that.
        server.closeAllConnections()
      }),
  }
}

/**
 * Reads a request's body to its end.
 * @returns `undefined` when it is longer than `limit`. The rest is read and dropped, because otherwise the client may
 *   not get the answer.
 */
export async function readBody(request: IncomingMessage, limit: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size <= limit) chunks.push(chunk)
  }
  return size <= limit ? Buffer.concat(chunks) : undefined
}
