// A request as the endpoints see it, made from API Gateway's event (payload format 2.0). API Gateway percent-decodes paths and
// path parameters, leaves the query string raw, puts header names in lower case and joins repeated headers.

import type { APIGatewayProxyEventV2 } from 'aws-lambda'
import type { Caller } from '#domain/callers/caller.ts'
import { ServiceError } from '#domain/errors.ts'
import { CallFacts } from '#domain/proxy/call-facts.ts'
import type { Deadline } from '#domain/time.ts'

export interface ApiRequest {
  readonly id: string
  readonly routeKey: string
  readonly method: string
  /** The IP address that API Gateway saw. */
  readonly sourceIp: string
  /** Percent-decoded. */
  readonly path: string
  readonly pathParameters: Readonly<Record<string, string | undefined>>
  readonly rawQuery: string
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly cookies: ReadonlyMap<string, string>
  readonly body: Uint8Array | undefined
  /** The IAM principal that API Gateway authenticated, on the operator's routes. */
  readonly operator: string | undefined
  /** Until when the caller has an answer, and until when the process may work. */
  readonly deadline: Deadline
  /** Set by authentication, on routes with the access "tenant". */
  readonly caller?: Caller
  /** What a proxied call tells the log line. */
  readonly facts: CallFacts
}

export function toApiRequest(event: APIGatewayProxyEventV2, deadline: Deadline): ApiRequest {
  const { requestContext: context } = event
  const iam = 'authorizer' in context ? (context.authorizer as { iam?: { userArn?: string } }).iam : undefined
  return {
    id: context.requestId,
    routeKey: event.routeKey,
    method: context.http.method,
    sourceIp: context.http.sourceIp,
    path: event.rawPath,
    pathParameters: event.pathParameters ?? {},
    rawQuery: event.rawQueryString,
    headers: event.headers,
    cookies: parseCookies(event.cookies ?? []),
    body:
      event.body === undefined
        ? undefined
        : Buffer.from(event.body, event.isBase64Encoded ? 'base64' : 'utf8'),
    operator: iam?.userArn,
    deadline,
    facts: new CallFacts(),
  }
}

/** More than any of our own routes needs, except the import of connections. */
const MAX_JSON_BYTES = 64 * 1024

/**
 * Parses the body as JSON. No body counts as an empty object.
 * @param maxBytes what the body may have at the most
 * @throws ServiceError request_too_large; malformed_request
 */
export function jsonBody({ body }: ApiRequest, maxBytes = MAX_JSON_BYTES): unknown {
  if (body === undefined || body.byteLength === 0) return {}
  if (body.byteLength > maxBytes) {
    throw new ServiceError('request_too_large', `The body has more than ${maxBytes} bytes.`)
  }
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
  } catch {
    throw new ServiceError('malformed_request', 'The body is not valid JSON in UTF-8.')
  }
}

/** The decoded parameters of the query. Of a repeated parameter the last one counts. */
export function queryParameters({ rawQuery }: ApiRequest): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(rawQuery))
}

/** Whether the query has one of these parameters more than once. OAuth forbids that (RFC 6749 section 3.1). */
export function repeatsParameter({ rawQuery }: ApiRequest, names: readonly string[]): boolean {
  const query = new URLSearchParams(rawQuery)
  return names.some((name) => query.getAll(name).length > 1)
}

function parseCookies(cookies: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    cookies.map((cookie) => {
      const split = cookie.indexOf('=')
      return [cookie.slice(0, split).trim(), cookie.slice(split + 1).trim()]
    }),
  )
}
