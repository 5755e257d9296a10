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

  constructor(fault: OutgoingFault, detail: string) {
    super(detail)
    this.fault = fault
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
  const { protocol, hostname, port, path } = target(request.url)
  const { request: open, Agent } = modules[protocol]()
  agents[protocol] ??= new Agent({ keepAlive: true, maxFreeSockets: 256 })
  const options: RequestOptions = {
    agent: connection === 'new' ? false : agents[protocol],
    method: request.method,
    hostname,
    port,
    path,
    headers: flatHeaders(request),
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
        socket.once(protocol === 'https:' ? 'secureConnect' : 'connect', () => (sent = true))
      else sent = true
    })
    outgoing.on('error', (error) => {
      const code = codeOf(error)
      if (!sent) return fail(new OutgoingError(TLS_FAULT.test(code) ? 'untrusted' : 'unreachable', code))
      fail(outgoing.reusedSocket ? new StaleConnection(code) : new OutgoingError('lost', code))
    })
    outgoing.on('response', (response) => {
      read(response).then((body) => {
        clearTimeout(timer)
        resolve({ status: response.statusCode ?? 0, headers: headersOf(response), body })
      }, fail)
    })
    outgoing.end(request.body)
  })
}

async function read(response: IncomingMessage): Promise<Uint8Array> {
  const chunks: Buffer[] = []
  let size = 0
  try {
    for await (const chunk of response) {
      size += chunk.length
      if (size > MOST_RESPONSE_BYTES) {
        throw new OutgoingError('too_large', `the answer is larger than ${MOST_RESPONSE_BYTES} bytes`)
      }
      chunks.push(chunk)
    }
  } catch (error) {
    throw error instanceof OutgoingError ? error : new OutgoingError('lost', codeOf(error))
  }
  return Buffer.concat(chunks, size)
}

/** Splits a URL without parsing what follows the host, so that nothing of it is encoded anew. */
function target(url: string) {
  const start = url.indexOf('/', url.indexOf('//') + 2)
  const { protocol, hostname, port } = new URL(url.slice(0, start))
  return {
    protocol: protocol as 'http:' | 'https:',
    // A URL has an IPv6 address in brackets, a socket has it without.
    hostname: hostname.replace(/^\[|\]$/g, ''),
    port,
    path: url.slice(start),
  }
}

function flatHeaders({ headers, body }: OutgoingRequest): Record<string, string | string[]> {
  const flat: Record<string, string | string[]> = { 'user-agent': USER_AGENT }
  const own = new Set<string>()
  for (const [name, value] of headers) {
    // ClickFunnels' edge takes a blank one for none.
    if (name === 'user-agent' && value.trim() === '') continue
    const before = own.has(name) ? flat[name] : undefined
    flat[name] = before === undefined ? value : [before, value].flat()
    own.add(name)
  }
  if (body !== undefined) flat['content-length'] = String(body.byteLength)
  return flat
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
