// A server that speaks HTTP only as far as a test lets it: it sees the bytes of each request and writes bytes back, or
// closes the connection. node:http would mend both.

import type { AddressInfo } from 'node:net'
import { createServer, type Socket } from 'node:net'

/** Gets each request as it came, head and body, with the number of its connection and its place on that. */
export type Peer = (socket: Socket, request: { text: string; connection: number; place: number }) => void

export interface LoopbackPeer {
  readonly url: string
  readonly requests: string[]
  /** Sockets that are open. */
  readonly open: ReadonlySet<Socket>
  close(): Promise<void>
}

/** Understands bodies with a Content-Length only. */
export async function startPeer(peer: Peer): Promise<LoopbackPeer> {
  const requests: string[] = []
  const open = new Set<Socket>()
  let connections = 0
  const server = createServer((socket) => {
    const connection = connections++
    let place = 0
    let text = ''
    open.add(socket)
    socket.on('close', () => open.delete(socket))
    socket.on('error', () => {})
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1')
      for (let end = endOf(text); end !== undefined; end = endOf(text)) {
        const request = text.slice(0, end)
        text = text.slice(end)
        requests.push(request)
        peer(socket, { text: request, connection, place: place++ })
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    open,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of open) socket.destroy()
      }),
  }
}

/** Where the first request ends, once it has come in whole. */
function endOf(text: string): number | undefined {
  const head = text.indexOf('\r\n\r\n')
  if (head === -1) return undefined
  const length = Number(/\r\ncontent-length: (\d+)/i.exec(text.slice(0, head))?.[1] ?? 0)
  return text.length >= head + 4 + length ? head + 4 + length : undefined
}

/** An answer as it goes over the wire. */
export function wire(status: number, headers: readonly string[] = [], body = ''): string {
  const lines = [`HTTP/1.1 ${status} X`, `Content-Length: ${Buffer.byteLength(body)}`, ...headers]
  return `${lines.join('\r\n')}\r\n\r\n${body}`
}
