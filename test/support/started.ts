// `npm start` as a process group of its own, on ports that stay the same from run to run, so that a test can kill all of it
// at any moment and start it again.
import { spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { listenOnLoopback } from '../../infra/local/loopback-server.ts'
import { type TestClient, testClient } from './stack.ts'

export interface Started extends TestClient {
  readonly endpoints: { readonly dynamodb: string }
  readonly demoUrl: string
  readonly apiKey: string
  /** What it has printed so far. */
  output(): string
  /** SIGKILL to the whole group. */
  kill(): Promise<void>
}

export interface StartOptions {
  readonly environment?: Readonly<Record<string, string>>
  /** Of `npm run dev`: "--dev", "--inspect=0". */
  readonly options?: readonly string[]
  /** The tree to start; this project by default. */
  readonly root?: string
}

const PORTS_NEEDED = 6

/** The first of a row of ports that nobody uses. */
export async function freePorts(): Promise<number> {
  for (;;) {
    const first = 20_000 + Math.floor(Math.random() * 10_000)
    const row = Array.from({ length: PORTS_NEEDED }, (_, place) => listenOnLoopback(first + place, () => {}))
    const taken = await Promise.allSettled(row)
    for (const probe of taken) if (probe.status === 'fulfilled') await probe.value.close()
    if (taken.every(({ status }) => status === 'fulfilled')) return first
  }
}

export async function startProcess(
  port: number,
  dataDir: string,
  { environment = {}, options = [], root = process.cwd() }: StartOptions = {},
): Promise<Started> {
  const child = spawn(process.execPath, ['infra/local/start.ts', ...options], {
    cwd: root,
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      PORT: `${port}`,
      DATA_DIR: dataDir,
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const kill = async () => {
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
      process.kill(-child.pid, 'SIGKILL')
    }
    await ended
  }
  onTestFinished(kill)
  let output = ''
  const printed = (pattern: RegExp) => pattern.exec(output)?.[1] ?? ''
  await new Promise<void>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        output += chunk
        if (/^ready .*\n/m.test(output)) resolve()
      })
    }
    child.once('close', () => reject(new Error(`It ended: ${output}`)))
  })
  return {
    ...testClient(printed(/^ready (.*)$/m), printed(/^ +ClickFunnels +(http\S+)$/m)),
    endpoints: { dynamodb: printed(/DynamoDB at (\S+),/) },
    demoUrl: printed(/demo page +(\S+)/),
    apiKey: printed(/API key +(\S+)/),
    output: () => output,
    kill,
  }
}

/** Ids of the DynamoDB processes on this folder, their supervisors included. */
export function databaseProcesses(dataDir: string): string[] {
  const database = join(dataDir, 'dynamodb.sqlite')
  return readdirSync('/proc').filter((id) => {
    if (!/^\d+$/.test(id)) return false
    try {
      return readFileSync(`/proc/${id}/cmdline`, 'utf8').split('\0').includes(database)
    } catch {
      return false // It ended while we looked.
    }
  })
}
