// Sends a request exactly as given: `fetch` would tidy paths, join headers and hide connection headers.
import { type IncomingHttpHeaders, request } from 'node:http'
import { buffer } from 'node:stream/consumers'

export interface RawRequest {
  readonly method?: string
  /** Path and query, byte for byte. */
  readonly target: string
  /** Name, value, name, value, …: repeated names stay repeated. */
  readonly headers?: readonly string[]
  readonly body?: string | Buffer
}

export interface RawResponse {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

export function sendRaw(origin: string, { headers = [], ...request }: RawRequest) {
  return sendBare(origin, { ...request, headers: ['host', new URL(origin).host, ...headers] })
}

/** The same without a `Host` of its own. */
export function sendBare(origin: string, { method = 'GET', target, headers = [], body }: RawRequest) {
  return new Promise<RawResponse>((resolve, reject) => {
    const { hostname, port } = new URL(origin)
    const outgoing = request(
      { hostname, port, method, path: target, headers: [...headers], agent: false },
      async (response) => {
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: await buffer(response),
        })
      },
    )
    outgoing.once('error', reject)
    outgoing.end(body)
  })
}
