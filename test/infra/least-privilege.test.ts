// Everything that the roles may do, written out here a second time: a permission that is added has to be added in both
// places, and is seen in review.
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { DUE_INDEX, END_USER_INDEX } from '#adapters/dynamodb/schema.ts'
import { ROOT_KEY_PURPOSE, TENANT_KEY_PURPOSE } from '#adapters/vault/purpose.ts'
import { FUNCTION_NAMES, type FunctionName } from '#runtime/env.ts'
import { SCHEDULED } from './scheduled.ts'
import { data, functionResource, type Resource, resourcesOf, service } from './synthesized.ts'

const LOG_AND_TRACES = [
  'logs:CreateLogStream on own log',
  'logs:PutLogEvents on own log',
  // X-Ray has no resources to name.
  'xray:PutTelemetryRecords on *',
  'xray:PutTraceSegments on *',
]
/** DynamoDB uses the table's key in the name of whoever calls it. */
const THROUGH_DYNAMODB = 'on TableKey if kms:ViaService is dynamodb.eu-central-1.amazonaws.com'
const table = (...actions: readonly string[]) => [
  ...actions.map((action) => `dynamodb:${action} on Table`),
  ...['Decrypt', 'DescribeKey', 'Encrypt', 'GenerateDataKey', 'ReEncryptFrom', 'ReEncryptTo'].map(
    (action) => `kms:${action} ${THROUGH_DYNAMODB}`,
  ),
]
const READ = ['GetItem', 'Query']
const READ_AND_WRITE = [...READ, 'PutItem', 'UpdateItem', 'DeleteItem', 'ConditionCheckItem']
const queryOn = (index: string) => `dynamodb:Query on Table/index/${index}`
/** The KMS keys that tenants bring are none of ours: their own policies decide, too. */
const onTenantsKeys = (action: string) =>
  `${action} on arn:AWS::Partition:kms:eu-central-1:*:key/* if kms:EncryptionContext:purpose is ${TENANT_KEY_PURPOSE}`
const VAULT = [
  ...['kms:Decrypt', 'kms:GenerateDataKey'].map(
    (action) => `${action} on RootKey if kms:EncryptionContext:purpose is ${ROOT_KEY_PURPOSE}`,
  ),
  onTenantsKeys('kms:Decrypt'),
]
const ROTATION = [...VAULT, onTenantsKeys('kms:GenerateDataKey')]

const SEND_ROTATIONS = ['sqs:SendMessage on RecoveryQueue']
/** What Lambda needs to hand the queue's messages to a function. */
const RECEIVE_ROTATIONS = [
  'ChangeMessageVisibility',
  'DeleteMessage',
  'GetQueueAttributes',
  'GetQueueUrl',
  'ReceiveMessage',
].map((action) => `sqs:${action} on RecoveryQueue`)

const ALLOWED: Readonly<Record<FunctionName, readonly string[]>> = {
  'connect-sessions': [...table(...READ_AND_WRITE, 'BatchGetItem'), ...VAULT],
  authorize: [...table(...READ, 'PutItem', 'UpdateItem', 'ConditionCheckItem'), ...VAULT],
  callback: [...table(...READ_AND_WRITE), ...VAULT],
  connections: [
    ...table(...READ_AND_WRITE, 'BatchGetItem'),
    queryOn(END_USER_INDEX.name),
    ...VAULT,
    ...SEND_ROTATIONS,
  ],
  proxy: [...table(...READ_AND_WRITE, 'BatchGetItem'), ...VAULT, ...SEND_ROTATIONS],
  'keep-alive': [...table(...READ_AND_WRITE), queryOn(DUE_INDEX.name), ...VAULT, ...SEND_ROTATIONS],
  'recover-rotations': [...table(...READ_AND_WRITE), ...VAULT, ...RECEIVE_ROTATIONS],
  'rotate-keys': [...table(...READ_AND_WRITE), ...ROTATION],
  credentials: table(...READ_AND_WRITE, 'BatchGetItem'),
  apps: [...table(...READ_AND_WRITE), ...VAULT],
  'tenant-connections': [...table(...READ_AND_WRITE, 'BatchGetItem'), queryOn(END_USER_INDEX.name), ...VAULT],
  tenants: [...table(...READ_AND_WRITE, 'BatchGetItem'), ...ROTATION],
  'audit-events': table(...READ, 'PutItem', 'UpdateItem', 'BatchGetItem'),
  service: [],
}

interface Statement {
  readonly Effect: string
  readonly Action: string | readonly string[]
  readonly Resource: Reference | readonly Reference[]
  readonly Condition?: { readonly StringEquals?: Readonly<Record<string, string>> }
}
type Reference =
  | string
  | { readonly Ref: string }
  | { readonly 'Fn::GetAtt': readonly [string, string] }
  | { readonly 'Fn::ImportValue': string }
  | { readonly 'Fn::Join': readonly [string, readonly Reference[]] }

const policies = resourcesOf(service, 'AWS::IAM::Policy').map(([, { Properties }]) => ({
  roles: Properties.Roles.map(({ Ref }: { Ref: string }) => Ref) as string[],
  statements: Properties.PolicyDocument.Statement as Statement[],
}))
const roles = new Map<string, Resource>(resourcesOf(service, 'AWS::IAM::Role'))
const logOf = (name: FunctionName): string => functionResource(name)[1].Properties.LoggingConfig.LogGroup.Ref
const roleOf = (name: FunctionName): string => functionResource(name)[1].Properties.Role['Fn::GetAtt'][0]

/** "Table", "RootKey": what the data stack exports under that name. */
function exported(name: string): string {
  const found = Object.keys(data.Resources).find((id) => name.includes(`FnGetAtt${id}Arn`))
  if (found === undefined) throw new Error(`The data stack exports no ARN as "${name}"`)
  return found.replace(/[0-9A-F]{8}$/, '')
}

function named(resource: Reference, ownLog: string): string {
  if (typeof resource === 'string') return resource
  if ('Ref' in resource) return resource.Ref
  if ('Fn::ImportValue' in resource) return exported(resource['Fn::ImportValue'])
  if ('Fn::Join' in resource) return resource['Fn::Join'][1].map((part) => named(part, ownLog)).join('')
  const [id] = resource['Fn::GetAtt']
  return id === ownLog ? 'own log' : id.replace(/[0-9A-F]{8}$/, '')
}

/** Every single permission of a role, a line each. */
function permissionsOf(role: string, ownLog = ''): string[] {
  const lines = policies
    .filter((policy) => policy.roles.includes(role))
    .flatMap((policy) => policy.statements)
    .filter(({ Effect }) => Effect !== 'Deny')
    .flatMap(({ Effect, Action, Resource, Condition }) => {
      expect(Effect).toBe('Allow')
      expect(Object.keys(Condition ?? { StringEquals: {} })).toEqual(['StringEquals'])
      const conditions = Object.entries(Condition?.StringEquals ?? {}).map(
        ([key, value]) => ` if ${key} is ${value}`,
      )
      return [Action]
        .flat()
        .flatMap((action) =>
          [Resource]
            .flat()
            .map((one) => `${action} on ${named(one as Reference, ownLog)}${conditions.join('')}`),
        )
    })
  return lines.sort()
}

it.each(FUNCTION_NAMES)('%s may do what is listed here and nothing else', (name) => {
  expect(permissionsOf(roleOf(name), logOf(name))).toEqual([...LOG_AND_TRACES, ...ALLOWED[name]].sort())
})

it('whoever may write to the table may neither change nor delete what is in an audit trail', () => {
  for (const name of FUNCTION_NAMES) {
    const denials = policies
      .filter((policy) => policy.roles.includes(roleOf(name)))
      .flatMap((policy) => policy.statements)
      .filter(({ Effect }) => Effect === 'Deny')
      .map(({ Resource, ...rest }) => ({ ...rest, on: named(Resource as Reference, '') }))
    const writes = ALLOWED[name].some((line) => /^dynamodb:(Put|Update|Delete)Item on Table$/.test(line))
    const denial = {
      Effect: 'Deny',
      Action: ['dynamodb:UpdateItem', 'dynamodb:DeleteItem'],
      Condition: { 'ForAnyValue:StringLike': { 'dynamodb:LeadingKeys': 'audit#*' } },
      on: 'Table',
    }
    expect(denials, name).toEqual(writes ? [denial] : [])
  }
})

it('a schedule may invoke its function and nothing else', () => {
  const schedules = resourcesOf(service, 'AWS::Scheduler::Schedule')
  expect(schedules.length).toBeGreaterThan(2)
  for (const [id, { Properties }] of schedules) {
    const { Arn, RoleArn } = Properties.Target
    const target = Arn['Fn::GetAtt'][0].replace(/[0-9A-F]{8}$/, '')
    expect(permissionsOf(RoleArn['Fn::GetAtt'][0]), id).toEqual([`lambda:InvokeFunction on ${target}`])
  }
})

it('no permission comes from elsewhere: one role per function, one policy per role, none managed or inline', () => {
  expect(new Set(FUNCTION_NAMES.map(roleOf)).size).toBe(FUNCTION_NAMES.length)
  // The scheduler has one for each function that it runs.
  expect(roles.size).toBe(FUNCTION_NAMES.length + Object.keys(SCHEDULED).length)
  expect(policies.flatMap((policy) => policy.roles).sort()).toEqual([...roles.keys()].sort())
  for (const [id, { Properties }] of roles) {
    expect(Object.keys(Properties), id).toEqual(['AssumeRolePolicyDocument'])
  }
  const types = Object.values(service.Resources).map(({ Type }) => Type)
  expect(types.filter((type) => /ManagedPolicy|RolePolicy|UserPolicy|KMS/.test(type))).toEqual([])
})

it('the roles are for Lambda and, in this account only, for the scheduler', () => {
  const trust = (service: string) => ({
    Action: 'sts:AssumeRole',
    Effect: 'Allow',
    Principal: { Service: service },
  })
  const account = { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } }
  const functionRoles = new Set(FUNCTION_NAMES.map(roleOf))
  for (const [id, { Properties }] of roles) {
    expect(Properties.AssumeRolePolicyDocument.Statement, id).toEqual([
      functionRoles.has(id)
        ? trust('lambda.amazonaws.com')
        : { ...trust('scheduler.amazonaws.com'), Condition: account },
    ])
  }
})

// With another purpose no wrapped key would open, and tenants' own KMS keys would refuse the service.
it('the purposes of the KMS keys stay as they are, and the guide names the one for key policies', () => {
  expect([ROOT_KEY_PURPOSE, TENANT_KEY_PURPOSE]).toEqual([
    'funnel-connect/root-key',
    'funnel-connect/tenant-key',
  ])
  const guide = readFileSync(new URL('../../docs/deploy.md', import.meta.url), 'utf8')
  expect(guide).toContain(`"kms:EncryptionContext:purpose": "${TENANT_KEY_PURPOSE}"`)
})
