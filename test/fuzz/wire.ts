// HTTP/1.1 as bytes: what no HTTP client would send, goes out as it was made up.
import { connect } from 'node:net'

export interface WireRequest {
  readonly method: string
  /** Path and query as they stand in the request line, in latin1. */
  readonly target: string
  /** In order, repeated ones repeated; values in latin1. */
  readonly headers: readonly (readonly [string, string])[]
  readonly body?: Uint8Array
}

export interface WireResponse {
  readonly status: number
  /** Names in lower case; repeated ones joined. */
  readonly headers: ReadonlyMap<string, string>
  readonly text: string
}

const ANSWER_MILLISECONDS = 15_000

/**
 * Sends a request on a connection of its own.
 * @returns `undefined` when the connection was closed without an answer, as servers do to what is no HTTP
 * @throws Error when there is no answer in time, or none that is HTTP
 */
export async function exchange(origin: string, request: WireRequest): Promise<WireResponse | undefined> {
  const { hostname, port, host } = new URL(origin)
  const socket = connect({ host: hostname, port: Number(port) })
  socket.setTimeout(ANSWER_MILLISECONDS, () => socket.destroy(new Error('no answer in time')))
  const { method, target, headers, body } = request
  const lines = [
    `${method} ${target} HTTP/1.1`,
    `host: ${host}`,
    'connection: close',
    ...headers.map(([name, value]) => `${name}: ${value}`),
    ...(body === undefined ? [] : [`content-length: ${body.byteLength}`]),
  ]
  socket.write(Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'))
  if (body !== undefined) socket.write(body)
  const chunks: Buffer[] = []
  socket.on('data', (chunk) => chunks.push(chunk))
  const fault = await new Promise<NodeJS.ErrnoException | undefined>((resolve) => {
    socket.once('error', resolve).once('close', () => resolve(undefined))
  })
  // A server may answer and close before it has read everything: what came, counts.
  if (chunks.length > 0) return parsed(Buffer.concat(chunks))
  if (fault !== undefined && fault.code !== 'ECONNRESET' && fault.code !== 'EPIPE') throw fault
  return undefined
}

function parsed(bytes: Buffer): WireResponse {
  const end = bytes.indexOf('\r\n\r\n')
  const [statusLine = '', ...lines] = bytes.subarray(0, end).toString('latin1').split('\r\n')
  const status = /^HTTP\/1\.1 (\d{3})/.exec(statusLine)?.[1]
  if (end < 0 || status === undefined) throw new Error(`No HTTP answer but ${bytes.length} bytes`)
  const headers = new Map<string, string>()
  for (const line of lines) {
    const split = line.indexOf(':')
    const name = line.slice(0, split).toLowerCase()
    const value = line.slice(split + 1).trim()
    headers.set(name, headers.has(name) ? `${headers.get(name)}, ${value}` : value)
  }
  return { status: Number(status), headers, text: bytes.subarray(end + 4).toString() }
}
