// Requests as API Gateway sends them to a function (payload format 2.0), and a test function behind the stack.

import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda'
import { type Caller, SCOPES, type Scope } from '#domain/callers/caller.ts'
import { deadlineIn } from '#domain/time.ts'
import type { Authenticate } from '#http/credentials/authenticate.ts'
import type { Answer } from '#http/message/answer.ts'
import { type ApiRequest, toApiRequest } from '#http/message/request.ts'
import { type Endpoints, httpHandler } from '#http/stack.ts'
import { FakeBackground } from '../fakes/background.ts'
import { FakeClock } from '../fakes/clock.ts'
import { FakeLog } from '../fakes/log.ts'
import { PUBLIC_URL } from '../fakes.ts'

export interface EventParts {
  readonly routeKey?: string
  readonly method?: string
  readonly path?: string
  readonly query?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly cookies?: string[]
  readonly pathParameters?: Readonly<Record<string, string>>
  /** Bytes arrive as base64, text as text. */
  readonly body?: string | Uint8Array
  /** The IAM principal of an operator's request. */
  readonly operator?: string
}

export const REQUEST_ID = 'request-1'

export function anEvent(parts: EventParts = {}): APIGatewayProxyEventV2 {
  const { routeKey = 'GET /v1/connections', path = '/v1/connections', method = 'GET', body } = parts
  const http = { method, path, protocol: 'HTTP/1.1', sourceIp: '192.0.2.1', userAgent: 'test' }
  return {
    version: '2.0',
    routeKey,
    rawPath: path,
    rawQueryString: parts.query ?? '',
    headers: { ...parts.headers },
    ...(parts.cookies && { cookies: parts.cookies }),
    ...(parts.pathParameters && { pathParameters: parts.pathParameters }),
    requestContext: {
      requestId: REQUEST_ID,
      routeKey,
      http,
      ...(parts.operator && { authorizer: { iam: { userArn: parts.operator } } }),
    } as unknown as APIGatewayProxyEventV2['requestContext'],
    ...(body !== undefined && {
      body: typeof body === 'string' ? body : Buffer.from(body).toString('base64'),
    }),
    isBase64Encoded: body instanceof Uint8Array,
  }
}

const clock = new FakeClock()

/** What every function needs of its process. */
export const stackPorts = () => ({
  log: new FakeLog(),
  publicUrl: PUBLIC_URL,
  now: clock.now,
  background: new FakeBackground(clock),
})

export const aRequest = (parts: EventParts = {}): ApiRequest =>
  toApiRequest(anEvent(parts), deadlineIn(clock.now()))

export interface Received extends APIGatewayProxyStructuredResultV2 {
  readonly headers: Record<string, string>
  // biome-ignore lint/suspicious/noExplicitAny: tests say by their assertions what they expect
  readonly json: any
}

/** A caller with an API key that has every scope. */
export function aCaller(tenant: object, scopes: readonly Scope[] = SCOPES): Caller {
  const actor = { kind: 'api_key', id: 'key_1', scopes: new Set(scopes) }
  return { tenant: { origins: [], ...tenant }, actor } as unknown as Caller
}

/** The function "connections", whose list is answered by `endpoint`; give it events, and read its log. */
export function stackAround(
  endpoint: (request: ApiRequest) => Promise<Answer>,
  authenticate: Authenticate = async () => aCaller({ id: 'ten_1' }),
) {
  const ports = stackPorts()
  const endpoints = { 'GET /v1/connections': endpoint } as unknown as Endpoints<'connections'>
  const handler = httpHandler<'connections'>({ ...ports, authenticate }, endpoints)
  const send = async (parts: EventParts = {}): Promise<Received> =>
    received(await handler(anEvent(parts), CONTEXT))
  return { log: ports.log, send }
}

export const CONTEXT = { getRemainingTimeInMillis: () => 30_000 } as Context

export function received(result: APIGatewayProxyStructuredResultV2): Received {
  const headers = { ...(result.headers as Record<string, string>) }
  const json = /json/.test(headers['content-type'] ?? '') ? JSON.parse(result.body ?? '') : undefined
  return { ...result, headers, json }
}
