// The host's side of one worker thread: its invocations in flight, and what becomes of them when it ends.
import { Worker } from 'node:worker_threads'
import type { FunctionFailure, Invoke, WorkerMessage, WorkerSettings } from './protocol.ts'

/** A failure of a function as its caller is told: thrown, timed out, crashed, or never started. */
export class FunctionError extends Error {
  readonly failure: FunctionFailure

  constructor(failure: FunctionFailure) {
    super(`${failure.errorType}: ${failure.errorMessage}`)
    this.failure = failure
  }
}

interface Pending {
  succeed(payload: string): void
  fail(failure: FunctionFailure): void
}

export class Sandbox {
  readonly #worker: Worker
  readonly #pending = new Map<string, Pending>()
  readonly #ended: Promise<void>
  #retired = false

  /**
   * @param onOutput gets what the function writes to stdout and stderr
   * @param onEnd called once the sandbox takes no further invocations
   */
  constructor(
    settings: WorkerSettings,
    environment: Readonly<Record<string, string>>,
    onOutput: (text: string) => void,
    onEnd: () => void,
  ) {
    this.#worker = new Worker(new URL('./worker.ts', import.meta.url), {
      env: { ...environment },
      workerData: settings,
      // Flags of the process (a test runner's, a debugger's) are none of the function's.
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: settings.memoryMb },
    })
    this.#worker.on('message', (message: WorkerMessage) => {
      if (message.kind === 'output') return onOutput(message.text)
      if (message.kind === 'succeeded') return this.#pending.get(message.requestId)?.succeed(message.payload)
      if (message.kind === 'failed') return this.#pending.get(message.requestId)?.fail(message.failure)
      onEnd()
      this.#failAll(message.failure)
      void this.#worker.terminate()
    })
    this.#worker.on('error', (error: Error) => {
      onEnd()
      onOutput(`The function crashed: ${error.stack ?? error}\n`)
      this.#failAll({ errorType: error.name, errorMessage: error.message })
    })
    this.#ended = new Promise((resolve) => {
      this.#worker.once('exit', (code) => {
        onEnd()
        this.#failAll({ errorType: 'Runtime.ExitError', errorMessage: `The worker exited with code ${code}` })
        resolve()
      })
    })
  }

  /** @param timeoutMs after which the invocation fails; whoever invoked then decides about the sandbox */
  invoke(invocation: Invoke, timeoutMs: number, onTimeout: () => void): Promise<string> {
    return new Promise((resolve, reject) => {
      const settle = (act: () => void) => {
        clearTimeout(timer)
        this.#pending.delete(invocation.requestId)
        act()
        if (this.#retired && this.#pending.size === 0) void this.#worker.terminate()
      }
      const fail = (failure: FunctionFailure) => settle(() => reject(new FunctionError(failure)))
      const timer = setTimeout(() => {
        onTimeout()
        fail({
          errorType: 'Sandbox.Timedout',
          errorMessage: `Task timed out after ${timeoutMs / 1000} seconds`,
        })
      }, timeoutMs)
      this.#pending.set(invocation.requestId, { succeed: (payload) => settle(() => resolve(payload)), fail })
      this.#worker.postMessage(invocation)
    })
  }

  /** Lets the invocations in flight finish and then ends the worker. */
  retire(): void {
    this.#retired = true
    if (this.#pending.size === 0) void this.#worker.terminate()
  }

  /** Ends the worker at once. */
  async close(): Promise<void> {
    await this.#worker.terminate()
    await this.#ended
  }

  #failAll(failure: FunctionFailure): void {
    for (const pending of [...this.#pending.values()]) pending.fail(failure)
  }
}
