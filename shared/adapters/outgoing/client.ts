// The one HTTP client to ClickFunnels: a deadline on every call, a User-Agent (ClickFunnels refuses calls without), no
// redirect followed, bodies as bytes, headers as they came. Why it is our own: docs/adr/0004.
import { BoundedMap } from '#domain/bounded-map.ts'
import { type HeaderList, isSafeMethod } from '#domain/provider/resource-server.ts'
import type { OutgoingResponse } from './answer-reader.ts'
import { StaleConnection } from './connection.ts'
import { Connections } from './connection-pool.ts'
import { OutgoingError } from './error.ts'

export interface OutgoingRequest {
  readonly method: string
  /** Absolute; the part after the host goes out byte for byte. */
  readonly url: string
  /** Names in lower case. */
  readonly headers: HeaderList
  readonly body?: Uint8Array
  readonly deadlineMilliseconds: number
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
  const message = { method, head: headOf(request, path, origin.host), body }
  try {
    return await origin.connections.exchange(message, request.deadlineMilliseconds, 'kept or new')
  } catch (error) {
    // A kept connection that the other side had closed already: a safe method goes again on a new one, since other
    // kept ones may be closed as well.
    if (!(error instanceof StaleConnection)) throw error
    const remaining = Math.max(0, until - performance.now())
    if (isSafeMethod(method)) return origin.connections.exchange(message, remaining, 'new')
    throw new OutgoingError('lost', error.message)
  }
}

interface Origin {
  /** With the port, where it is not the protocol's own. */
  readonly host: string
  readonly connections: Connections
}

/** Origins are few, workspaces' hosts: parsing one costs more than finding it here. */
/** Each may keep a socket or more, and a Lambda process has 1,024 file descriptors. */
export const MAX_ORIGINS = 500
/** A host that is evicted but in use is opened again, at the cost of a handshake. */
const origins = new BoundedMap<string, Origin>(MAX_ORIGINS, ({ connections }) => connections.close())

/** Splits a URL without parsing what follows the host, so that nothing of it is encoded anew. */
function target(url: string): { origin: Origin; path: string } {
  const start = url.indexOf('/', url.indexOf('//') + 2)
  const text = url.slice(0, start)
  let origin = origins.get(text)
  if (origin === undefined) {
    const { protocol, hostname, port, host } = new URL(text)
    const secure = protocol === 'https:'
    const connections = new Connections({
      secure,
      hostname: hostname.replace(/^\[|\]$/g, ''),
      port: Number(port || (secure ? 443 : 80)),
    })
    origin = { host, connections }
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

/** Nothing that ends a line gets into a line: everything is checked here, right where the lines are made. */
function headOf({ method, headers, body }: OutgoingRequest, path: string, host: string): string {
  if (!TOKEN.test(method) || !PATH.test(path)) throw new OutgoingError('invalid', 'the method or the path')
  let head = `${method} ${path} HTTP/1.1\r\nHost: ${host}\r\n`
  let named = false
  for (const [name, value] of headers) {
    if (name === 'host' || name === 'content-length') continue
    if (name === 'user-agent') {
      // ClickFunnels' edge takes a blank one for none.
      if (value.trim() === '') continue
      named = true
    }
    if (!TOKEN.test(name) || !VALUE.test(value)) throw new OutgoingError('invalid', 'a header')
    head += `${name}: ${value}\r\n`
  }
  if (!named) head += `user-agent: ${USER_AGENT}\r\n`
  const length = body?.byteLength ?? (EXPECTED_TO_HAVE_A_BODY.includes(method) ? 0 : undefined)
  return length === undefined ? `${head}\r\n` : `${head}content-length: ${length}\r\n\r\n`
}
