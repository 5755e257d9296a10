// The last 1,000 requests to the simulator, newest last, so that tests can assert what was really sent. Control requests are
// not recorded. Of a body, only its size, digest and grant_type are kept.
import { createHash } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { pathMatches } from './faults.ts'
import { readBody, type SimulatorRequest, text } from './http.ts'

const KEPT_REQUESTS = 1000

export interface RecordedRequest {
  readonly at: number
  readonly method: string
  /** host:port that accepted the request. It tells the accounts host from a workspace. */
  readonly host: string
  /** Path and query, byte for byte. */
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body_length: number
  readonly body_sha256: string
  readonly grant_type?: string
}

export class RequestLog {
  #requests: RecordedRequest[] = []

  record(request: SimulatorRequest, at: number): void {
    const body = request.pathname === '/oauth/token' ? readBody(request) : undefined
    const grantType = body === undefined ? undefined : text(body, 'grant_type')
    this.#requests.push({
      at,
      method: request.method,
      host: new URL(request.origin).host,
      path: request.target,
      headers: request.headers,
      body_length: request.body.length,
      body_sha256: createHash('sha256').update(request.body).digest('hex'),
      ...(grantType === undefined ? {} : { grant_type: grantType }),
    })
    if (this.#requests.length > KEPT_REQUESTS) this.#requests.shift()
  }

  list(path: string | undefined): readonly RecordedRequest[] {
    if (path === undefined) return this.#requests
    return this.#requests.filter((request) => pathMatches(path, request.path.split('?')[0] as string))
  }

  clear(): void {
    this.#requests = []
  }
}
