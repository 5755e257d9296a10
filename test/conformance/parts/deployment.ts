// docs/deploy.md, followed from its first command to its last in an account of moto, and the service that it deploys, used:
// by the README's journey, by an operator's script and by its own schedules.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { requireRoutes } from '../account/contract.ts'
import { countTypes } from '../account/deployed.ts'
import { commandsOf } from '../account/guide.ts'
import type { DeployedService } from '../account/service.ts'
import { inSetting, type Setting } from '../account/setting.ts'
import { openShell, type Shell } from '../account/shell.ts'
import { synthesizeFor } from '../account/synthesis.ts'
import { useService } from '../account/usage.ts'
import type { Part, PartContext, Report } from '../part.ts'

export const deployment: Part = {
  name: 'deployment',
  title:
    'docs/deploy.md, as printed, deploys a service to moto that works from its published code by its deployed policies',
  run: (context) => inSetting(context, (setting) => followGuide(context, setting)),
}

/**
 * What a person does beside the guide: has the sources already, and answers the question before a stack is deleted. PyPI has
 * version 1 of AWS's command line, which cannot print credentials, and does not take the endpoint of SQS from the environment.
 */
const PERSON = `npm() { :; }
git() { :; }
npx() { if [ "$2" = destroy ]; then command npx "$@" --force; else command npx "$@"; fi; }
aws() {
  if [ "$1 $2" = 'configure export-credentials' ]; then
    echo "export AWS_ACCESS_KEY_ID=$AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY=$AWS_SECRET_ACCESS_KEY"
  else command aws --endpoint-url "$AWS_ENDPOINT_URL" "$@"; fi
}`

async function followGuide({ directory, say }: PartContext, setting: Setting): Promise<Report> {
  say('synthesizing')
  const app = await synthesizeFor('us-east-1')
  const shell = openShell(directory, setting.environment(app))
  const proven: string[] = []
  let service: DeployedService | undefined
  try {
    await shell.run(PERSON)
    say('a first deployment that fails, and what the guide says then')
    await failFirst(shell, setting)
    proven.push('a first deployment that failed was repeated, by the commands of the guide')
    for (const printed of commandsOf('docs/deploy.md').filter((one) => one !== afterFailure())) {
      say(printed.split('\n').find((line) => !line.startsWith('export')) ?? '')
      if (printed.includes('@app.json')) await registerApp(directory, setting)
      await shell.run(inThisSetting(printed, setting))
      if (printed.includes('cdk deploy')) {
        const served = await setting.serve()
        if (service === undefined) {
          proven.push(`created: ${countTypes(served.deployed)}`)
          proven.push(`${requireRoutes(served.deployed)} operations of docs/openapi.json reach a function`)
        }
        service = served.service
      }
      if (service !== undefined && printed.includes('/api-keys"')) {
        say("the README's journey, the schedules and an operator's commands")
        await useService(shell, service, setting)
        proven.push('calls that the deployed policies allowed, and none that they did not:')
        proven.push(...service.callsByRole().map((line) => `  ${line}`))
      }
    }
    await requireRemoved(shell)
    proven.push(`every command of docs/deploy.md succeeded; the account is empty after the last`)
  } finally {
    await shell.close()
  }
  return { proven, notProvable: NOT_PROVABLE }
}

/** The commands for a first deployment that failed. They are not for one that has succeeded. */
function afterFailure(): string {
  const commands = commandsOf('docs/deploy.md').find((one) => one.startsWith('STACK='))
  if (commands === undefined)
    throw new Error('docs/deploy.md does not say what to do when the first deployment fails')
  return commands
}

/** The table cannot be created, and the keys that were created before it must not stay. */
async function failFirst(shell: Shell, { account }: Setting): Promise<void> {
  await fetch(`${account.url}/_conformance/fail?AWS::DynamoDB::GlobalTable`)
  const output = await shell.run(`npx cdk bootstrap
if npx cdk deploy --all; then exit 1; fi`)
  if (!output.includes('because a test wants it to'))
    throw new Error(`The deployment failed otherwise:\n${output}`)
  const states = await shell.run(`for key in $(aws kms list-keys --query 'Keys[].KeyId' --output text); do
  aws kms describe-key --key-id "$key" --query KeyMetadata.KeyState --output text
done`)
  if (!/^(PendingDeletion\s+){2}$/.test(states))
    throw new Error(`The deployment that failed created two keys. They should be gone, but are: ${states}`)
  await shell.run(afterFailure())
}

const NOT_PROVABLE = [
  "IAM's own evaluation: infra/local/iam/evaluate.ts follows its documentation, and moto checks no conditions",
  "API Gateway's and Lambda's own runtime: the local gateway and host run the deployed routes and code",
  "throttling, quotas and eventual consistency of AWS's control and data planes: moto has none",
  'that an alarm rises: moto stores metric filters and alarms, but evaluates neither (npm run game-day does)',
  "composite alarms and saved queries: moto has neither, so their properties are only checked against AWS's description of the calls",
]

/** The guide's region is the account's, and its example of another ClickFunnels is the simulator. */
function inThisSetting(printed: string, { simulator }: Setting): string {
  return printed
    .replaceAll('eu-central-1', 'us-east-1')
    .replaceAll('https://accounts.staging.example.com', simulator.url)
    .replaceAll('*.staging.example.com', simulator.workspaceHosts.join(','))
}

/** What an operator has from ClickFunnels' developer portal, in the files that the guide names. */
async function registerApp(directory: string, { simulator }: Setting): Promise<void> {
  const answer = await fetch(`${simulator.url}/_control/applications`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'Example', redirect_uris: ['http://127.0.0.1/later'], tokens: 'rotating' }),
  })
  const { client_id, client_secret } = (await answer.json()) as Record<string, string>
  writeFileSync(join(directory, 'app.json'), JSON.stringify({ name: 'Example', client_id, client_secret }))
  writeFileSync(join(directory, 'secret.json'), JSON.stringify({ client_secret: `${client_secret}-next` }))
}

/** The guide's last section has removed what it says. */
async function requireRemoved(shell: Shell): Promise<void> {
  const left = await shell.run(`aws dynamodb list-tables --query 'TableNames' --output text
aws sqs list-queues --query 'QueueUrls' --output text
aws cloudformation list-stacks --stack-status-filter CREATE_COMPLETE UPDATE_COMPLETE \
  --query 'StackSummaries[].StackName' --output text`)
  const names = left.split(/\s+/).filter((name) => !['', 'None', 'CDKToolkit'].includes(name))
  if (names.length > 0)
    throw new Error(`These are left after docs/deploy.md's last section: ${names.join(', ')}`)
}
