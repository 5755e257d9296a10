// Builds the event that an HTTP API sends to a Lambda function (payload format 2.0). It copies the real gateway's quirks,
// so that a function that works here works in AWS.
// @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
import type { IncomingMessage } from 'node:http'
import { LOCAL_ACCOUNT } from '../kms/keys.ts'
import { randomText } from './random-text.ts'
import type { RouteMatch } from './routing.ts'

/**
 * These headers concern the connection to the gateway, so they do not reach the function, and neither do those that
 * `Connection` names (RFC 9110 section 7.6.1). AWS does not say whether its gateway removes the latter.
 */
const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])
/** Bodies of other types arrive in base64, and so do form data and bodies without a type. */
const TEXT_TYPES = /^(text\/[^;]+|application\/([^;]+\+)?(json|xml)|application\/javascript)\s*(;|$)/i
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const

/** The caller of routes with IAM authorization. Local requests need no signature. */
const LOCAL_OPERATOR = {
  accessKey: 'AKIALOCALOPERATOR000',
  accountId: LOCAL_ACCOUNT,
  callerId: 'AIDALOCALOPERATOR0000',
  cognitoIdentity: null,
  principalOrgId: 'o-local',
  userArn: `arn:aws:iam::${LOCAL_ACCOUNT}:user/local-operator`,
  userId: 'AIDALOCALOPERATOR0000',
}

export interface RequestTarget {
  /** Percent-decoded, as every path in the event is. */
  readonly path: string
  /** As the client sent it. */
  readonly rawQueryString: string
}

/**
 * Splits a request's target as the gateway does. The gateway decodes the path first, so an encoded question mark ends
 * the path, and an encoded slash is a slash.
 * @returns `undefined` when the path is not percent-encoded UTF-8
 */
export function readTarget(target: string): RequestTarget | undefined {
  const mark = target.indexOf('?')
  const rawPath = mark === -1 ? target : target.slice(0, mark)
  const rawQueryString = mark === -1 ? '' : target.slice(mark + 1)
  if (!rawPath.includes('%')) return { path: rawPath, rawQueryString }
  try {
    const [path = '/'] = decodeURIComponent(rawPath).split('?')
    return { path, rawQueryString }
  } catch {
    return undefined
  }
}

export interface EventInput {
  readonly request: IncomingMessage
  readonly target: RequestTarget
  readonly match: RouteMatch
  readonly body: Buffer
  readonly requestId: string
  /** Milliseconds since 1970. */
  readonly now: number
}

export function buildEvent({
  request,
  target,
  match,
  body,
  requestId,
  now,
}: EventInput): Record<string, unknown> {
  const { routeKey, authorization } = match.route
  const sourceIp = request.socket.remoteAddress ?? '127.0.0.1'
  const { headers, cookies } = readHeaders(request, body, sourceIp)
  const domainName = hostname(headers.host)
  return {
    version: '2.0',
    routeKey,
    rawPath: target.path,
    rawQueryString: target.rawQueryString,
    ...(cookies.length > 0 && { cookies }),
    headers,
    ...(target.rawQueryString !== '' && queryOf(target.rawQueryString)),
    requestContext: {
      accountId: LOCAL_ACCOUNT,
      apiId: 'local',
      ...(authorization === 'AWS_IAM' && { authorizer: { iam: LOCAL_OPERATOR } }),
      domainName,
      domainPrefix: domainName.split('.', 1)[0],
      http: {
        method: request.method,
        path: target.path,
        protocol: `HTTP/${request.httpVersion}`,
        sourceIp,
        userAgent: headers['user-agent'] ?? '',
      },
      requestId,
      routeKey,
      stage: '$default',
      time: logTime(now),
      timeEpoch: now,
    },
    ...(Object.keys(match.pathParameters).length > 0 && { pathParameters: match.pathParameters }),
    ...readEventBody(body, headers['content-type']),
  }
}

function readHeaders(request: IncomingMessage, body: Buffer, sourceIp: string) {
  const { rawHeaders } = request
  const headers: Record<string, string> = {}
  const cookies: string[] = []
  const named = (request.headers.connection ?? '').split(',').map((name) => name.trim().toLowerCase())
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]?.toLowerCase() ?? ''
    const value = rawHeaders[i + 1] ?? ''
    if (name === 'cookie') cookies.push(...value.split(/;\s*/).filter((cookie) => cookie !== ''))
    else if (!HOP_BY_HOP.has(name) && !named.includes(name))
      headers[name] = Object.hasOwn(headers, name) ? `${headers[name]},${value}` : value
  }
  const forwarded = headers['x-forwarded-for']
  headers['x-forwarded-for'] = forwarded === undefined ? sourceIp : `${forwarded}, ${sourceIp}`
  headers['x-amzn-trace-id'] ??= traceId()
  headers['x-forwarded-port'] = String(request.socket.localPort)
  headers['x-forwarded-proto'] = 'http'
  // The gateway reads the whole body before it calls a function, even one without a Content-Length.
  if (body.length > 0) headers['content-length'] = String(body.length)
  return { headers, cookies }
}

/** The host without its port. */
function hostname(host = '127.0.0.1'): string {
  return (/^(\[[^\]]*\]|[^:]*)/.exec(host)?.[0] ?? host).toLowerCase()
}

function queryOf(raw: string): { queryStringParameters?: Record<string, string> } {
  const query: Record<string, string> = {}
  for (const [name, value] of new URLSearchParams(raw)) {
    query[name] = Object.hasOwn(query, name) ? `${query[name]},${value}` : value
  }
  return Object.keys(query).length > 0 ? { queryStringParameters: query } : {}
}

function readEventBody(body: Buffer, contentType = ''): { body?: string; isBase64Encoded: boolean } {
  if (body.length === 0) return { isBase64Encoded: false }
  if (TEXT_TYPES.test(contentType)) {
    const text = body.toString('utf8')
    if (Buffer.from(text).equals(body)) return { body: text, isBase64Encoded: false }
  }
  return { body: body.toString('base64'), isBase64Encoded: true }
}

/** In X-Ray's format: version, time in hex, 96 random bits. */
function traceId(): string {
  return `Root=1-${Math.floor(Date.now() / 1000).toString(16)}-${randomText(12, 'hex')}`
}

let latest = { second: Number.NaN, time: '' }

/** "12/Mar/2026:19:03:58 +0000". It is computed once per second. */
function logTime(now: number): string {
  const second = Math.floor(now / 1000)
  if (latest.second !== second) latest = { second, time: logTimeOf(new Date(now)) }
  return latest.time
}

function logTimeOf(now: Date): string {
  const [date = '', time = ''] = now.toISOString().split('T')
  const [year, , day] = date.split('-')
  return `${day}/${MONTHS[now.getUTCMonth()]}/${year}:${time.slice(0, 8)} +0000`
}
