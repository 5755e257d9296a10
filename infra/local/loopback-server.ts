// The HTTP server of every part of the local stack. It listens on 127.0.0.1 only, and nothing else protects it. So a page
// in a browser on this machine must not reach it under a name of its own (DNS rebinding): every request has to name a
// loopback host with the port.
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { isLoopback } from '#domain/tenants/web-url.ts'

/**
 * How long a connection stays open without a request, in milliseconds. After Node's five seconds a client in a busy
 * process often sends its next request into a connection that closes at that moment, which AWS's endpoints do not do.
 */
export const IDLE_MILLISECONDS = 75_000

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
  const server = createServer({ keepAliveTimeout: IDLE_MILLISECONDS }, (request, response) => {
    if (isForThisServer(request)) onRequest(request, response)
    else refuse(response, MISDIRECTED)
  })
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

/** The same for a server that only programs call, such as an emulator of an AWS service: it refuses all pages. */
export function listenForPrograms(port: number, onRequest: RequestListener): Promise<LoopbackServer> {
  return listenOnLoopback(port, (request, response) => {
    const { origin, 'sec-fetch-site': site } = request.headers
    if (origin === undefined && site === undefined) onRequest(request, response)
    else refuse(response, FOREIGN_PAGE)
  })
}

export interface Refusal {
  readonly status: number
  readonly title: string
  readonly detail: string
}

export const MISDIRECTED: Refusal = {
  status: 421,
  title: 'Misdirected request',
  detail:
    'The local stack is reached at 127.0.0.1 or localhost, with the port. This request has another Host.',
}
export const FOREIGN_PAGE: Refusal = {
  status: 403,
  title: 'Not for pages',
  detail:
    'This part of the local stack needs no credential, so it refuses requests of pages of other origins.',
}

/** A problem document (RFC 9457). */
export function problemOf({ status, title, detail }: Refusal): string {
  return JSON.stringify({ type: 'about:blank', title, status, detail })
}

export function refuse(response: ServerResponse, refusal: Refusal): void {
  response.writeHead(refusal.status, { 'content-type': 'application/problem+json', connection: 'close' })
  response.end(problemOf(refusal))
}

/** Whether the one `Host` of a request (RFC 9112 section 3.2) is a loopback host with the port that took the request. */
export function isForThisServer({ headersDistinct: { host: hosts = [] }, socket }: IncomingMessage): boolean {
  const [host = '', ...more] = hosts
  if (more.length > 0) return false
  const url = /^[\w.:[\]-]+$/.test(host) ? URL.parse(`http://${host}`) : null
  return url !== null && isLoopback(url) && Number(url.port || 80) === socket.localPort
}

/**
 * Whether a browser sent a request for a page of another origin (Fetch standard, Fetch Metadata). An old browser sends
 * neither header with a form, but a Referer.
 */
export function isFromForeignPage({ headers }: Pick<IncomingMessage, 'headers'>): boolean {
  const { origin, host, referer, 'sec-fetch-site': site } = headers
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return true
  const own = `http://${host}`
  const from = origin ?? (site === undefined && referer !== undefined ? URL.parse(referer)?.origin : own)
  return from !== own.toLowerCase() && from !== own
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
