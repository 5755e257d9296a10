// An AWS account on loopback for a part of the conformance run: moto with the plugin in aws_account/.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { PROJECT_ROOT } from '../../../infra/local/cloudformation/synthesis.ts'
import { LOCAL_REGION } from '../../../infra/local/kms/keys.ts'
import type { Python } from '../part.ts'
import { run } from '../run-program.ts'
import type { Deployed } from './deployed.ts'

const CONFORMANCE = join(PROJECT_ROOT, 'test', 'conformance')
const START_LIMIT_MS = 120_000

export interface Account {
  readonly url: string
  /** The variables with which an SDK, the CDK's command line and the AWS command line reach this account and no other. */
  readonly environment: Readonly<Record<string, string>>
  /** Reads what is deployed, and unpacks the functions' published code into a folder. */
  read(folder: string): Promise<Deployed>
  /** What moto wrote, for a failure that it does not explain. */
  log(): string
  close(): Promise<void>
}

/** @param apiUrl the URL that the account's HTTP API gets, where something stands in for API Gateway */
export async function startAccount(python: Python, apiUrl: string): Promise<Account> {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const program = join(python.bin, 'python')
  // Compiled modules are kept, but not among the sources.
  const compiled = { PYTHONPYCACHEPREFIX: join(python.bin, '..', 'compiled') }
  const server = spawn(program, ['-m', 'aws_account.server', String(port), apiUrl], {
    cwd: CONFORMANCE,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...compiled },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let log = ''
  server.stderr.setEncoding('utf8').on('data', (text: string) => {
    log += text
  })
  const kill = () => server.kill('SIGKILL')
  process.once('exit', kill)
  const close = async () => {
    process.off('exit', kill)
    if (server.exitCode !== null || server.signalCode !== null) return
    server.kill('SIGTERM')
    await once(server, 'exit')
  }
  const deadline = Date.now() + START_LIMIT_MS
  while (!(await answers(url))) {
    if (server.exitCode !== null || Date.now() > deadline) {
      await close()
      throw new Error(`moto does not start:\n${log}`)
    }
    await sleep(200)
  }
  const environment = {
    AWS_ENDPOINT_URL: url,
    AWS_REGION: LOCAL_REGION,
    AWS_DEFAULT_REGION: LOCAL_REGION,
    AWS_ACCESS_KEY_ID: 'conformance',
    AWS_SECRET_ACCESS_KEY: 'conformance',
    // Nothing of this machine's own accounts is read.
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_EC2_METADATA_DISABLED: 'true',
  }
  return {
    url,
    environment,
    log: () => log,
    close,
    read: async (folder) => {
      const env = { PATH: process.env.PATH, ...environment, ...compiled }
      const args = ['-m', 'aws_account.deployed', url, folder]
      const { stdout } = await run(program, args, { cwd: CONFORMANCE, env })
      return JSON.parse(stdout)
    },
  }
}

async function answers(url: string): Promise<boolean> {
  const answer = await fetch(`${url}/_conformance/record`).catch(() => undefined)
  return answer?.ok === true
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('No free port')
  return address.port
}
