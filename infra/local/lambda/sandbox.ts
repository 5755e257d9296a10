// The host's side of one worker thread or process: its invocations in flight, which fail when it ends.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Executor } from './executor.ts'
import type { FunctionFailure, Invoke, WorkerMessage } from './protocol.ts'

/** The failure of an invocation: the function threw, timed out, crashed or did not start. */
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
  /** Resolves when the functions are loaded. Rejects with a FunctionError when they cannot be. */
  readonly initialized: Promise<void>
  readonly #executor: Executor
  readonly #pending = new Map<string, Pending>()
  readonly #ended: Promise<void>
  #retired = false

  /**
   * @param onOutput called with what functions write to stdout and stderr
   * @param onEnd called once the sandbox takes no further invocations
   */
  constructor(executor: Executor, onOutput: (text: string) => void, onEnd: () => void) {
    this.#executor = executor
    const { events } = executor
    const initialized = Promise.withResolvers<void>()
    this.initialized = initialized.promise
    this.initialized.catch(() => {})
    const end = (failure: FunctionFailure) => {
      onEnd()
      initialized.reject(new FunctionError(failure))
      for (const pending of [...this.#pending.values()]) pending.fail(failure)
    }
    events.on('message', (message: WorkerMessage) => {
      if (message.kind === 'output') return onOutput(message.text)
      if (message.kind === 'initialized') return initialized.resolve()
      if (message.kind === 'succeeded') return this.#pending.get(message.requestId)?.succeed(message.payload)
      if (message.kind === 'failed') return this.#pending.get(message.requestId)?.fail(message.failure)
      end(message.failure)
      executor.kill()
    })
    events.on('error', (error: Error) => {
      onOutput(`The function crashed: ${error.stack ?? error}\n`)
      end({ errorType: error.name, errorMessage: error.message })
    })
    this.#ended = new Promise((resolve) => {
      events.once('exit', (code) => {
        end({ errorType: 'Runtime.ExitError', errorMessage: `The worker exited with code ${code}` })
        resolve()
      })
    })
  }

  /** @param onTimeout called when the invocation times out: the caller decides about the sandbox */
  invoke(invocation: Invoke, timeoutMs: number, onTimeout: () => void): Promise<string> {
    return new Promise((resolve, reject) => {
      const settle = (act: () => void) => {
        clearTimeout(timer)
        this.#pending.delete(invocation.requestId)
        act()
        if (this.#retired && this.#pending.size === 0) this.#executor.kill()
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
      this.#executor.send(invocation)
    })
  }

  /** Lets the invocations in flight finish and then ends. */
  retire(): void {
    this.#retired = true
    if (this.#pending.size === 0) this.#executor.kill()
  }

  /** Retires. At the limit, ends what is still in flight, for example because it waits at a breakpoint. */
  async retireWithin(limitMs: number): Promise<void> {
    this.retire()
    await Promise.race([this.#ended, sleep(limitMs, undefined, { ref: false })])
    await this.close()
  }

  /** Ends at once. */
  async close(): Promise<void> {
    this.#executor.kill()
    await this.#ended
  }
}
