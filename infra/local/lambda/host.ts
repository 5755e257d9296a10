// Stands in for Lambda: runs each function of the template in a sandbox of its own, with the template's timeout and the
// environment that Lambda would give it. A sandbox starts at the function's first invocation, and again after a crash.
// For `npm run dev`, one sandbox runs all functions from their sources.
import { randomUUID } from 'node:crypto'
import type { FunctionDefinition } from '../cloudformation/template.ts'
import { lambdaEnvironment, settingsOf, sharedEnvironment } from './environment.ts'
import { type Executor, sourceProcess, workerThread } from './executor.ts'
import { FunctionError, Sandbox } from './sandbox.ts'

/** Lambda's limit for events and synchronous answers. */
const MAX_PAYLOAD_BYTES = 6 * 1024 * 1024
const DRAIN_LIMIT_MS = 1_000
/** The name of the sandbox that runs all functions. */
const ALL = 'functions'
/** With a debugger, a function has a day, because it may wait at a breakpoint. */
export const DEBUG_SECONDS = 24 * 60 * 60

export interface FunctionLog {
  readonly function: string
  readonly text: string
}

export interface HostOptions {
  /** The variables with which an AWS SDK reaches the emulators, such as AWS_ENDPOINT_URL_KMS and credentials. */
  readonly environment: Readonly<Record<string, string>>
  readonly onLog: (log: FunctionLog) => void
  /** Variables that differ from function to function. Not with `sources`, where all share one process. */
  readonly own?: (definition: FunctionDefinition) => Readonly<Record<string, string>>
  /** Run all functions from their sources, in one process. Default: each runs from its bundle, in a thread. */
  readonly sources?: SourceOptions | undefined
}

export interface SourceOptions {
  /** The port for a debugger. Without it, there is no inspector. */
  readonly inspectPort?: number
}

export class LambdaHost {
  readonly #functions: ReadonlyMap<string, FunctionDefinition>
  readonly #options: HostOptions
  readonly #current = new Map<string, Sandbox>()
  readonly #all = new Set<Sandbox>()
  #draining: Promise<void> | undefined

  constructor(functions: readonly FunctionDefinition[], options: HostOptions) {
    this.#functions = new Map(functions.map((definition) => [definition.name, definition]))
    this.#options = options
  }

  /**
   * Invokes a function. Returns its answer.
   * @throws FunctionError when it throws, times out, crashes or answers with more than 6 MB
   */
  async invoke(name: string, event: unknown): Promise<unknown> {
    const definition = this.#functions.get(name)
    if (!definition) {
      throw new Error(
        `The template has no function "${name}", only ${[...this.#functions.keys()].join(', ')}`,
      )
    }
    const payload = JSON.stringify(event)
    if (Buffer.byteLength(payload) > MAX_PAYLOAD_BYTES) throw tooLarge('Request')
    if (this.#draining) await this.#draining
    const sandbox = this.#sandboxOf(definition)
    const timeoutMs = this.#timeoutOf(definition) * 1000
    const deadline = Date.now() + timeoutMs
    const invocation = { functionName: name, requestId: randomUUID(), payload, deadline }
    const answer = await sandbox.invoke(invocation, timeoutMs, () => {
      this.#options.onLog({
        function: name,
        text: `Task timed out after ${definition.timeoutSeconds} seconds\n`,
      })
      // Lambda ends the sandbox of an invocation that timed out. Other invocations in this sandbox may finish first.
      this.#retire(name, sandbox)
    })
    if (Buffer.byteLength(answer) > MAX_PAYLOAD_BYTES) throw tooLarge('Response')
    return JSON.parse(answer)
  }

  /** Starts every sandbox, so that the first requests are not slow. */
  warm(): void {
    for (const definition of this.#functions.values()) this.#sandboxOf(definition)
  }

  /** Ends a function's sandbox, as Lambda does at any time. The next invocation starts with nothing in memory. */
  recycle(name: string): void {
    const sandbox = this.#current.get(this.#keyOf(name))
    if (sandbox !== undefined) this.#retire(name, sandbox)
  }

  /**
   * Restarts every sandbox. New invocations wait meanwhile.
   * @throws FunctionError when a function does not load
   */
  async restart(): Promise<void> {
    this.#draining = this.drain()
    await this.#draining
    this.#draining = undefined
    this.warm()
    await Promise.all([...this.#current.values()].map((sandbox) => sandbox.initialized))
  }

  /** Ends every sandbox. Invocations in flight have a second to finish. */
  async drain(): Promise<void> {
    const ended = [...this.#all].map((sandbox) => sandbox.retireWithin(DRAIN_LIMIT_MS))
    this.#current.clear()
    await Promise.all(ended)
  }

  async close(): Promise<void> {
    await Promise.all([...this.#all].map((sandbox) => sandbox.close()))
  }

  /** Functions with the same key share a sandbox. */
  #keyOf(name: string): string {
    return this.#options.sources ? ALL : name
  }

  #timeoutOf({ timeoutSeconds }: FunctionDefinition): number {
    return this.#options.sources?.inspectPort === undefined ? timeoutSeconds : DEBUG_SECONDS
  }

  #sandboxOf(definition: FunctionDefinition): Sandbox {
    const { name } = definition
    const key = this.#keyOf(name)
    const running = this.#current.get(key)
    if (running) return running
    const sandbox: Sandbox = new Sandbox(
      this.#executorOf(definition),
      (text) => this.#options.onLog({ function: key, text }),
      () => {
        this.#forget(name, sandbox)
        this.#all.delete(sandbox)
      },
    )
    this.#current.set(key, sandbox)
    this.#all.add(sandbox)
    return sandbox
  }

  #executorOf(definition: FunctionDefinition): Executor {
    const { sources, environment, own } = this.#options
    if (sources) {
      const all = [...this.#functions.values()]
      const shared = { ...sharedEnvironment(all), ...environment }
      return sourceProcess(all.map(settingsOf), shared, sources.inspectPort)
    }
    return workerThread(
      { ...settingsOf(definition), directory: definition.directory },
      {
        ...lambdaEnvironment(definition),
        ...environment,
        ...definition.environment,
        ...own?.(definition),
      },
    )
  }

  #retire(name: string, sandbox: Sandbox): void {
    this.#forget(name, sandbox)
    sandbox.retire()
  }

  #forget(name: string, sandbox: Sandbox): void {
    const key = this.#keyOf(name)
    if (this.#current.get(key) === sandbox) this.#current.delete(key)
  }
}

function tooLarge(what: 'Request' | 'Response'): FunctionError {
  const errorMessage = `${what} payload size exceeded maximum allowed payload size (${MAX_PAYLOAD_BYTES} bytes).`
  return new FunctionError({ errorType: 'Function.ResponseSizeTooLarge', errorMessage })
}
