// The functions' side of the protocol, in a worker thread or a process: loads the functions once, then answers invocations.
// It differs from Lambda in two ways. One sandbox serves many invocations at once, while Lambda gives each invocation a
// sandbox of its own. And the sandbox is not frozen between invocations.
import type { FunctionFailure, FunctionSettings, Invoke, WorkerMessage } from './protocol.ts'

type Handler = (event: unknown, context: object) => unknown

export interface LoadedFunction extends FunctionSettings {
  readonly run: Handler
}

export interface HostChannel {
  send(message: WorkerMessage): void
  onInvoke(listener: (message: Invoke) => void): void
}

/** Loads the functions and serves invocations. Those that arrive earlier wait. */
export async function serveInvocations(
  host: HostChannel,
  load: () => Promise<readonly LoadedFunction[]>,
): Promise<void> {
  redirectOutput(host)
  try {
    const functions = new Map((await load()).map((loaded) => [loaded.functionName, loaded]))
    host.onInvoke((message) => void answer(host, functions, message))
    host.send({ kind: 'initialized' })
  } catch (error) {
    console.error('Init error', error)
    host.send({ kind: 'not-initialized', failure: failureOf(error) })
  }
}

/** Imports a function's file and finds its handler. */
export async function loadFunction(url: URL, settings: FunctionSettings): Promise<LoadedFunction> {
  const name = settings.handler.split('.')[1] ?? ''
  const run: unknown = (await import(url.href))[name]
  if (typeof run === 'function') return { ...settings, run: run as Handler }
  throw new Error(`"${url.pathname.split('/').at(-1)}" has no function "${name}"`)
}

/**
 * Sends output through the same channel as answers. So everything that a function logs before its answer arrives before
 * the answer. Tests that search the logs need this.
 */
function redirectOutput(host: HostChannel): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.write = (chunk: string | Uint8Array, ...rest: unknown[]) => {
      host.send({ kind: 'output', text: typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString() })
      const written = rest.at(-1)
      if (typeof written === 'function') queueMicrotask(() => written())
      return true
    }
  }
}

async function answer(
  host: HostChannel,
  functions: ReadonlyMap<string, LoadedFunction>,
  { functionName, requestId, payload, deadline }: Invoke,
): Promise<void> {
  try {
    const loaded = functions.get(functionName)
    if (!loaded) throw new Error(`No function "${functionName}" was loaded`)
    const result = await loaded.run(JSON.parse(payload), contextOf(loaded, requestId, deadline))
    host.send({ kind: 'succeeded', requestId, payload: JSON.stringify(result) ?? 'null' })
  } catch (error) {
    // Lambda's runtime logs this line, too.
    console.error(`ERROR Invoke Error ${requestId}`, error)
    host.send({ kind: 'failed', requestId, failure: failureOf(error) })
  }
}

function contextOf(settings: FunctionSettings, requestId: string, deadline: number): object {
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
