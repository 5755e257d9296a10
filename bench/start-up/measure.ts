// Starts one process and measures its start: in milliseconds, in instructions (callgrind counts them), or in milliseconds
// of the first call under a CPU quota.
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { promisify } from 'node:util'
import type { Quota } from './quota.ts'

const run = promisify(execFile)
const SCRIPT = new URL('./first-call.mjs', import.meta.url).pathname
/** At least how many times slower valgrind is. Deadlines are stretched by this factor. */
const SLOWNESS = '200'
/** Ends a process that hangs. */
const DEADLINE = { timeout: 180_000, killSignal: 'SIGKILL' } as const

export interface Contender {
  readonly name: string
  /** Path of the module to import. If it is left out, Node starts and ends. */
  readonly bundle?: string
  readonly event?: unknown
  readonly environment: Readonly<Record<string, string>>
}

export interface Figures {
  readonly import: number
  readonly call: number
  readonly status: number | null
}

const argumentsOf = ({ bundle = 'none', event = {} }: Contender) => [SCRIPT, bundle, JSON.stringify(event)]
const environmentOf = ({ environment }: Contender) => ({ PATH: process.env.PATH ?? '', ...environment })

export async function firstCall(contender: Contender): Promise<Figures> {
  const { stdout } = await run(process.execPath, argumentsOf(contender), {
    env: environmentOf(contender),
    ...DEADLINE,
  })
  return figuresIn(contender, stdout)
}

/** Counts the instructions of the whole process. Returns `undefined` where valgrind is not installed. */
export async function instructions(contender: Contender): Promise<number | undefined> {
  const callgrind = ['--tool=callgrind', '--callgrind-out-file=/dev/null', process.execPath]
  try {
    // One thread, so that the count is the same each time.
    const { stdout, stderr } = await run(
      'valgrind',
      [...callgrind, '--predictable', ...argumentsOf(contender)],
      {
        env: { ...environmentOf(contender), SLOWNESS },
        ...DEADLINE,
      },
    )
    figuresIn(contender, stdout)
    return Number(/Collected : (\d+)/.exec(stderr)?.[1])
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

/** Measures the start with full CPU, as in Lambda's INIT phase, and the first call with the quota's CPU. */
export async function firstCallWith(quota: Quota, contender: Contender): Promise<Figures> {
  const child = spawn(process.execPath, argumentsOf(contender), {
    env: { ...environmentOf(contender), WAIT_AFTER_IMPORT: '1' },
    stdio: ['ignore', 'pipe', 'inherit'],
    ...DEADLINE,
  })
  const ended = once(child, 'close')
  let output = ''
  let waiting = true
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
    if (!waiting || !output.includes('imported\n')) return
    waiting = false
    quota.put(child.pid ?? 0)
    child.kill('SIGUSR2')
  })
  const [code] = await ended
  if (code !== 0) throw new Error(`"${contender.name}" ended with ${code} under the quota`)
  return figuresIn(contender, output)
}

function figuresIn({ name, bundle }: Contender, stdout: string): Figures {
  const line = stdout.trim().split('\n').at(-1) ?? ''
  const figures = JSON.parse(line) as Figures
  if (bundle !== undefined && figures.status !== null && figures.status >= 500) {
    throw new Error(`"${name}" answered ${figures.status}`)
  }
  return figures
}
