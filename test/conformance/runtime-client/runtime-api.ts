// Lambda's Runtime API for one process of one function: hands over invocations one at a time, and takes their results.
// @see https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
import type { IncomingMessage, ServerResponse } from 'node:http'
import { FunctionError } from '../../../infra/local/lambda/sandbox.ts'
import { listenOnLoopback, readBody } from '../../../infra/local/loopback-server.ts'

const VERSION = '/2018-06-01/runtime'
const MAX_PAYLOAD_BYTES = 6 * 1024 * 1024 + 100

export interface Invocation {
  readonly requestId: string
  readonly payload: string
  /** Milliseconds since 1970. */
  readonly deadline: number
  readonly functionArn: string
}

interface Waiting extends Invocation {
  readonly succeed: (answer: string) => void
  readonly fail: (error: Error) => void
}

export interface RuntimeApi {
  /** As in AWS_LAMBDA_RUNTIME_API: "127.0.0.1:9001". */
  readonly address: string
  /** Resolves when the function is loaded and asks for work. Rejects with what it reported instead. */
  readonly initialized: Promise<void>
  /** Resolves with the function's answer as JSON text. Rejects with a FunctionError. */
  invoke(invocation: Invocation): Promise<string>
  /** Fails everything that waits, because the process has ended. */
  abandon(error: Error): void
  close(): Promise<void>
}

export async function startRuntimeApi(): Promise<RuntimeApi> {
  const queue: Waiting[] = []
  const running = new Map<string, Waiting>()
  const init = Promise.withResolvers<void>()
  // A process can fail before a caller waits for it.
  init.promise.catch(() => {})
  let idle: ServerResponse | undefined

  const dispatch = () => {
    const next = idle === undefined ? undefined : queue.shift()
    if (idle === undefined || next === undefined) return
    running.set(next.requestId, next)
    idle.writeHead(200, {
      'content-type': 'application/json',
      'lambda-runtime-aws-request-id': next.requestId,
      'lambda-runtime-deadline-ms': String(next.deadline),
      'lambda-runtime-invoked-function-arn': next.functionArn,
      'lambda-runtime-trace-id': `Root=1-${'0'.repeat(8)}-${'0'.repeat(24)};Sampled=0`,
    })
    idle.end(next.payload)
    idle = undefined
  }

  const server = await listenOnLoopback(0, async (request: IncomingMessage, response: ServerResponse) => {
    const path = request.url?.slice(VERSION.length) ?? ''
    const body = String((await readBody(request, MAX_PAYLOAD_BYTES)) ?? '')
    if (path === '/invocation/next') {
      idle = response
      init.resolve()
      return dispatch()
    }
    const [, id = '', outcome] = /^\/invocation\/([^/]+)\/(response|error)$/.exec(path) ?? []
    const waiting = running.get(id)
    running.delete(id)
    if (path === '/init/error') init.reject(failureOf(body))
    else if (outcome === 'response') waiting?.succeed(body)
    else if (outcome === 'error') waiting?.fail(failureOf(body))
    response.writeHead(202, { 'content-type': 'application/json' }).end('{"status":"OK"}')
  })

  return {
    address: `127.0.0.1:${server.port}`,
    initialized: init.promise,
    invoke: (invocation) =>
      new Promise((succeed, fail) => {
        queue.push({ ...invocation, succeed, fail })
        dispatch()
      }),
    abandon: (error) => {
      init.reject(error)
      for (const { fail } of [...queue.splice(0), ...running.values()]) fail(error)
      running.clear()
    },
    close: server.close,
  }
}

function failureOf(body: string): FunctionError {
  const { errorType, errorMessage } = JSON.parse(body)
  return new FunctionError({ errorType, errorMessage })
}
