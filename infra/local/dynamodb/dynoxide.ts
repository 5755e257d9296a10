// Runs the DynamoDB emulator dynoxide on a free port. It ends with this process, however that ends.
import { type ChildProcess, spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

export interface Dynoxide {
  readonly url: string
  close(): Promise<void>
}

/**
 * dynoxide answers any page in a browser: it allows every origin (CORS) and asks for no credential. So on Linux, where every
 * 127.x.y.z is this machine, it listens at a random one, which no page can guess. Other systems have 127.0.0.1 only.
 */
const secretHost = () =>
  process.platform === 'linux'
    ? ['127', randomInt(1, 255), randomInt(256), randomInt(1, 255)].join('.')
    : '127.0.0.1'

const START_LIMIT_MS = 10_000
const PORT_ATTEMPTS = 5

/**
 * A process that is killed with SIGKILL cannot clean up, so this shell does. It holds the reading end of a pipe from this
 * process. When this process ends, the kernel closes the pipe, `read` returns, and the shell kills dynoxide. (SQLite's
 * journal makes a kill safe at any moment. On SIGTERM, dynoxide would wait for open connections.) Every part of the shell
 * holds stderr until it ends, so the "close" event comes when no process is left.
 */
const SUPERVISOR = `
exec 3<&0
"$@" 3<&- </dev/null & child=$!
{ read -r _ <&3; kill -KILL $child 2>/dev/null; } &
exec 3<&-
wait $child
`

/** @param dbPath the database's file. Without it, the database is in memory. */
export async function startDynoxide(dbPath?: string): Promise<Dynoxide> {
  const binary = locateBinary()
  for (let attempt = 1; ; attempt++) {
    const host = secretHost()
    const port = await freePort(host)
    const database = dbPath === undefined ? [] : ['--db-path', dbPath]
    const command = [binary, '--host', host, '--port', String(port), ...database]
    // In a session of its own, so that Ctrl-C reaches only this process, which stops dynoxide after everything that uses it.
    const supervisor = spawn('/bin/sh', ['-c', SUPERVISOR, 'dynoxide', ...command], {
      detached: true,
      stdio: ['pipe', 'ignore', 'pipe'],
    })
    let output = ''
    supervisor.stderr.on('data', (chunk: Buffer) => {
      output += chunk
    })
    const ended = new Promise<void>((resolve) => supervisor.once('close', () => resolve()))
    const url = `http://${host}:${port}`
    const hasReported = () => output.includes(`listening on ${url}`)
    if (await listens(supervisor, hasReported, url)) return { url, close: () => stop(supervisor, ended) }
    await stop(supervisor, ended)
    // Another process can take the port before dynoxide does.
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

async function freePort(host: string): Promise<number> {
  const probe = createServer()
  await new Promise<void>((resolve) => probe.listen(0, host, resolve))
  const { port } = probe.address() as { port: number }
  await new Promise((resolve) => probe.close(resolve))
  return port
}

/** Waits until dynoxide itself reports that it listens, because another process could answer on the port. */
async function listens(supervisor: ChildProcess, hasReported: () => boolean, url: string): Promise<boolean> {
  const limit = Date.now() + START_LIMIT_MS
  while (supervisor.exitCode === null && Date.now() < limit) {
    if (hasReported() && (await answers(url))) return true
    await sleep(5)
  }
  return false
}

/** dynoxide reports that it listens a moment before it accepts connections. */
async function answers(url: string): Promise<boolean> {
  try {
    await fetch(url)
    return true
  } catch {
    return false
  }
}

async function stop(supervisor: ChildProcess, ended: Promise<void>): Promise<void> {
  supervisor.stdin?.destroy()
  await ended
}
