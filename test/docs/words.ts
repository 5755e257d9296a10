// Whether a command that a stand-in recorded would have worked: programs, verbs, names of stacks, parameters, options.
import { existsSync, readFileSync } from 'node:fs'
import { data, service, type Template } from '../infra/synthesized.ts'

const STACKS: Readonly<Record<string, Template>> = { FunnelConnectData: data, FunnelConnectService: service }
const CDK = ['bootstrap', 'synth', 'diff', 'deploy', 'destroy', 'drift', 'import']
const CDK_OPTIONS = ['--all', '--quiet', '--parameters', '--require-approval', '--force']

/** Operations of the AWS CLI (2.x) with the options that they take here. */
const AWS: Readonly<Record<string, readonly string[]>> = {
  'cloudformation describe-stacks': ['--stack-name', '--query', '--output'],
  'cloudformation list-stack-resources': ['--stack-name', '--query', '--output'],
  'cloudformation update-termination-protection': ['--stack-name', '--no-enable-termination-protection'],
  'cloudwatch describe-alarms': [
    ...['--alarm-name-prefix', '--state-value', '--max-items', '--query', '--output'],
  ],
  'cloudwatch get-metric-statistics': [
    ...['--namespace', '--metric-name', '--statistics', '--period', '--start-time', '--end-time'],
    '--dimensions',
  ],
  'cloudwatch set-alarm-state': ['--alarm-name', '--state-value', '--state-reason'],
  'configure export-credentials': ['--format'],
  'dynamodb delete-table': ['--table-name'],
  'dynamodb update-table': ['--table-name', '--no-deletion-protection-enabled'],
  'events put-rule': ['--name', '--event-pattern', '--query', '--output'],
  'events put-targets': ['--rule', '--targets'],
  'kms schedule-key-deletion': ['--key-id', '--pending-window-in-days'],
  'lambda get-account-settings': ['--query'],
  'lambda list-event-source-mappings': ['--query', '--output'],
  'lambda invoke': ['--function-name', '--payload', '--cli-binary-format'],
  'logs tail': ['--since', '--format', '--filter-pattern', '--follow'],
  'scheduler list-schedules': ['--name-prefix', '--query', '--output'],
  'sns create-topic': ['--name', '--query', '--output'],
  'sns set-topic-attributes': ['--topic-arn', '--attribute-name', '--attribute-value'],
  'sns subscribe': ['--topic-arn', '--protocol', '--notification-endpoint'],
  'sqs delete-queue': ['--queue-url'],
  'sqs get-queue-attributes': ['--queue-url', '--attribute-names', '--query', '--output'],
  'sqs send-message': ['--queue-url', '--message-body'],
  'sqs start-message-move-task': ['--source-arn', '--destination-arn'],
  'sts get-caller-identity': ['--query', '--output'],
}

const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> }
const optionsIn = (args: readonly string[]) => args.filter((arg) => arg.startsWith('--'))
const valuesOf = (args: readonly string[], option: string) =>
  args.flatMap((arg, index) => (args[index - 1] === option ? [arg] : []))

/** @returns what is wrong with a call, or nothing */
export function rejectionReason([program = '', ...args]: readonly string[]): string | undefined {
  switch (program) {
    case 'aws':
      return awsRejection(args)
    case 'npx':
      return args[0] === 'cdk' ? cdkRejection(args.slice(1)) : `npx ${args[0]} is not known here`
    case 'npm':
      return npmRejection(args)
    case 'git':
      return args[0] === 'pull' || args[0] === 'clone' ? undefined : `git ${args[0]} is not known here`
    case 'apt-get':
      return args[0] === 'install' ? undefined : `apt-get ${args[0]} is not known here`
    default:
      return `${program} has no stand-in`
  }
}

function awsRejection([group, operation, ...args]: readonly string[]): string | undefined {
  const options = AWS[`${group} ${operation}`]
  if (options === undefined) return `aws ${group} ${operation} is not known here`
  const odd = optionsIn(args).find((option) => !options.includes(option))
  if (odd !== undefined) return `aws ${group} ${operation} has no ${odd}`
  const stack = valuesOf(args, '--stack-name').find((name) => !(name in STACKS))
  if (stack !== undefined) return `there is no stack ${stack}`
  const wanted = /ResourceType=='([\w:]+)' && starts_with\(LogicalResourceId, '(\w+)'\)/
  const [, type, begin = ''] = wanted.exec(valuesOf(args, '--query')[0] ?? '') ?? []
  if (type !== undefined) {
    const resources = valuesOf(args, '--stack-name').flatMap((name) =>
      Object.entries(STACKS[name]?.Resources ?? {}),
    )
    const found = resources.filter(([id, { Type }]) => Type === type && id.startsWith(begin))
    if (found.length !== 1) return `${found.length} resources are a ${type} and begin with ${begin}`
  }
  const pattern = valuesOf(args, '--event-pattern')[0]
  if (pattern !== undefined) JSON.parse(pattern)
  return undefined
}

function cdkRejection([verb = '', ...args]: readonly string[]): string | undefined {
  if (!CDK.includes(verb)) return `cdk has no ${verb}`
  const odd = optionsIn(args).find((option) => !CDK_OPTIONS.includes(option))
  if (odd !== undefined) return `cdk ${verb} has no ${odd}`
  const values = valuesOf(args, '--parameters')
  for (const arg of args) {
    if (!arg.startsWith('-') && !values.includes(arg) && !(arg in STACKS)) return `there is no stack ${arg}`
  }
  for (const value of values) {
    const [, stack = '', name = '', set = ''] = /^(\w+):(\w+)=(.*)$/.exec(value) ?? []
    const parameter = STACKS[stack]?.Parameters[name]
    if (parameter === undefined) return `there is no parameter ${value}`
    if (parameter.AllowedValues?.includes(set) === false) return `${name} does not take ${set}`
  }
  return undefined
}

function npmRejection([verb = '', ...args]: readonly string[]): string | undefined {
  if (['ci', 'install', 'pack'].includes(verb)) return undefined
  const name = verb === 'run' ? args.find((arg) => !arg.startsWith('--')) : verb
  const script = scripts[name ?? '']
  if (script === undefined) return `package.json has no script ${name}`
  const file = /\b(\S+\.ts)\b/.exec(script)?.[1]
  return file === undefined || existsSync(file) ? undefined : `${name} needs ${file}, which is not there`
}
