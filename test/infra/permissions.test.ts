// Least privilege, as one table: everything the roles may do is listed here, so that a wider policy is seen in review.
import { expect, test } from 'vitest'
import {
  FUNCTION_NAMES,
  functionAt,
  functionNamed,
  imported,
  type Json,
  ofType,
  serviceStack,
} from './synthesized.ts'

const OWN_LOG = ['logs:CreateLogStream on own log', 'logs:PutLogEvents on own log']
/** X-Ray has no resources to name. */
const TRACES = ['xray:PutTelemetryRecords on *', 'xray:PutTraceSegments on *']

/** DynamoDB uses the table's key in the caller's name. */
const THROUGH_DYNAMODB = 'on TableKey.Arn if kms:ViaService is dynamodb.eu-central-1.amazonaws.com'
const table = (...actions: string[]) => [
  ...actions.map((action) => `dynamodb:${action} on Table.Arn`),
  ...['Decrypt', 'DescribeKey', 'Encrypt', 'GenerateDataKey', 'ReEncryptFrom', 'ReEncryptTo'].map(
    (action) => `kms:${action} ${THROUGH_DYNAMODB}`,
  ),
]
const READ_AND_WRITE = table('GetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem')

const FOR_ROOT_KEYS = 'on RootKey.Arn if kms:EncryptionContext:purpose is funnel-connect/root-key'
const VAULT = [`kms:Decrypt ${FOR_ROOT_KEYS}`, `kms:GenerateDataKey ${FOR_ROOT_KEYS}`]

const queryOn = (index: string) => `dynamodb:Query on Table.Arn/index/${index}`

const ALLOWED: Readonly<Record<(typeof FUNCTION_NAMES)[number], readonly string[]>> = {
  'connect-sessions': [...READ_AND_WRITE, ...VAULT],
  authorize: [...table('GetItem', 'Query', 'PutItem', 'UpdateItem'), ...VAULT],
  callback: [...READ_AND_WRITE, ...VAULT],
  connections: [
    ...READ_AND_WRITE,
    'dynamodb:BatchGetItem on Table.Arn',
    queryOn('end-user'),
    ...VAULT,
  ],
  proxy: [...READ_AND_WRITE, ...VAULT],
  'keep-alive': [...READ_AND_WRITE, queryOn('due'), ...VAULT],
  tenants: [...READ_AND_WRITE, ...VAULT],
  service: [],
}

const policies = ofType(serviceStack, 'AWS::IAM::Policy')
const roles = new Map(ofType(serviceStack, 'AWS::IAM::Role'))
const roleOf = (name: (typeof FUNCTION_NAMES)[number]): string =>
  functionNamed(name).Properties.Role['Fn::GetAtt'][0]

const listed = (value: Json): Json[] => [value].flat()

function resourceIn(resource: Json, ownLog: string): string {
  if (typeof resource === 'string') return resource
  if (resource['Fn::ImportValue'] !== undefined) return imported(resource)
  if (resource['Fn::GetAtt']?.[0] === ownLog) return 'own log'
  const [separator, parts] = resource['Fn::Join'] ?? ['', [JSON.stringify(resource)]]
  return parts.map((part: Json) => resourceIn(part, ownLog)).join(separator)
}

/** Every single permission of a role, as one line each. */
function permissionsOf(role: string, ownLog = ''): string[] {
  return policies
    .filter(([, { Properties }]) => Properties.Roles.some(({ Ref }: Json) => Ref === role))
    .flatMap(([, { Properties }]) => Properties.PolicyDocument.Statement)
    .flatMap(({ Effect, Action, Resource, Condition = {}, ...rest }: Json) => {
      expect([Effect, Object.keys(rest)]).toEqual(['Allow', []])
      expect(Object.keys(Condition).filter((operator) => operator !== 'StringEquals')).toEqual([])
      const conditions = Object.entries(Condition.StringEquals ?? {}).map(([key, value]) => ` if ${key} is ${value}`)
      return listed(Action).flatMap((action) =>
        listed(Resource).map((resource) => `${action} on ${resourceIn(resource, ownLog)}${conditions.join('')}`),
      )
    })
    .sort()
}

test.each(FUNCTION_NAMES)('%s may do what is listed here and nothing else', (name) => {
  const ownLog = functionNamed(name).Properties.LoggingConfig.LogGroup.Ref
  expect(permissionsOf(roleOf(name), ownLog)).toEqual([...OWN_LOG, ...TRACES, ...ALLOWED[name]].sort())
})

test('no action is a wildcard, and the only resource that is belongs to X-Ray', () => {
  for (const role of roles.keys()) {
    for (const permission of permissionsOf(role)) {
      if (!TRACES.includes(permission)) expect(permission).not.toContain('*')
    }
  }
})

test('the function that serves anybody reaches neither the table nor a key', () => {
  expect(permissionsOf(roleOf('service')).filter((line) => /dynamodb|kms/.test(line))).toEqual([])
})

test('the scheduler may invoke keep-alive, for this account only', () => {
  const [schedule] = ofType(serviceStack, 'AWS::Scheduler::Schedule')
  const role: string = schedule?.[1].Properties.Target.RoleArn['Fn::GetAtt'][0]
  const statements = policies.flatMap(([, { Properties }]) =>
    Properties.Roles.some(({ Ref }: Json) => Ref === role) ? Properties.PolicyDocument.Statement : [],
  )
  expect(statements).toHaveLength(1)
  expect(statements[0].Action).toBe('lambda:InvokeFunction')
  expect(functionAt(statements[0].Resource)).toBe('keep-alive')
  expect(roles.get(role)?.Properties.AssumeRolePolicyDocument.Statement).toEqual([
    {
      Action: 'sts:AssumeRole',
      Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
      Effect: 'Allow',
      Principal: { Service: 'scheduler.amazonaws.com' },
    },
  ])
})

test('permissions come from nowhere else: one role per function, one policy per role, none managed or inline', () => {
  expect(new Set(FUNCTION_NAMES.map(roleOf)).size).toBe(FUNCTION_NAMES.length)
  expect(policies.flatMap(([, { Properties }]) => Properties.Roles.map(({ Ref }: Json) => Ref)).sort()).toEqual(
    [...roles.keys()].sort(),
  )
  for (const [, { Properties }] of roles) expect(Object.keys(Properties)).toEqual(['AssumeRolePolicyDocument'])
  for (const name of FUNCTION_NAMES) {
    expect(roles.get(roleOf(name))?.Properties.AssumeRolePolicyDocument.Statement).toEqual([
      { Action: 'sts:AssumeRole', Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' } },
    ])
  }
  const others = Object.values(serviceStack.Resources).filter(({ Type }) => /ManagedPolicy|RolePolicy|KMS/.test(Type))
  expect(others).toEqual([])
})
