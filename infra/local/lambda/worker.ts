// One function's sandbox: a worker thread with its own module graph and only its own environment, which imports the
// bundle once and then answers invocations. It differs from Lambda in two ways: one sandbox serves many invocations at
// once (Lambda gives each its own), and it is not frozen between them.
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parentPort, workerData } from 'node:worker_threads'
import type { FunctionFailure, Invoke, WorkerMessage, WorkerSettings } from './protocol.ts'

type Handler = (event: unknown, context: object) => unknown

const settings = workerData as WorkerSettings
const host = parentPort
if (!host) throw new Error('worker.ts is started by sandbox.ts, as a worker thread')

const tell = (message: WorkerMessage) => host.postMessage(message)

// Output goes through the same port as answers: what a function logged before it answered has then arrived before
// the answer, which a test that searches the logs relies on.
for (const stream of [process.stdout, process.stderr]) {
  stream.write = (chunk: string | Uint8Array, ...rest: unknown[]) => {
    tell({ kind: 'output', text: typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString() })
    const written = rest.at(-1)
    if (typeof written === 'function') queueMicrotask(() => written())
    return true
  }
}

try {
  const handler = await loadHandler()
  host.on('message', (message: Invoke) => void answer(handler, message))
} catch (error) {
  console.error('Init error', error)
  tell({ kind: 'not-initialized', failure: failureOf(error) })
}

async function loadHandler(): Promise<Handler> {
  const [file = '', name = ''] = settings.handler.split('.')
  const module = await import(pathToFileURL(join(settings.directory, `${file}.mjs`)).href)
  const handler: unknown = module[name]
  if (typeof handler === 'function') return handler as Handler
  throw new Error(`"${file}.mjs" has no function "${name}"`)
}

async function answer(handler: Handler, { requestId, payload, deadline }: Invoke): Promise<void> {
  try {
    const result = await handler(JSON.parse(payload), contextOf(requestId, deadline))
    tell({ kind: 'succeeded', requestId, payload: JSON.stringify(result) ?? 'null' })
  } catch (error) {
    // Lambda's runtime writes this line too.
    console.error(`ERROR Invoke Error ${requestId}`, error)
    tell({ kind: 'failed', requestId, failure: failureOf(error) })
  }
}

function contextOf(requestId: string, deadline: number): object {
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: settings.functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: settings.functionArn,
    memoryLimitInMB: String(settings.memoryMb),
    awsRequestId: requestId,
    logGroupName: `/aws/lambda/${settings.functionName}`,
    logStreamName: 'local',
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
  }
}

function failureOf(error: unknown): FunctionFailure {
  if (!(error instanceof Error)) return { errorType: typeof error, errorMessage: String(error) }
  return { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? '').split('\n') }
}
