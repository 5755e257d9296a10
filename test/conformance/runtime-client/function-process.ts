// One function under AWS' runtime client: a process of its own, with Lambda's flags and the environment of its template.
import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import type { FunctionDefinition } from '../../../infra/local/cloudformation/template.ts'
import { lambdaEnvironment, settingsOf } from '../../../infra/local/lambda/environment.ts'
import { startRuntimeApi } from './runtime-api.ts'

/** Lambda starts Node 22 and later with these, so a bundle that needs either feature works on a laptop and not there. */
const LAMBDA_FLAGS = ['--no-experimental-require-module', '--no-experimental-detect-module']

export interface FunctionProcess {
  /** Resolves when the function is loaded. Rejects with what it reported instead. */
  readonly initialized: Promise<void>
  /** Invokes the function, after those that came before. Returns its answer. @throws FunctionError */
  invoke(event: unknown): Promise<unknown>
  /** How many invocations it has answered. */
  answered(): number
  /** What it has written to stdout and stderr so far. */
  output(): string
  close(): Promise<void>
}

/**
 * @param client the path of AWS' runtime client
 * @param environment what the machine adds to the template's variables: the emulators' endpoints and credentials
 */
export async function startFunction(
  client: string,
  definition: FunctionDefinition,
  environment: Readonly<Record<string, string>>,
): Promise<FunctionProcess> {
  const api = await startRuntimeApi()
  const child = spawn(process.execPath, [...LAMBDA_FLAGS, client, definition.handler], {
    cwd: definition.directory,
    env: {
      PATH: '/usr/bin:/bin',
      ...lambdaEnvironment(definition),
      AWS_LAMBDA_LOG_FORMAT: 'JSON',
      AWS_LAMBDA_LOG_LEVEL: 'INFO',
      LAMBDA_RUNTIME_DIR: join(client, '..'),
      ...definition.environment,
      ...environment,
      AWS_LAMBDA_RUNTIME_API: api.address,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  let answers = 0
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
  }
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  child.once('close', (code, signal) => {
    api.abandon(new Error(`"${definition.name}" ended (${signal ?? code}): ${output.slice(-1000)}`))
  })
  const { functionArn } = settingsOf(definition)
  return {
    initialized: api.initialized,
    invoke: async (event) => {
      const deadline = Date.now() + definition.timeoutSeconds * 1000
      const payload = JSON.stringify(event)
      const answer = await api.invoke({ requestId: randomUUID(), payload, deadline, functionArn })
      answers += 1
      return JSON.parse(answer)
    },
    answered: () => answers,
    output: () => output,
    close: async () => {
      child.kill('SIGKILL')
      await ended
      await api.close()
    },
  }
}
