// Calls the operator's API: JSON in and out, with a deadline, signed unless the API runs on this machine.
import { setTimeout as sleep } from 'node:timers/promises'
import { isLoopback } from '#domain/tenants/web-url.ts'
import { CHECK_URL, CliError, refusalOf, UsageError } from './faults.ts'
import type { Json } from './json.ts'
import type { Sign } from './sign.ts'

/** Longer than API Gateway's 30 s, because its answer says more than our timeout. */
const DEADLINE_MILLISECONDS = 35_000
/** For requests that are safe to repeat, when the failure is transient. */
const MAX_ATTEMPTS = 3
const TRANSIENT = [429, 502, 503, 504]
const PAUSE_MILLISECONDS = 1000

export interface OperatorApi {
  readonly url: string
  /** Returns the parsed answer, `undefined` when it has no body. @throws CliError */
  call(method: string, path: string, body?: object): Promise<Json>
}

/** @throws UsageError */
export function operatorApi(base: string, region: string | undefined): OperatorApi {
  const url = URL.parse(base)
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new UsageError(`"${base}" is not an http or https URL.`)
  // Requests hold client secrets, and answers hold API keys. Nothing is signed either.
  if (url.protocol === 'http:' && !isLoopback(url))
    throw new UsageError(
      `Plain http is for this machine only. Requests to ${url.host} hold secrets.`,
      'Use its https URL.',
    )
  const origin = url.origin
  let signer: Promise<Sign> | undefined
  const sign: Sign = async (request) => {
    // The local API takes unsigned requests. So the AWS SDK need not be loaded.
    if (isLoopback(url)) return request.headers
    signer ??= import('./sign.ts').then(({ signerFor }) => signerFor(url, region))
    return (await signer)(request)
  }
  return {
    url: origin,
    call: async (method, path, body) => {
      // Only idempotent requests are repeated, because a request that failed may have taken effect. Adding a client
      // secret is not one: done twice, it would remove the secret before it.
      const addsSecret = body !== undefined && 'client_secret' in body
      const repeatable = (method !== 'POST' && !addsSecret) || /\/connections\/(revoke|export)$/.test(path)
      for (let attempt = 1; ; attempt++) {
        const { status, text, retryAfter } = await send(sign, method, new URL(path, origin), body)
        if (status < 400) return answerOf(url, status, text)
        if (!repeatable || attempt === MAX_ATTEMPTS || !TRANSIENT.includes(status))
          throw refusalOf(status, text, retryAfter)
        await sleep(PAUSE_MILLISECONDS * attempt)
      }
    },
  }
}

function answerOf(url: URL, status: number, text: string): Json {
  if (status === 204) return undefined
  try {
    if (status < 300) return JSON.parse(text)
  } catch {
    // The error below covers it.
  }
  throw new CliError(
    `${url.origin} is not Funnel Connect's API: it answered ${status} without JSON.`,
    CHECK_URL,
  )
}

async function send(sign: Sign, method: string, url: URL, body: object | undefined) {
  const text = body === undefined ? undefined : JSON.stringify(body)
  const plain = { ...(text !== undefined && { 'content-type': 'application/json' }) }
  const headers = await sign({ method, url, headers: plain, body: text }).catch((error: Error) => {
    if (error instanceof CliError) throw error
    throw new CliError(
      `The request could not be signed: ${error.message}`,
      'Log in to AWS ("aws sso login"), or set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.',
    )
  })
  try {
    const response = await fetch(url, {
      method,
      headers,
      redirect: 'manual',
      signal: AbortSignal.timeout(DEADLINE_MILLISECONDS),
      ...(text !== undefined && { body: text }),
    })
    const retryAfter = response.headers.get('retry-after')
    return { status: response.status, text: await response.text(), retryAfter }
  } catch (error) {
    throw unreachable(url, error)
  }
}

function unreachable(url: URL, error: unknown): CliError {
  const cause = (error as { cause?: { code?: string } }).cause?.code ?? (error as Error).message
  return new CliError(
    `${url.origin} cannot be reached (${cause}).`,
    isLoopback(url)
      ? 'Start the local stack with "npm start", or give the URL of another API with --url.'
      : CHECK_URL,
  )
}
