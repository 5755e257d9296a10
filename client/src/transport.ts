// One call of the service: the credential, and trying again where that cannot do harm.
import { isFromClickFunnels, Problem, problemOf, retryAfterOf } from './problem.ts'

/**
 * Gives the JWT of the user who is logged in. Called for every request, so it should keep the token while it is good.
 * After a 401 it is called once more with `renew: true`.
 */
export type TokenProvider = (request: {
  readonly renew: boolean
  readonly signal: AbortSignal | undefined
}) => string | Promise<string>

export type Options = {
  /** Where the service is, such as "https://connect.example.com". */
  readonly url: string
  readonly fetch?: typeof fetch | undefined
} & (
  | { readonly token: TokenProvider; readonly apiKey?: never }
  /** For servers only: the key acts for all users of the tenant. */
  | { readonly apiKey: string; readonly token?: never }
)

const MAX_ATTEMPTS = 3
const MAX_PAUSE_SECONDS = 10
const RETRIED: readonly number[] = [429, 502, 503]

export class Transport {
  readonly url: string
  readonly #options: Options
  readonly #fetch: typeof fetch

  constructor(options: Options) {
    if (options.apiKey && 'document' in globalThis) {
      throw new TypeError('An API key does not belong into a page: whoever opens it could read the key.')
    }
    this.url = new URL(options.url).href.replace(/\/+$/, '')
    this.#options = options
    this.#fetch = options.fetch ?? ((input, init) => fetch(input, init))
  }

  /**
   * As `fetch`, with the credential. GET and HEAD, and what carries an `Idempotency-Key`, are tried again after a network
   * error, 429, 502 and 503 of the service; nothing else is, for it might have been carried out.
   */
  async fetch(url: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers)
    const method = init.method?.toUpperCase() ?? 'GET'
    // A stream is gone after the first attempt.
    const again = !(init.body instanceof ReadableStream)
    const safe = again && (/^(GET|HEAD)$/.test(method) || headers.has('idempotency-key'))
    const signal = init.signal ?? undefined
    let renew = false
    for (let attempt = 1; ; attempt++) {
      headers.set('authorization', `Bearer ${await this.#credential(renew, signal)}`)
      const last = !safe || attempt >= MAX_ATTEMPTS
      let response: Response
      try {
        response = await this.#fetch(url, { credentials: 'omit', ...init, method, headers })
      } catch (error) {
        if (last || signal?.aborted) throw error
        await pause(backoff(attempt), signal)
        continue
      }
      const ours = !isFromClickFunnels(response)
      if (response.status === 401 && ours && again && !renew && this.#options.token) {
        // Refused before anything was done, so any method may go again.
        renew = true
        attempt--
      } else if (!last && ours && RETRIED.includes(response.status)) {
        const seconds = retryAfterOf(response) ?? backoff(attempt)
        if (seconds > MAX_PAUSE_SECONDS) return response
        await pause(seconds, signal)
      } else return response
      await response.body?.cancel()
    }
  }

  /**
   * Calls one of the service's own routes.
   * @throws Problem
   */
  async json<T>(method: string, path: string, { body, signal }: JsonCall = {}): Promise<T> {
    const response = await this.answer(this.url + path, {
      method,
      ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
      ...(signal && { signal }),
    })
    return (response.status === 204 ? undefined : await response.json()) as T
  }

  /**
   * The answer, if it is 2xx.
   * @throws Problem
   */
  async answer(url: string, init: RequestInit): Promise<Response> {
    const response = await this.fetch(url, init).catch((error: unknown) => {
      // fetch says "no answer" with a TypeError; the rest is an abort, or the token provider's own.
      throw error instanceof TypeError
        ? new Problem('network_error', 'The service could not be reached.', undefined, undefined, error)
        : error
    })
    if (!response.ok) throw await problemOf(response)
    return response
  }

  async #credential(renew: boolean, signal: AbortSignal | undefined): Promise<string> {
    const { apiKey, token } = this.#options
    return apiKey ?? (await token({ renew, signal }))
  }
}

interface JsonCall {
  readonly body?: object | undefined
  readonly signal?: AbortSignal | undefined
}

/** Full jitter, so that callers who failed together do not come back together. */
function backoff(attempt: number): number {
  return Math.random() * 0.5 * 2 ** attempt
}

export function pause(seconds: number, signal?: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted()
    const aborted = () => {
      clearTimeout(timer)
      reject(signal?.reason)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', aborted)
      resolve()
    }, seconds * 1000)
    signal?.addEventListener('abort', aborted, { once: true })
  })
}
