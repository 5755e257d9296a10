// Runs a program to its end and collects what it writes.
import { spawn } from 'node:child_process'

export interface RunOptions {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string | undefined>>
  /** What the program reads from its standard input. */
  readonly input?: string
  /** The program is killed after this time. Default: 120 s. */
  readonly limitMs?: number
  /** Exit codes that are no failure. Default: 0. */
  readonly accept?: readonly number[]
}

export interface Ran {
  readonly stdout: string
  readonly stderr: string
}

/** @throws Error with the program's output when it cannot be started, is killed or ends with another exit code */
export function run(program: string, args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const { cwd, env = process.env, input = '', limitMs = 120_000, accept = [0] } = options
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd,
      env: { ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
      timeout: limitMs,
      killSignal: 'SIGKILL',
    })
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      stdout += chunk
    })
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      stderr += chunk
    })
    // A program that ends early does not read its input.
    child.stdin.on('error', () => {}).end(input)
    child.once('error', reject)
    child.once('close', (code, signal) => {
      if (code !== null && accept.includes(code)) return resolve({ stdout, stderr })
      const ended =
        signal === null ? `ended with ${code}` : `was ended by ${signal} (limit: ${limitMs / 1000} s)`
      reject(new Error(`${[program, ...args].join(' ')} ${ended}\n${stdout}${stderr}`.trim()))
    })
  })
}
