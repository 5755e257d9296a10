// Starts one process and says what its start cost: milliseconds, instructions (callgrind counts them exactly), or
// milliseconds of the first call under a CPU quota.
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { promisify } from 'node:util'
import type { Quota } from './quota.ts'

const run = promisify(execFile)
const SCRIPT = new URL('./first-call.mjs', import.meta.url).pathname
/** How much slower valgrind is, at the least: deadlines are stretched by it. */
const SLOWNESS = '200'
/** No process outlives it. */
const DEADLINE = { timeout: 180_000, killSignal: 'SIGKILL' } as const

export interface Contender {
  readonly name: string
  /** Path of the module to import; without one, Node starts and ends. */
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

/** Instructions of the whole process; `undefined` where there is no valgrind. */
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

/** The start with full CPU, as Lambda's INIT has it, and the first call with the quota's. */
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
