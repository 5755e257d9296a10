// Builds AWS' runtime interface client for Node, as it runs in Lambda: its JavaScript, and the native HTTP client that its
// install scripts compile from sources in the package. It takes about a minute, so the result stays in .local/conformance/.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { PROJECT_ROOT } from '../../../infra/local/cloudformation/synthesis.ts'
import { run } from '../run-program.ts'

const SOURCE = join(import.meta.dirname, 'locked')
const LOCKED = readFileSync(join(SOURCE, 'package-lock.json'), 'utf8')
const HASH = createHash('sha256').update(LOCKED).digest('hex').slice(0, 16)
const TARGET = join(PROJECT_ROOT, '.local', 'conformance', `aws-lambda-ric-${HASH}`)
const CLIENT = join(TARGET, 'node_modules', 'aws-lambda-ric')
/** Written last, so that a build that was cut off is made again. */
const FINISHED = join(TARGET, 'complete')
const BUILD_LIMIT_MS = 480_000
const TOOLS = ['cmake', 'make', 'g++', 'python3']

/**
 * @returns the path of the client's program
 * @throws Error when a tool is missing, or with the build's output
 */
export async function buildRuntimeClient(say: (step: string) => void): Promise<string> {
  const program = join(CLIENT, 'index.mjs')
  if (existsSync(FINISHED)) return program
  const missing = TOOLS.filter((tool) => spawnSync(tool, ['--version']).error !== undefined)
  if (missing.length > 0) {
    throw new Error(
      `AWS' runtime client is compiled here, which needs ${missing.join(', ')} on this machine.`,
    )
  }
  say('compiling the runtime client (about a minute, once for each version of it)')
  rmSync(TARGET, { recursive: true, force: true })
  mkdirSync(TARGET, { recursive: true })
  for (const file of ['package.json', 'package-lock.json']) cpSync(join(SOURCE, file), join(TARGET, file))
  await run('npm', ['ci', '--foreground-scripts', '--no-audit', '--no-fund'], {
    cwd: TARGET,
    // node-gyp would otherwise download Node's headers.
    env: { ...process.env, npm_config_nodedir: dirname(dirname(realpathSync(process.execPath))) },
    limitMs: BUILD_LIMIT_MS,
  })
  if (!existsSync(join(CLIENT, 'rapid-client.node'))) {
    throw new Error(`npm ran no install script of aws-lambda-ric, so it has no native part in ${CLIENT}`)
  }
  writeFileSync(FINISHED, '')
  return program
}
