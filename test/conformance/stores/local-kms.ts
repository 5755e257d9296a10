// local-kms (a Go module), built once, as a KMS on a free port. moto's KMS takes calls with disabled keys; this one refuses them.
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { PROJECT_ROOT } from '../../../infra/local/cloudformation/synthesis.ts'
import { LOCAL_ACCOUNT, LOCAL_REGION } from '../../../infra/local/kms/keys.ts'
import { listenOnLoopback } from '../../../infra/local/loopback-server.ts'
import { run } from '../run-program.ts'

/** Its releases have no tags that Go takes. Go checks the module against the hash in its checksum database. */
const MODULE = 'github.com/nsmithuk/local-kms@v0.0.0-20260228092603-2a5e92d09ab6'
const DIRECTORY = join(PROJECT_ROOT, '.local', 'conformance', MODULE.replace(/^.*\//, ''))
const PROGRAM = join(DIRECTORY, 'local-kms')
const BUILD_LIMIT_MS = 480_000
const START_LIMIT_MS = 20_000

export interface LocalKms {
  readonly url: string
  close(): Promise<void>
}

/** @throws Error when Go is missing, or with the output of what failed */
export async function startLocalKms(say: (step: string) => void, dataFolder: string): Promise<LocalKms> {
  await build(say)
  const probe = await listenOnLoopback(0, () => {})
  await probe.close()
  const child = spawn(PROGRAM, [], {
    env: {
      PORT: String(probe.port),
      KMS_REGION: LOCAL_REGION,
      KMS_ACCOUNT_ID: LOCAL_ACCOUNT,
      KMS_DATA_PATH: dataFolder,
    },
    stdio: 'ignore',
  })
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const limit = Date.now() + START_LIMIT_MS
  while (!(await answers(probe.url))) {
    if (child.exitCode !== null || Date.now() > limit) throw new Error('local-kms did not start')
    await sleep(50)
  }
  return {
    url: probe.url,
    close: async () => {
      child.kill('SIGKILL')
      await ended
    },
  }
}

async function build(say: (step: string) => void): Promise<void> {
  if (existsSync(PROGRAM)) return
  const missing = 'The contract of the vault runs on local-kms, which is built by Go 1.20 or newer.'
  await run('go', ['version']).catch(() => Promise.reject(new Error(missing)))
  say('building local-kms (up to a minute, once for each version of it)')
  mkdirSync(DIRECTORY, { recursive: true })
  await run('go', ['install', MODULE], {
    env: { ...process.env, GOBIN: DIRECTORY },
    limitMs: BUILD_LIMIT_MS,
  })
}

async function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    () => true,
    () => false,
  )
}
