// The one HTTP client to ClickFunnels, on node:https: a deadline on every call, a User-Agent (ClickFunnels refuses calls
// without), no redirect followed, bodies as bytes, headers as they came. Why not another library: docs/adr/0019.
import { BoundedMap } from '#domain/bounded-map.ts'
import { type HeaderList, isSafeMethod } from '#domain/provider/resource-server.ts'
import type { OutgoingResponse } from './answer-reader.ts'
import { OutgoingError } from './error.ts'
import { exchange, StaleSocket } from './exchange.ts'
import { agentFor, forgetSockets, MAX_POOLS, type Origin, open } from './sockets.ts'

export interface OutgoingRequest {
  readonly method: string
  /** Absolute; the part after the host goes out byte for byte. */
  readonly url: string
  /** Names in lower case. */
  readonly headers: HeaderList
  readonly body?: Uint8Array
  readonly deadlineMilliseconds: number
  /** The connection whose kept sockets it may use. Without, it gets a socket of its own, which is closed after it. */
  readonly connection?: string
}

export const USER_AGENT = 'FunnelConnect/1.0'

/**
 * Sends one request.
 * @throws OutgoingError
 */
export async function sendRequest(request: OutgoingRequest): Promise<OutgoingResponse> {
  const until = performance.now() + request.deadlineMilliseconds
  const { origin, path } = target(request.url)
  const { method, body } = request
  const safe = isSafeMethod(method)
  // A server that ignores bodies of safe methods would read one as the next request on the socket.
  const connection = safe && body !== undefined ? undefined : request.connection
  const headers = headersOf(request, path, origin.host)
  const send = (milliseconds: number) => {
    const agent = agentFor(origin, connection)
    const { protocol, hostname, port } = origin
    const outgoing = open(origin, { method, protocol, hostname, port, path, headers, agent })
    // Node would drop headers beyond its bound without a word: readHead counts them.
    outgoing.maxHeadersCount = 0
    return exchange(outgoing, method, body, milliseconds)
  }
  try {
    return await send(request.deadlineMilliseconds)
  } catch (error) {
    if (!(error instanceof StaleSocket) || connection === undefined) throw error
    // The other side had closed this socket before the request came, so others that are kept may be closed as well.
    forgetSockets(origin, connection)
    if (safe) return send(Math.max(0, until - performance.now()))
    throw new OutgoingError('lost', error.message)
  }
}

/** Parsed origins: there are few, and parsing one costs more than finding it here. */
const origins = new BoundedMap<string, Origin>(MAX_POOLS)

/** Splits a URL without parsing what follows the host, so that nothing of it is encoded anew. */
function target(url: string): { origin: Origin; path: string } {
  const start = url.indexOf('/', url.indexOf('//') + 2)
  const text = url.slice(0, start)
  let origin = origins.get(text)
  if (origin === undefined) {
    const { protocol, hostname, port, host } = new URL(text)
    const secure = protocol === 'https:'
    origin = {
      protocol: secure ? 'https:' : 'http:',
      hostname: hostname.replace(/^\[|\]$/g, ''),
      port: Number(port || (secure ? 443 : 80)),
      host,
    }
    origins.set(text, origin)
  }
  return { origin, path: url.slice(start) }
}

/** RFC 9110 section 5.6.2: methods and names of headers. */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
/** Section 5.5; what has no byte of its own in latin1 cannot go out. */
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/
const PATH = /^[\x21-\xff]+$/
/** Without a body, these say that they have none (RFC 9110 section 8.6). */
const EXPECTED_TO_HAVE_A_BODY = ['POST', 'PUT', 'PATCH']

/** The headers as node:http takes them without a look: names and values in turn. Nothing that ends a line gets in. */
function headersOf({ method, headers, body }: OutgoingRequest, path: string, host: string): string[] {
  if (!TOKEN.test(method) || !PATH.test(path)) throw new OutgoingError('invalid', 'the method or the path')
  const lines = ['Host', host]
  let named = false
  for (const [name, value] of headers) {
    if (name === 'host' || name === 'content-length') continue
    if (name === 'user-agent') {
      // ClickFunnels' edge takes a blank one for none.
      if (value.trim() === '') continue
      named = true
    }
    if (!TOKEN.test(name) || !VALUE.test(value)) throw new OutgoingError('invalid', 'a header')
    lines.push(name, value)
  }
  if (!named) lines.push('user-agent', USER_AGENT)
  const length = body?.byteLength ?? (EXPECTED_TO_HAVE_A_BODY.includes(method) ? 0 : undefined)
  if (length !== undefined) lines.push('content-length', String(length))
  return lines
}
