// Every command of the documentation runs: the shell blocks of a page one after another in one shell, as a reader would
// type them, against a running service with a tenant of the page's own. A failing command or an answer of 4xx or 5xx
// ends it. What needs an AWS account, a registry or a person has a stand-in.
import { execFile } from 'node:child_process'
import { copyFileSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { scratchFolder } from '../support/scratch.ts'
import { startTestStack, type TestStack } from '../support/stack.ts'
import { ageSuspensions } from '../support/table.ts'
import { type Block, blocksIn, guides, placeOf } from './pages.ts'
import { installStandIns } from './stand-ins.ts'
import { rejectionReason } from './words.ts'

let stack: TestStack
beforeAll(async () => {
  // docs/migrate.md exports. A deployment by the commands of the page has a stand-in.
  stack = await startTestStack({ parameters: { SealedExport: 'on' } })
})
afterAll(() => stack?.close())

const SHELLS = ['sh', 'bash']
const elsewhere = ({ directive }: Block) => directive?.kind === 'run by'
const withCommands = guides.filter(({ blocks }) => blocks.some(({ language }) => SHELLS.includes(language)))

/** The variables that pages use, for a tenant with a connected workspace. */
async function reader() {
  const tenant = await stack.createTenant()
  const { id: connection } = (await stack.connect(tenant)).json
  const { client_id, client_secret } = (
    await stack.control('POST', 'applications', {
      name: 'Later',
      redirect_uris: ['http://127.0.0.1/later'],
    })
  ).json
  return {
    files: {
      'app.json': { name: 'Example', client_id, client_secret },
      'secret.json': { client_secret: tenant.clientSecret },
    },
    variables: {
      API_URL: stack.url,
      API_KEY: tenant.apiKey,
      TENANT_ID: tenant.id,
      APP_ID: tenant.appId,
      CONNECTION_ID: connection,
      AWS_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'example',
    },
  }
}

async function run(commands: string) {
  const folder = scratchFolder()
  const programs = join(folder, '.programs')
  mkdirSync(programs)
  // What a page installs from the registry is here already.
  symlinkSync(join(import.meta.dirname, '../../node_modules'), join(folder, 'node_modules'))
  const calls = installStandIns(programs)
  const { files, variables } = await reader()
  for (const [name, content] of Object.entries(files))
    writeFileSync(join(folder, name), JSON.stringify(content))
  copyFileSync(join(import.meta.dirname, '../../infra/local/demo/logo.png'), join(folder, 'logo.png'))
  const here = commands
    .replaceAll('http://127.0.0.1:4600', stack.url)
    .replaceAll('http://127.0.0.1:4601', stack.simulator.url)
  const script = `trap 'echo "failed: $BASH_COMMAND" >&2' ERR\n${here}`
  // The operator's command line finds the service by it, as it finds the usual one by itself.
  const found = { FUNNEL_CONNECT_URL: stack.url }
  const env = { HOME: folder, PATH: `${programs}:${process.env.PATH}`, ...found, ...variables }
  // docs/migrate.md exports right after it suspends. The minute that the service wants between them passes at once.
  const time = setInterval(() => void ageSuspensions(stack).catch(() => undefined), 100)
  await promisify(execFile)('bash', ['--norc', '-Eeuo', 'pipefail', '-c', script], {
    cwd: folder,
    env,
  })
    .catch(({ stderr, stdout }) => {
      throw new Error(`${stderr}\n${stdout}`)
    })
    .finally(() => clearInterval(time))
  return calls()
}

describe('commands', () => {
  test.each(withCommands)(
    'of $path run as they are printed',
    async ({ blocks }) => {
      const commands = blocks.filter((block) => SHELLS.includes(block.language) && !elsewhere(block))
      const calls = await run(commands.map(({ text }) => text).join('\n'))
      for (const call of calls) expect(rejectionReason(call), call.join(' ')).toBeUndefined()
    },
    60_000,
  )

  test('that are not run here say where they are', () => {
    for (const { directive } of blocksIn(...SHELLS).filter(elsewhere)) {
      expect(readFileSync(directive?.text ?? '', 'utf8')).toContain('README.md')
    }
    expect(
      blocksIn(...SHELLS)
        .filter(elsewhere)
        .map(placeOf),
    ).toHaveLength(1)
  })
})
