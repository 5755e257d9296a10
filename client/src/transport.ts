// Sends one call to the service with the credential. Retries it where that is safe.
import { isFromClickFunnels, Problem, problemOf, retryAfterOf } from './problem.ts'

/**
 * Returns the JWT of the user who is logged in. The library calls it for every request, so it should cache the token.
 * After a 401, the library calls it once more with `renew: true`: then return a new token.
 */
export type TokenProvider = (request: {
  readonly renew: boolean
  readonly signal: AbortSignal | undefined
}) => string | Promise<string>

/** The URL and the key may come from environment variables: one that is not set is refused with its name. */
export type Options = {
  /** The URL of the service, such as "https://connect.example.com". */
  readonly url: string | undefined
  readonly fetch?: typeof fetch | undefined
} & (
  | { readonly token: TokenProvider; readonly apiKey?: never }
  /** For servers only, because the key acts for all users of the tenant. */
  | { readonly apiKey: string | undefined; readonly token?: never }
)

const MAX_ATTEMPTS = 3
const MAX_PAUSE_SECONDS = 10
const RETRIED: readonly number[] = [429, 502, 503]

export class Transport {
  readonly url: string
  readonly #options: Options
  readonly #fetch: typeof fetch

  /** @throws TypeError when the URL or the credential is missing */
  constructor(options: Options) {
    const { url = '' } = options
    if (!/^https?:\/\/./.test(url)) {
      throw new TypeError(
        `"url" must be the URL of the service (https://…), and is ${url ? `"${url}"` : 'not set'}.`,
      )
    }
    if (!options.token && !options.apiKey) throw new TypeError('Neither "token" nor "apiKey" is set.')
    if (options.apiKey && 'document' in globalThis) {
      throw new TypeError(
        'Never use an API key in a page: all its visitors could read it. Use "token" instead.',
      )
    }
    this.url = new URL(url).href.replace(/\/+$/, '')
    this.#options = options
    this.#fetch = options.fetch ?? ((input, init) => fetch(input, init))
  }

  /**
   * Like `fetch`, with the credential. Retries GET, HEAD and calls with an `Idempotency-Key` after a network error or
   * when the service answers 429, 502 or 503. It retries no other call, because the first attempt may have taken effect.
   */
  async fetch(url: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers)
    const method = init.method?.toUpperCase() ?? 'GET'
    // A stream can be sent only once.
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
        // The service refused the call before it did anything, so every method may be repeated.
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
   * Calls one of the service's own routes and parses the response.
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
   * Like `fetch()`, but throws when no response comes or its status is other than 2xx.
   * @throws Problem
   */
  async answer(url: string, init: RequestInit): Promise<Response> {
    const response = await this.fetch(url, init).catch(async (error: unknown) => {
      // Without a response, fetch throws a TypeError. Other errors are aborts, or come from the token provider.
      if (!(error instanceof TypeError)) throw error
      throw new Problem('network_error', await this.#whyNoResponse(), undefined, undefined, error)
    })
    if (!response.ok) throw await problemOf(response)
    return response
  }

  /** A browser hides from a page of an unregistered origin what it was answered. So this asks without wanting to read. */
  async #whyNoResponse(): Promise<string> {
    const { location } = globalThis as { location?: { origin: string } }
    if (location) {
      const probe = this.#fetch(this.url, { mode: 'no-cors', credentials: 'omit' })
      const isThere = await probe.then(
        () => true,
        () => false,
      )
      if (isThere)
        return `${this.url} is there, but its answer was kept from this page. Is the origin ${location.origin} registered?`
    }
    return `${this.url} did not respond.`
  }

  async #credential(renew: boolean, signal: AbortSignal | undefined): Promise<string> {
    const { apiKey, token } = this.#options
    return apiKey ?? (await (token as TokenProvider)({ renew, signal }))
  }
}

interface JsonCall {
  readonly body?: object | undefined
  readonly signal?: AbortSignal | undefined
}

/** Full jitter, so that callers that failed together do not retry together. */
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
