// DynamoDB on one machine: the dynoxide binary on a free port, started, awaited and stopped. Nothing of it outlives us.
import { type ChildProcess, spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

export interface Dynoxide {
  readonly url: string
  close(): Promise<void>
}

const START_LIMIT_MS = 10_000
const PORT_ATTEMPTS = 5

/**
 * A process that is killed with SIGKILL cannot clean up, so somebody else has to: this shell holds the reading end of a
 * pipe from us. However we end, the kernel closes our end, `read` returns and dynoxide is killed. (SQLite's journal
 * makes a kill safe at any moment; a polite signal would wait for open connections.)
 */
const SUPERVISOR = `
exec 3<&0
"$@" 3<&- </dev/null & child=$!
{ read -r _ <&3; kill -KILL $child; } 2>/dev/null &
exec 3<&-
wait $child
`

/** @param dbPath the database's file; without one it lives in memory */
export async function startDynoxide(dbPath?: string): Promise<Dynoxide> {
  const binary = locateBinary()
  for (let attempt = 1; ; attempt++) {
    const port = await freePort()
    const database = dbPath === undefined ? [] : ['--db-path', dbPath]
    const command = [binary, '--host', '127.0.0.1', '--port', String(port), ...database]
    // A session of its own: Ctrl-C in a terminal reaches us alone, and we stop dynoxide after those who use it.
    const supervisor = spawn('/bin/sh', ['-c', SUPERVISOR, 'dynoxide', ...command], {
      detached: true,
      stdio: ['pipe', 'ignore', 'pipe'],
    })
    let output = ''
    supervisor.stderr.on('data', (chunk: Buffer) => {
      output += chunk
    })
    const ended = new Promise<void>((resolve) => supervisor.once('close', () => resolve()))
    const saidIt = () => output.includes(`listening on http://127.0.0.1:${port}`)
    if (await listens(supervisor, saidIt, port))
      return { url: `http://127.0.0.1:${port}`, close: () => stop(supervisor, ended) }
    await stop(supervisor, ended)
    // Between finding a free port and dynoxide's taking it, somebody else can.
    if (attempt === PORT_ATTEMPTS || !output.includes('already in use')) {
      throw new Error(`dynoxide did not start: ${output.trim() || `no answer within ${START_LIMIT_MS} ms`}`)
    }
  }
}

function locateBinary(): string {
  const packageName = `@dynoxide/${process.platform}-${process.arch}`
  try {
    return join(dirname(createRequire(import.meta.url).resolve(`${packageName}/package.json`)), 'dynoxide')
  } catch {
    throw new Error(
      `There is no DynamoDB emulator for this machine ("${packageName}" is not installed). Start DynamoDB Local ` +
        'yourself and set AWS_ENDPOINT_URL_DYNAMODB to its URL.',
    )
  }
}

async function freePort(): Promise<number> {
  const probe = createServer()
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve))
  const { port } = probe.address() as { port: number }
  await new Promise((resolve) => probe.close(resolve))
  return port
}

/** Waits for dynoxide's own word that it listens (a probe of the port could be answered by somebody else's). */
async function listens(supervisor: ChildProcess, saidIt: () => boolean, port: number): Promise<boolean> {
  const limit = Date.now() + START_LIMIT_MS
  while (supervisor.exitCode === null && Date.now() < limit) {
    if (saidIt() && (await answers(port))) return true
    await sleep(5)
  }
  return false
}

/** dynoxide says that it listens a moment before it accepts. */
async function answers(port: number): Promise<boolean> {
  try {
    await fetch(`http://127.0.0.1:${port}/`)
    return true
  } catch {
    return false
  }
}

async function stop(supervisor: ChildProcess, ended: Promise<void>): Promise<void> {
  supervisor.stdin?.destroy()
  await ended
}
