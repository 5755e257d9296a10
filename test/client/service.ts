// A service on loopback that gives the answers of a test, one after another, and records the requests.
import { onTestFinished } from 'vitest'
import { listenOnLoopback, readBody } from '../../infra/local/loopback-server.ts'

export interface Asked {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
}

export interface GivenAnswer {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly json?: unknown
  /** The connection breaks instead of an answer. */
  readonly broken?: true
  /** No answer at all, until the caller hangs up. */
  readonly silent?: true
}

export interface Service {
  readonly url: string
  readonly asked: readonly Asked[]
}

const MAX_BYTES = 1024 * 1024

/** @param answers in turn, and then the last one again and again; or a function that answers each request */
export async function startService(
  ...answers: readonly [GivenAnswer, ...GivenAnswer[]] | readonly [(asked: Asked) => GivenAnswer]
): Promise<Service> {
  const asked: Asked[] = []
  const server = await listenOnLoopback(0, async (request, response) => {
    const body = String(await readBody(request, MAX_BYTES))
    const { method = '', url: path = '', headers } = request
    const question = { method, path, headers, body }
    asked.push(question)
    const next = answers[Math.min(asked.length, answers.length) - 1]
    const given = typeof next === 'function' ? next(question) : (next ?? {})
    if (given.silent) return
    if (given.broken) return void request.socket.destroy()
    response.writeHead(given.status ?? 200, { 'content-type': 'application/json', ...given.headers })
    response.end(given.json === undefined ? undefined : JSON.stringify(given.json))
  })
  onTestFinished(server.close)
  return { url: server.url, asked }
}

/** A problem document of the service. */
export function problem(
  status: number,
  code: string,
  headers: Readonly<Record<string, string>> = {},
  members: object = {},
): GivenAnswer {
  return {
    status,
    headers: { 'content-type': 'application/problem+json', ...headers },
    json: {
      type: `https://x.example/v1/errors#${code}`,
      title: 'A title',
      status,
      code,
      detail: 'A detail.',
      ...members,
    },
  }
}
