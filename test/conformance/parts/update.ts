// Deploys an earlier release, writes data with it, deploys today's stacks over it, and reads everything.
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PROJECT_ROOT } from '../../../infra/local/cloudformation/synthesis.ts'
import type { Deployed, RecordedResource } from '../account/deployed.ts'
import { inSetting, type Setting } from '../account/setting.ts'
import { openShell } from '../account/shell.ts'
import { synthesizeFor } from '../account/synthesis.ts'
import { refuseDenials } from '../account/usage.ts'
import type { Part, PartContext, Report } from '../part.ts'
import { run } from '../run-program.ts'

const RELEASE = '5f035bd'
const FIXTURE = join(PROJECT_ROOT, 'test', 'fixtures', 'release', `${RELEASE}.tar.xz`)
/** Data, the API whose host is in every redirect URI, and the functions with their logs. */
const KEPT = /::(GlobalTable|Key|Queue|Api|Function|LogGroup)$/

export const update: Part = {
  name: 'update',
  title: `today's stacks, deployed over those of ${RELEASE}, replace nothing and read everything`,
  run: (context) => inSetting(context, (setting) => updateRelease(context, setting)),
}

async function updateRelease(context: PartContext, setting: Setting): Promise<Report> {
  const { directory, python, say } = context
  const earlier = join(directory, 'earlier')
  await run(join(python.bin, 'python'), ['-m', 'tarfile', '--extract', FIXTURE, earlier])
  const shell = openShell(directory, setting.environment(earlier))
  const script = (name: string) => readFileSync(new URL(`../account/${name}`, import.meta.url), 'utf8')
  try {
    say(`deploying ${RELEASE}`)
    const { simulator, apiUrl } = setting
    const parameter = (name: string, value: string) =>
      `--parameters 'FunnelConnectService:ClickFunnels${name}=${value}'`
    await shell.run(`npx cdk bootstrap
npx cdk deploy --all ${parameter('Profile', 'custom')} ${parameter('AccountsUrl', simulator.url)} \
  ${parameter('WorkspaceHosts', simulator.workspaceHosts.join(','))}`)
    const before = await setting.serve()
    await shell.run(`API=${apiUrl} CLICKFUNNELS=${simulator.url}\n${script('before-update.sh')}`)
    refuseDenials(before.service)
    say("deploying today's stacks over it")
    const app = await synthesizeFor('us-east-1')
    await shell.run(`export CDK_APP='${app}'\nnpx cdk deploy --all`)
    const after = await setting.serve()
    requireKept(before.deployed, after.deployed, app)
    const read = await shell.run(script('after-update.sh'))
    await after.service.runSchedules()
    refuseDenials(after.service)
    const kept = before.deployed.record.resources.filter(({ type }) => KEPT.test(type)).length
    return {
      proven: [`${kept} tables, keys, queues, functions, logs and the API kept their ids`, ...linesOf(read)],
    }
  } finally {
    await shell.close()
  }
}

function requireKept(before: Deployed, after: Deployed, app: string): void {
  const { replaced, resources } = after.record
  if (replaced.length > 0) throw new Error(`CloudFormation would replace:\n${replaced.join('\n')}`)
  const today = globSync(join(app, '*.template.json')).flatMap((file) =>
    Object.keys(JSON.parse(readFileSync(file, 'utf8')).Resources),
  )
  const idOf = ({ stack, logicalId }: RecordedResource) => `${stack} ${logicalId}`
  const present = new Map(resources.map((one) => [idOf(one), one.physicalId]))
  const lost = before.record.resources.filter(
    (one) =>
      one.stack !== 'CDKToolkit' &&
      KEPT.test(one.type) &&
      (present.get(idOf(one)) !== one.physicalId || !today.includes(one.logicalId)),
  )
  if (lost.length > 0) throw new Error(`The update loses ${lost.map(idOf).join(', ')}`)
}

function linesOf(text: string): string[] {
  return text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '')
}
