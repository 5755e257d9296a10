// Turns a function's answer into the HTTP response that an HTTP API would send (payload format 2.0).
import type { OutgoingHttpHeaders } from 'node:http'

export interface GatewayResponse {
  readonly status: number
  readonly headers: OutgoingHttpHeaders
  /** Text is sent as UTF-8. */
  readonly body: string | Buffer
}

const HOP_BY_HOP = new Set(['connection', 'content-length', 'keep-alive', 'transfer-encoding', 'upgrade'])

/** An error response of the gateway itself. */
export function gatewayError(status: number, message: string): GatewayResponse {
  return jsonResponse(status, JSON.stringify({ message }))
}

/** Maps a function's answer. For a malformed one, the real gateway responds with an internal error, too. */
export function mapAnswer(answer: unknown): GatewayResponse {
  // Without a status code the whole answer is the body.
  if (typeof answer !== 'object' || answer === null || !Object.hasOwn(answer, 'statusCode')) {
    return jsonResponse(200, typeof answer === 'string' ? answer : JSON.stringify(answer))
  }
  const { statusCode, headers, cookies, body, isBase64Encoded } = answer as Record<string, unknown>
  const status = typeof statusCode === 'string' ? Number(statusCode) : statusCode
  const mapped = mapHeaders(headers)
  const isStatus = typeof status === 'number' && Number.isInteger(status) && status >= 100 && status <= 599
  if (!isStatus || !mapped || !isAbsentOr('string', body) || !isCookieList(cookies)) {
    return gatewayError(500, 'Internal Server Error')
  }
  const text = (body as string | undefined | null) ?? ''
  const content = isBase64Encoded === true ? Buffer.from(text, 'base64') : text
  if (content.length > 0 && mapped['content-type'] === undefined)
    mapped['content-type'] = 'text/plain;charset=UTF-8'
  if (cookies?.length) {
    const own = mapped['set-cookie']
    mapped['set-cookie'] = own === undefined ? cookies : [String(own), ...cookies]
  }
  return { status, headers: mapped, body: content }
}

function jsonResponse(status: number, text: string): GatewayResponse {
  return { status, headers: { 'content-type': 'application/json' }, body: text }
}

/** Format 2.0 allows one value per header. A list makes the answer malformed. */
function mapHeaders(headers: unknown): OutgoingHttpHeaders | undefined {
  if (headers === undefined || headers === null) return {}
  if (typeof headers !== 'object') return undefined
  const mapped: OutgoingHttpHeaders = {}
  for (const [name, value] of Object.entries(headers)) {
    const type = typeof value
    if (type !== 'string' && type !== 'number' && type !== 'boolean') return undefined
    const lower = name.toLowerCase()
    if (!HOP_BY_HOP.has(lower)) mapped[lower] = String(value)
  }
  return mapped
}

function isAbsentOr(type: string, value: unknown): boolean {
  return value === undefined || value === null || typeof value === type
}

function isCookieList(cookies: unknown): cookies is string[] | undefined {
  return (
    cookies === undefined || (Array.isArray(cookies) && cookies.every((cookie) => typeof cookie === 'string'))
  )
}
