// Stands in for API Gateway: an HTTP server on loopback that routes requests as the template says, calls the function and
// sends its answer. It has the real gateway's limits and error bodies. payload.ts builds events, response.ts responses.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { RouteDefinition } from '../cloudformation/template.ts'
import {
  FOREIGN_PAGE,
  isFromForeignPage,
  type LoopbackServer,
  listenOnLoopback,
  problemOf,
  type Refusal,
  readBody,
} from '../loopback-server.ts'
import { buildEvent, readTarget } from './payload.ts'
import { randomText } from './random-text.ts'
import { type GatewayResponse, gatewayError, mapAnswer } from './response.ts'
import { createRouter, type Router } from './routing.ts'

const MAX_REQUEST_BYTES = 10 * 1024 * 1024
const INTEGRATION_LIMIT_MS = 30_000

export interface Integration {
  readonly routes: readonly RouteDefinition[]
  /** Invokes a function by its name. */
  readonly invoke: (name: string, event: unknown) => Promise<unknown>
  readonly limitMs?: number
}

export interface Bridge extends LoopbackServer {
  /** Starts to serve. Until then it answers 503, because functions need the API's port before they can start. */
  serve(integration: Integration): void
}

interface Served extends Integration {
  readonly router: Router
}

/** @throws Error with `code: 'EADDRINUSE'` when the port is taken */
export async function openBridge(port: number): Promise<Bridge> {
  let served: Served | undefined
  const server = await listenOnLoopback(port, async (request, response) => {
    // 16 characters of base64 with "=" at the end, as in AWS.
    const requestId = `${randomText(12, 'base64').slice(0, 15)}=`
    try {
      send(response, requestId, await respond(served, request, requestId))
    } catch {
      // The client closed the connection during its request.
      response.destroy()
    }
  })
  return {
    ...server,
    serve: (given) => {
      served = { ...given, router: createRouter(given.routes) }
    },
  }
}

async function respond(
  served: Served | undefined,
  request: IncomingMessage,
  requestId: string,
): Promise<GatewayResponse> {
  const body = hasBody(request) ? await readBody(request, MAX_REQUEST_BYTES) : NO_BODY
  if (!body) return gatewayError(413, 'Request Entity Too Large')
  if (!served) return gatewayError(503, 'Service Unavailable')
  const target = readTarget(request.url ?? '/')
  if (!target) return gatewayError(400, 'Bad Request')
  const match = served.router(request.method ?? 'GET', target.path)
  if (!match) return gatewayError(404, 'Not Found')
  // In AWS these routes need a signature, which no page can make.
  if (match.route.authorization === 'AWS_IAM' && isFromForeignPage(request)) return refusal(FOREIGN_PAGE)
  const event = buildEvent({ request, target, match, body, requestId, now: Date.now() })
  return withinLimit(served.invoke(match.route.function, event), served.limitMs ?? INTEGRATION_LIMIT_MS)
}

function refusal(given: Refusal): GatewayResponse {
  const headers = { 'content-type': 'application/problem+json' }
  return { status: given.status, headers, body: problemOf(given) }
}

const NO_BODY = Buffer.alloc(0)

/** A request without these headers has no body (RFC 9112 section 6.3). */
function hasBody({ headers }: IncomingMessage): boolean {
  return headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined
}

function withinLimit(invocation: Promise<unknown>, limitMs: number): Promise<GatewayResponse> {
  return new Promise((resolve) => {
    const settle = (response: GatewayResponse) => {
      clearTimeout(timer)
      resolve(response)
    }
    const timer = setTimeout(() => settle(gatewayError(503, 'Service Unavailable')), limitMs)
    // A function's error is in its log, never in an answer.
    invocation.then(mapAnswer).then(settle, () => settle(gatewayError(500, 'Internal Server Error')))
  })
}

function send(response: ServerResponse, requestId: string, { status, headers, body }: GatewayResponse): void {
  headers['apigw-requestid'] = requestId
  // Responses with these statuses have no content, so they have no Content-Length (RFC 9110 section 8.6).
  if (status !== 204 && status !== 304) headers['content-length'] = Buffer.byteLength(body)
  response.writeHead(status, headers)
  // node:http joins the head and a text body into one string, and would write header bytes beyond ASCII as UTF-8.
  response.end(Object.values(headers).some(isBeyondAscii) ? Buffer.from(body) : body)
}

function isBeyondAscii(value: unknown): boolean {
  return /[\x80-\uffff]/.test(String(value))
}
