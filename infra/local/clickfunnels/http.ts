// The simulator's HTTP requests, with their raw target, and its replies. A reply is plain data, so that a fault can drop or
// replace it after the work is done.
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'

export interface SimulatorRequest {
  readonly method: string
  /** The origin of the address that accepted the connection. A Host header could claim another one. */
  readonly origin: string
  /** Path and query, byte for byte: tests assert that a proxy changed nothing in them. */
  readonly target: string
  readonly pathname: string
  readonly query: string
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

export interface Reply {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export async function readRequest(incoming: IncomingMessage, origin: string): Promise<SimulatorRequest> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk as Buffer)
  const target = incoming.url ?? '/'
  const mark = target.indexOf('?')
  return {
    method: incoming.method ?? 'GET',
    origin,
    target,
    pathname: mark === -1 ? target : target.slice(0, mark),
    query: mark === -1 ? '' : target.slice(mark + 1),
    headers: incoming.headers,
    body: Buffer.concat(chunks),
  }
}

export function sendReply(response: ServerResponse, reply: Reply): void {
  response.writeHead(reply.status, reply.headers)
  response.end(reply.body)
}

export function json(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): Reply {
  return {
    status,
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'max-age=0, private, must-revalidate',
      ...headers,
    },
    body: JSON.stringify(value),
  }
}

export function html(status: number, body: string): Reply {
  return {
    status,
    headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' },
    body,
  }
}

export function noContent(): Reply {
  return { status: 204, headers: {}, body: '' }
}

/** Reads the body as an object, from JSON or form parameters by its type. Returns `undefined` when JSON is invalid. */
export function readBody(request: SimulatorRequest): Record<string, unknown> | undefined {
  const type = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase()
  if (type === 'application/x-www-form-urlencoded') {
    // For a repeated name, the last value counts, as in Rack.
    return Object.fromEntries(new URLSearchParams(request.body.toString('utf8')))
  }
  if (type !== 'application/json' || request.body.length === 0) return {}
  try {
    const value: unknown = JSON.parse(request.body.toString('utf8'))
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The text of a member. A blank one counts as absent, as with Rails' `blank?`. */
export function text(parameters: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const value = parameters[name]
  return typeof value === 'string' && value.trim() !== '' ? value : undefined
}
