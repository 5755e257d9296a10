// Lambda on one machine: each function of the template in a sandbox of its own, started at its first invocation and
// again after it crashed, with the template's timeout and the environment that Lambda would give it.
import { randomUUID } from 'node:crypto'
import type { FunctionDefinition } from '../cloudformation/template.ts'
import { LOCAL_ACCOUNT, LOCAL_REGION } from '../kms/keys.ts'
import type { WorkerSettings } from './protocol.ts'
import { FunctionError, Sandbox } from './sandbox.ts'

/** Lambda's limit for a synchronous answer. */
const MAX_PAYLOAD_BYTES = 6 * 1024 * 1024

export interface FunctionLog {
  readonly function: string
  readonly text: string
}

export interface HostOptions {
  /** What an AWS SDK needs to reach the emulators: AWS_ENDPOINT_URL_KMS and the like, and credentials. */
  readonly environment: Readonly<Record<string, string>>
  readonly onLog: (log: FunctionLog) => void
}

export class LambdaHost {
  readonly #functions: ReadonlyMap<string, FunctionDefinition>
  readonly #options: HostOptions
  readonly #current = new Map<string, Sandbox>()
  readonly #all = new Set<Sandbox>()

  constructor(functions: readonly FunctionDefinition[], options: HostOptions) {
    this.#functions = new Map(functions.map((definition) => [definition.name, definition]))
    this.#options = options
  }

  /**
   * Invokes a function and gives its answer.
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
    const sandbox = this.#sandboxOf(definition)
    const timeoutMs = definition.timeoutSeconds * 1000
    const invocation = { requestId: randomUUID(), payload, deadline: Date.now() + timeoutMs }
    const answer = await sandbox.invoke(invocation, timeoutMs, () => {
      this.#options.onLog({
        function: name,
        text: `Task timed out after ${definition.timeoutSeconds} seconds\n`,
      })
      // Lambda ends the sandbox of a timed out invocation. Ours may have others in flight: they may finish.
      this.#retire(name, sandbox)
    })
    if (Buffer.byteLength(answer) > MAX_PAYLOAD_BYTES) throw tooLarge('Response')
    return JSON.parse(answer)
  }

  /** Starts every sandbox before anybody asks, so that first requests are not slow. */
  warm(): void {
    for (const definition of this.#functions.values()) this.#sandboxOf(definition)
  }

  /** Ends a function's sandbox, as Lambda does when it pleases: the next invocation starts with nothing in memory. */
  recycle(name: string): void {
    const sandbox = this.#current.get(name)
    if (sandbox !== undefined) this.#retire(name, sandbox)
  }

  async close(): Promise<void> {
    await Promise.all([...this.#all].map((sandbox) => sandbox.close()))
  }

  #sandboxOf(definition: FunctionDefinition): Sandbox {
    const { name } = definition
    const running = this.#current.get(name)
    if (running) return running
    const sandbox: Sandbox = new Sandbox(
      settingsOf(definition),
      { ...lambdaEnvironment(definition), ...this.#options.environment, ...definition.environment },
      (text) => this.#options.onLog({ function: name, text }),
      () => {
        this.#forget(name, sandbox)
        this.#all.delete(sandbox)
      },
    )
    this.#current.set(name, sandbox)
    this.#all.add(sandbox)
    return sandbox
  }

  #retire(name: string, sandbox: Sandbox): void {
    this.#forget(name, sandbox)
    sandbox.retire()
  }

  #forget(name: string, sandbox: Sandbox): void {
    if (this.#current.get(name) === sandbox) this.#current.delete(name)
  }
}

function settingsOf({ name, directory, handler, memoryMb }: FunctionDefinition): WorkerSettings {
  const functionArn = `arn:aws:lambda:${LOCAL_REGION}:${LOCAL_ACCOUNT}:function:${name}`
  return { directory, handler, functionName: name, functionArn, memoryMb }
}

/** What Lambda's Node runtime always sets, besides region and credentials. */
function lambdaEnvironment({
  name,
  handler,
  memoryMb,
  directory,
}: FunctionDefinition): Record<string, string> {
  return {
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMb),
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: 'local',
    LAMBDA_TASK_ROOT: directory,
    _HANDLER: handler,
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
  }
}

function tooLarge(what: 'Request' | 'Response'): FunctionError {
  const errorMessage = `${what} payload size exceeded maximum allowed payload size (${MAX_PAYLOAD_BYTES} bytes).`
  return new FunctionError({ errorType: 'Function.ResponseSizeTooLarge', errorMessage })
}
