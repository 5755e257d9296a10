// The one HTTP client to ClickFunnels: a deadline on every call, a User-Agent (ClickFunnels refuses calls without), no
// redirect followed, bodies as bytes, headers as they came. node:https rather than fetch, which unpacks bodies, merges
// headers and costs 60 ms at its first use (traps of start-up: docs/adr/0004).
import type { Agent, IncomingMessage, RequestOptions } from 'node:http'
import type { HeaderList } from '#domain/api-headers.ts'

export interface OutgoingRequest {
  readonly method: string
  /** Absolute; the part after the host goes out byte for byte. */
  readonly url: string
  /** Names in lower case. */
  readonly headers: HeaderList
  readonly body?: Uint8Array
  readonly deadlineMilliseconds: number
}

export interface OutgoingResponse {
  readonly status: number
  readonly headers: HeaderList
  readonly body: Uint8Array
}

/**
 * unreachable: the request was never sent. untrusted: it was not, because the other side did not prove who it is (TLS). timeout, lost: it may have been carried out. too_large: the answer is larger
 * than can be handed on. invalid: it holds characters that HTTP cannot carry.
 */
export type OutgoingFault = 'unreachable' | 'untrusted' | 'timeout' | 'lost' | 'too_large' | 'invalid'

export class OutgoingError extends Error {
  override readonly name = 'OutgoingError'
  readonly fault: OutgoingFault
  /** Of an answer that is too large: what it says, or what had come by then. */
  readonly size: number | undefined

  constructor(fault: OutgoingFault, detail: string, size?: number) {
    super(detail)
    this.fault = fault
    this.size = size
  }
}

export const USER_AGENT = 'FunnelConnect/1.0'
/** What a Lambda function can answer with, at the most (6 MB). */
export const MOST_RESPONSE_BYTES = 6 * 1024 * 1024
/** Codes of Node and OpenSSL for a handshake or a certificate that failed. */
const TLS_FAULT = /CERT|TLS|SSL|EPROTO/
const SAFE_METHODS = ['GET', 'HEAD', 'OPTIONS']

/** Loaded on first use and through require: a static ESM import of node:http loads undici and http2 as well. */
const modules = {
  'http:': () => process.getBuiltinModule('node:http'),
  'https:': () => process.getBuiltinModule('node:https'),
}
const agents: { 'http:'?: Agent; 'https:'?: Agent } = {}

/**
 * Sends one request.
 * @throws OutgoingError
 */
export async function sendRequest(request: OutgoingRequest): Promise<OutgoingResponse> {
  const until = performance.now() + request.deadlineMilliseconds
  try {
    return await sendOnce(request, until, 'kept or new')
  } catch (error) {
    // A kept connection that the other side had closed already: a safe method goes again on a new one, since other
    // kept ones may be closed as well.
    if (!(error instanceof StaleConnection)) throw error
    if (SAFE_METHODS.includes(request.method)) return sendOnce(request, until, 'new')
    throw new OutgoingError('lost', error.message)
  }
}

class StaleConnection extends Error {}

function sendOnce(
  request: OutgoingRequest,
  until: number,
  connection: 'kept or new' | 'new',
): Promise<OutgoingResponse> {
  const { origin, path } = target(request.url)
  const { request: open, Agent } = modules[origin.protocol]()
  agents[origin.protocol] ??= new Agent({ keepAlive: true, maxFreeSockets: 256 })
  const options: RequestOptions = {
    agent: connection === 'new' ? false : agents[origin.protocol],
    method: request.method,
    hostname: origin.hostname,
    port: origin.port,
    path,
    headers: headerLines(request, origin.host),
  }
  return new Promise((resolve, reject) => {
    let outgoing: ReturnType<typeof open>
    try {
      outgoing = open(options)
    } catch (error) {
      return reject(new OutgoingError('invalid', codeOf(error)))
    }
    let sent = false
    const timer = setTimeout(
      () => fail(new OutgoingError('timeout', 'no complete answer within the deadline')),
      Math.max(0, until - performance.now()),
    )
    const fail = (error: Error) => {
      clearTimeout(timer)
      outgoing.destroy()
      reject(error)
    }
    outgoing.on('socket', (socket) => {
      if (socket.connecting)
        socket.once(origin.protocol === 'https:' ? 'secureConnect' : 'connect', () => (sent = true))
      else sent = true
    })
    outgoing.on('error', (error) => {
      const code = codeOf(error)
      if (!sent) return fail(new OutgoingError(TLS_FAULT.test(code) ? 'untrusted' : 'unreachable', code))
      fail(outgoing.reusedSocket ? new StaleConnection(code) : new OutgoingError('lost', code))
    })
    outgoing.on('response', (response) => {
      read(response, fail, (body) => {
        clearTimeout(timer)
        resolve({ status: response.statusCode ?? 0, headers: headersOf(response), body })
      })
    })
    outgoing.end(request.body)
  })
}

/** By events: an async iterator over the answer costs as much as the rest of reading it. */
function read(
  response: IncomingMessage,
  fail: (error: OutgoingError) => void,
  done: (body: Uint8Array) => void,
): void {
  const chunks: Buffer[] = []
  let size = 0
  response.on('data', (chunk: Buffer) => {
    size += chunk.length
    chunks.push(chunk)
    if (size <= MOST_RESPONSE_BYTES) return
    const whole = Math.max(size, Number(response.headers['content-length'] ?? 0))
    fail(new OutgoingError('too_large', `${whole} bytes, ${MOST_RESPONSE_BYTES} at the most`, whole))
  })
  response.on('error', (error) => fail(new OutgoingError('lost', codeOf(error))))
  response.on('end', () => {
    const [first] = chunks
    done(first !== undefined && chunks.length === 1 ? first : Buffer.concat(chunks, size))
  })
}

interface Origin {
  readonly protocol: 'http:' | 'https:'
  /** Without the brackets that an IPv6 address has in a URL. */
  readonly hostname: string
  readonly port: string
  /** With the port, where it is not the protocol's own. */
  readonly host: string
}

/** Origins are few, workspaces' hosts: parsing one costs more than finding it here. */
const origins = new Map<string, Origin>()
const MOST_ORIGINS = 1000

/** Splits a URL without parsing what follows the host, so that nothing of it is encoded anew. */
function target(url: string): { origin: Origin; path: string } {
  const start = url.indexOf('/', url.indexOf('//') + 2)
  const text = url.slice(0, start)
  let origin = origins.get(text)
  if (origin === undefined) {
    const { protocol, hostname, port, host } = new URL(text)
    origin = {
      protocol: protocol as Origin['protocol'],
      hostname: hostname.replace(/^\[|\]$/g, ''),
      port,
      host,
    }
    if (origins.size >= MOST_ORIGINS) origins.clear()
    origins.set(text, origin)
  }
  return { origin, path: url.slice(start) }
}

/** Without a body, these say that they have none (RFC 9110 section 8.6). */
const EXPECTED_TO_HAVE_A_BODY = ['POST', 'PUT', 'PATCH']

/** As lines, repeated ones together: an object node:http would take apart, check and keep name by name. */
function headerLines({ method, headers, body }: OutgoingRequest, host: string): readonly string[] {
  const values = new Map<string, string[]>()
  for (const [name, value] of headers) {
    // ClickFunnels' edge takes a blank one for none.
    if (name === 'user-agent' && value.trim() === '') continue
    if (name === 'host' || name === 'content-length') continue
    const before = values.get(name)
    if (before === undefined) values.set(name, [value])
    else before.push(value)
  }
  if (!values.has('user-agent')) values.set('user-agent', [USER_AGENT])
  const length = body?.byteLength ?? (EXPECTED_TO_HAVE_A_BODY.includes(method) ? 0 : undefined)
  if (length !== undefined) values.set('content-length', [String(length)])
  const lines = ['Host', host]
  for (const [name, all] of values) for (const value of all) lines.push(name, value)
  return lines
}

function headersOf({ rawHeaders }: IncomingMessage): HeaderList {
  const headers: [string, string][] = []
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    headers.push([(rawHeaders[i] ?? '').toLowerCase(), rawHeaders[i + 1] ?? ''])
  }
  return headers
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'the connection broke'
}
