// The error of a failed call, with a stable code (RFC 9457).
import type { ErrorCode } from './error-codes.ts'

/** `network_error`: no response came. `clickfunnels_error`: ClickFunnels itself refused the call. */
export type ProblemCode = ErrorCode | 'network_error' | 'clickfunnels_error'

export class Problem extends Error {
  override readonly name = 'Problem'
  readonly code: ProblemCode
  /** HTTP status; 0 when no response came. */
  readonly status: number
  /** The problem document, or ClickFunnels' own body. */
  readonly body: unknown
  /** Seconds to wait before you try again, if the response has `Retry-After`. */
  readonly retryAfter: number | undefined
  /** The id of the request: name it when you ask the operator for help. */
  readonly requestId: string | undefined

  constructor(code: ProblemCode, message: string, response?: Response, body?: unknown, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
    this.status = response?.status ?? 0
    this.body = body
    this.retryAfter = response && retryAfterOf(response)
    this.requestId = response?.headers.get('funnel-connect-request-id') ?? undefined
  }
}

/** The error for a response with a status other than 2xx. */
export async function problemOf(response: Response): Promise<Problem> {
  const body = parsed(await response.text())
  const { code, detail, title } = (typeof body === 'object' && body !== null ? body : {}) as Record<
    string,
    unknown
  >
  const ours = typeof code === 'string' && !isFromClickFunnels(response)
  return new Problem(
    ours ? (code as ErrorCode) : 'clickfunnels_error',
    String(detail ?? title ?? `The call failed with status ${response.status}.`),
    response,
    body,
  )
}

export function isFromClickFunnels(response: Response): boolean {
  return response.headers.get('funnel-connect-answer-by') === 'clickfunnels'
}

/** `Retry-After` in seconds; it may be a date (RFC 9110 section 10.2.3). */
export function retryAfterOf({ headers }: Response): number | undefined {
  const value = headers.get('retry-after')
  if (value === null) return undefined
  const seconds = /^\d+$/.test(value) ? Number(value) : (Date.parse(value) - Date.now()) / 1000
  return Number.isNaN(seconds) ? undefined : Math.max(0, seconds)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
