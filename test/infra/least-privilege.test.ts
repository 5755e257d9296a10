// Compares every permission of the synthesized roles with the list in allowed.ts.
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { ROOT_KEY_PURPOSE, TENANT_KEY_PURPOSE } from '#adapters/vault/purpose.ts'
import { FUNCTION_NAMES, type FunctionName } from '#runtime/env.ts'
import { ALLOWED, LOG_AND_TRACES } from './allowed.ts'
import { SCHEDULED } from './scheduled.ts'
import { data, functionResource, type Resource, resourcesOf, service } from './synthesized.ts'

interface Statement {
  readonly Effect: string
  readonly Action: string | readonly string[]
  readonly Resource: Reference | readonly Reference[]
  readonly Condition?: {
    readonly StringEquals?: Readonly<Record<string, string>>
    readonly 'ForAllValues:StringLike'?: Readonly<Record<string, string | readonly string[]>>
    readonly Null?: object
  }
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

/** The resource that the data stack exports under a name, such as "Table" or "RootKey". */
function exported(name: string): string {
  const [, logicalId = '', attribute] = /FnGetAtt(\w+?)(Stream)?Arn/.exec(name) ?? []
  const found = Object.keys(data.Resources).find((id) => id === logicalId)
  if (found === undefined) throw new Error(`The data stack exports no ARN as "${name}"`)
  return `${found.replace(/[0-9A-F]{8}$/, '')}${attribute ?? ''}`
}

function named(resource: Reference, ownLog: string): string {
  if (typeof resource === 'string') return resource
  if ('Ref' in resource) return resource.Ref
  if ('Fn::ImportValue' in resource) return exported(resource['Fn::ImportValue'])
  if ('Fn::Join' in resource) return resource['Fn::Join'][1].map((part) => named(part, ownLog)).join('')
  const [id] = resource['Fn::GetAtt']
  return id === ownLog ? 'own log' : id.replace(/[0-9A-F]{8}$/, '')
}

/** A text for each partition that the condition names. */
function conditionsOf(condition: Statement['Condition']): readonly string[] {
  const { StringEquals = {}, 'ForAllValues:StringLike': like, ...rest } = condition ?? {}
  const equals = Object.entries(StringEquals).map(([key, value]) => ` if ${key} is ${value}`)
  if (like === undefined) {
    expect(rest).toEqual({})
    return [equals.join('')]
  }
  // Without this condition, a call that names no key would be allowed.
  expect(rest).toEqual({ Null: { 'dynamodb:LeadingKeys': 'false' } })
  const { 'dynamodb:LeadingKeys': keys = [], 'dynamodb:Attributes': attributes, ...others } = like
  expect(others).toEqual({})
  const only = attributes === undefined ? '' : `, attributes ${[attributes].flat().join(' ')}`
  return [keys].flat().map((key) => `, partition ${key}${only}${equals.join('')}`)
}

/** Every permission of a role, one line each. */
function permissionsOf(role: string, ownLog = ''): string[] {
  const lines = policies
    .filter((policy) => policy.roles.includes(role))
    .flatMap((policy) => policy.statements)
    .filter(({ Effect }) => Effect !== 'Deny')
    .flatMap(({ Effect, Action, Resource, Condition }) => {
      expect(Effect).toBe('Allow')
      return [Action]
        .flat()
        .flatMap((action) =>
          [Resource]
            .flat()
            .flatMap((one) =>
              conditionsOf(Condition).map(
                (condition) => `${action} on ${named(one as Reference, ownLog)}${condition}`,
              ),
            ),
        )
    })
  return lines.sort()
}

const isReference = (value: unknown) =>
  typeof value === 'object' && value !== null && Object.keys(value).some((key) => /^(Ref|Fn::)/.test(key))

it.each(FUNCTION_NAMES)('%s may do what is listed here and nothing else', (name) => {
  expect(permissionsOf(roleOf(name), logOf(name))).toEqual([...LOG_AND_TRACES, ...ALLOWED[name]].sort())
})

it('no function changes or deletes audit events, and only some write what the operator decides of a tenant', () => {
  for (const name of FUNCTION_NAMES) {
    const denials = policies
      .filter((policy) => policy.roles.includes(roleOf(name)))
      .flatMap((policy) => policy.statements)
      .filter(({ Effect }) => Effect === 'Deny')
      .map(({ Resource, ...rest }) => ({ ...rest, on: named(Resource as Reference, '') }))
    const tenants = ['tenants', 'apps', 'tenant-connections', 'rotate-keys']
    const writes = ALLOWED[name].some((line) => /^dynamodb:(Put|Update|Delete)Item on Table/.test(line))
    const denial = {
      Effect: 'Deny',
      Action: ['dynamodb:UpdateItem', 'dynamodb:DeleteItem'],
      Condition: { 'ForAnyValue:StringLike': { 'dynamodb:LeadingKeys': 'audit#*' } },
      on: 'Table',
    }
    const operators = {
      Effect: 'Deny',
      Action: ['dynamodb:PutItem', 'dynamodb:UpdateItem'],
      Condition: {
        'ForAnyValue:StringLike': {
          'dynamodb:Attributes': [
            'returnUrls',
            'origins',
            'suspendedApps',
            'kmsKeyArn',
            'logo',
            'endUsersMayConfirm',
            'limits',
          ],
        },
      },
      on: 'Table',
    }
    const others = ALLOWED[name].some((line) => /:UpdateItem on Table, partition tenant#ten_\?+$/.test(line))
    const both = others && !tenants.includes(name) ? [denial, operators] : [denial]
    expect(denials, name).toEqual(writes ? both : [])
  }
})

it('a role has room: its policies may have 10,240 characters without spaces', () => {
  const arn =
    'arn:aws:dynamodb:eu-central-1:111122223333:table/FunnelConnectData-Table0123456789-ABCDEFGHIJKLM'
  for (const { roles, statements } of policies) {
    const written = JSON.stringify(statements, (_, value) => (isReference(value) ? arn : value))
    expect(written.length, roles.join()).toBeLessThan(8_000)
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
