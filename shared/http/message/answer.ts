// An endpoint's answer, and its form for API Gateway (payload format 2.0).
import { isUtf8 } from 'node:buffer'
import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda'
import type { AuditAction, AuditNote } from '#domain/audit/event.ts'
import { ServiceError } from '#domain/errors.ts'

export interface Answer {
  readonly status: number
  /** Names in lower case. API Gateway carries one value for each name. */
  readonly headers: Readonly<Record<string, string>>
  readonly cookies?: readonly string[]
  readonly body?: string | Uint8Array
  /** The event for the audit trail, from an endpoint whose route takes no credential. Not sent. */
  readonly audit?: AuditNote
  /** The action for the audit trail, where the route has more than one. Not sent. */
  readonly action?: AuditAction
  /** The reason for the audit trail, where the route's action does not say enough. Not sent. */
  readonly reason?: string
  /** The id of what was created, for the audit trail. Not sent. */
  readonly createdId?: string
}

export function json(status: number, body: unknown): Answer {
  return {
    status,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
    body: JSON.stringify(body),
  }
}

/** The answer that something was created. */
export function created(body: { readonly id: string }): Answer {
  return { ...json(201, body), createdId: body.id }
}

export const noContent: Answer = { status: 204, headers: { 'cache-control': 'no-store' } }

export function redirect(location: string, cookies: readonly string[] = []): Answer {
  // No referrer, because the URL that led here holds a code or a link's secret.
  const headers = { location, 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' }
  return { status: 302, headers, cookies }
}

/** The answer to a form: the browser asks for another page (RFC 9110 section 15.4.4). */
export function seeOther(location: string): Answer {
  return { ...redirect(location), status: 303 }
}

/** A cookie for this host only: over https, hidden from scripts, sent when ClickFunnels sends the browser back (SameSite=Lax). */
export function hostCookie(name: string, value: string, seconds: number): string {
  return `${name}=${value}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=${seconds}`
}

/** What a Lambda response may hold, less room for status and headers. */
const MAX_PAYLOAD_BYTES = 6 * 1024 * 1024 - 64 * 1024

/** @throws ServiceError upstream_response_too_large when the answer does not fit into a Lambda response */
export function toResult({ status, headers, cookies, body }: Answer): APIGatewayProxyStructuredResultV2 {
  const encoded = body === undefined ? undefined : encode(body, headers)
  const size = encoded === undefined ? 0 : payloadBytes(encoded.body)
  if (size > MAX_PAYLOAD_BYTES) {
    throw new ServiceError(
      'upstream_response_too_large',
      `The answer has ${size} bytes as transmitted (with base64 and escapes). At most ${MAX_PAYLOAD_BYTES} bytes can be passed on. Request less at a time.`,
      { extensions: { size, limit: MAX_PAYLOAD_BYTES } },
    )
  }
  return {
    statusCode: status,
    headers: { ...headers },
    ...(cookies && { cookies: [...cookies] }),
    ...encoded,
  }
}

/** Text is sent as text, which is smaller. Bytes that could change on the way are sent as base64. */
function encode(
  body: string | Uint8Array,
  headers: Answer['headers'],
): { body: string; isBase64Encoded?: boolean } {
  if (typeof body === 'string') return { body }
  const textual = /^(text\/|application\/([\w.+-]*\+)?json)/.test(headers['content-type'] ?? '')
  if (textual && headers['content-encoding'] === undefined && isUtf8(body)) {
    return { body: Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString() }
  }
  return { body: Buffer.from(body).toString('base64'), isBase64Encoded: true }
}

/** The size of a body inside JSON, where quotes and backslashes take two bytes. Exact only for large bodies. */
function payloadBytes(body: string): number {
  return body.length < MAX_PAYLOAD_BYTES / 8 ? body.length : Buffer.byteLength(JSON.stringify(body))
}
