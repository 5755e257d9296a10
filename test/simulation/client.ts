// The products' back ends: they call our API through API Gateway, which gives up after 30 s.
import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda'
import { ROUTES, type RouteKey } from '#http/routes.ts'
import type { LambdaHost } from './lambda/host.ts'
import { Violation } from './model/violation.ts'

export interface Call {
  readonly routeKey: RouteKey
  readonly method?: string
  /** With its parameters filled in. */
  readonly path: string
  readonly parameters?: Readonly<Record<string, string>>
  readonly query?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly cookies?: readonly string[]
  readonly body?: object | string
  /** Calls as the operator. */
  readonly isOperator?: boolean
}

export interface Answered {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly cookies: readonly string[]
  // biome-ignore lint/suspicious/noExplicitAny: a test knows what it expects
  readonly json: any
  /** Whether ClickFunnels gave the answer, and not we. */
  readonly isUpstream: boolean
}

const FUNCTION_MILLISECONDS = 29_000

export class Client {
  readonly #host: LambdaHost
  #count = 0

  constructor(host: LambdaHost) {
    this.#host = host
  }

  /**
   * @returns nothing if the process that served the call was killed by a fault
   * @throws Violation I6
   */
  async call(call: Call): Promise<Answered | undefined> {
    const { routeKey } = call
    this.#count += 1
    const event = eventOf(call, `request-${this.#count}`)
    const outcome = await this.#host.invoke(ROUTES[routeKey].function, event, FUNCTION_MILLISECONDS)
    switch (outcome.kind) {
      case 'killed':
        return undefined
      case 'timed_out':
        throw new Violation('I6', `${routeKey} took longer than ${FUNCTION_MILLISECONDS} ms`)
      case 'failed':
        throw new Violation('I6', `${routeKey} failed: ${String(outcome.error)}`)
      case 'answered':
        return answered(routeKey, outcome.result as APIGatewayProxyStructuredResultV2)
    }
  }
}

function answered(routeKey: RouteKey, result: APIGatewayProxyStructuredResultV2): Answered {
  const { statusCode: status = 0, body, isBase64Encoded, cookies = [] } = result
  const headers = (result.headers ?? {}) as Record<string, string>
  const isUpstream = headers['funnel-connect-answer-by'] === 'clickfunnels'
  const text = Buffer.from(body ?? '', isBase64Encoded ? 'base64' : 'utf8').toString()
  const type = headers['content-type'] ?? ''
  const isPage = ROUTES[routeKey].access === 'browser'
  if (status >= 400 && !isUpstream && !isPage && type !== 'application/problem+json') {
    throw new Violation('I6', `${routeKey} answers ${status} with ${type}: ${text}`)
  }
  if (status === 500 && !isUpstream) throw new Violation('I6', `${routeKey} answers 500: ${text}`)
  const json = /json/.test(type) && text !== '' ? JSON.parse(text) : undefined
  return { status, headers, cookies, json, isUpstream }
}

/** Payload format 2.0. */
function eventOf(call: Call, requestId: string): object {
  const { routeKey, path, parameters, query = '', headers = {}, cookies, body, isOperator } = call
  const method = call.method ?? routeKey.split(' ')[0]
  const http = { method, path, protocol: 'HTTP/1.1', sourceIp: '192.0.2.1', userAgent: 'simulation' }
  return {
    version: '2.0',
    routeKey,
    rawPath: path,
    rawQueryString: query,
    headers: { ...(typeof body === 'object' && { 'content-type': 'application/json' }), ...headers },
    ...(cookies && { cookies }),
    ...(parameters && { pathParameters: parameters }),
    requestContext: {
      requestId,
      routeKey,
      http,
      ...(isOperator && { authorizer: { iam: { userArn: 'arn:aws:iam::000000000000:user/operator' } } }),
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    isBase64Encoded: false,
  }
}
