// API Gateway on one machine: an HTTP server on loopback that routes as the template says, calls the function and sends
// its answer. Limits and error bodies are the real gateway's; building events and responses is in payload.ts and response.ts.
import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { RouteDefinition } from '../cloudformation/template.ts'
import { type LoopbackServer, listenOnLoopback, readBody } from '../loopback-server.ts'
import { buildEvent, readTarget } from './payload.ts'
import { type GatewayResponse, gatewayError, mapAnswer } from './response.ts'
import { matchRoute } from './routing.ts'

const MAX_REQUEST_BYTES = 10 * 1024 * 1024
const INTEGRATION_LIMIT_MS = 30_000

export interface Integration {
  readonly routes: readonly RouteDefinition[]
  /** Invokes a function by its name. */
  readonly invoke: (name: string, event: unknown) => Promise<unknown>
  readonly limitMs?: number
}

export interface Bridge extends LoopbackServer {
  /** Begins to serve. Until then every request is answered with 503: the port is known before there are functions. */
  serve(integration: Integration): void
}

/** @throws Error with `code: 'EADDRINUSE'` when the port is taken */
export async function openBridge(port: number): Promise<Bridge> {
  let integration: Integration | undefined
  const server = await listenOnLoopback(port, async (request, response) => {
    // 16 characters of base64 with "=" at the end, like the real one.
    const requestId = `${randomBytes(11).toString('base64').slice(0, 15)}=`
    try {
      send(response, requestId, await respond(integration, request, requestId))
    } catch {
      // The client went away in the middle of its request.
      response.destroy()
    }
  })
  return {
    ...server,
    serve: (given) => {
      integration = given
    },
  }
}

async function respond(
  integration: Integration | undefined,
  request: IncomingMessage,
  requestId: string,
): Promise<GatewayResponse> {
  const body = await readBody(request, MAX_REQUEST_BYTES)
  if (!body) return gatewayError(413, 'Request Entity Too Large')
  if (!integration) return gatewayError(503, 'Service Unavailable')
  const target = readTarget(request.url ?? '/')
  if (!target) return gatewayError(400, 'Bad Request')
  const match = matchRoute(integration.routes, request.method ?? 'GET', target.path)
  if (!match) return gatewayError(404, 'Not Found')
  const event = buildEvent({ request, target, match, body, requestId, now: new Date() })
  return withinLimit(
    integration.invoke(match.route.function, event),
    integration.limitMs ?? INTEGRATION_LIMIT_MS,
  )
}

async function withinLimit(invocation: Promise<unknown>, limitMs: number): Promise<GatewayResponse> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<GatewayResponse>((resolve) => {
    timer = setTimeout(() => resolve(gatewayError(503, 'Service Unavailable')), limitMs)
  })
  // What went wrong inside a function is in its log, and never in an answer.
  const answered = invocation.then(mapAnswer, () => gatewayError(500, 'Internal Server Error'))
  try {
    return await Promise.race([answered, late])
  } finally {
    clearTimeout(timer)
  }
}

function send(response: ServerResponse, requestId: string, { status, headers, body }: GatewayResponse): void {
  // RFC 9110 section 8.6: an answer without content has no length either.
  const length = status === 204 || status === 304 ? {} : { 'content-length': body.length }
  response.writeHead(status, { ...headers, ...length, 'apigw-requestid': requestId })
  response.end(body)
}
