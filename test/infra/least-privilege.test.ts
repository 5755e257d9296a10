// What each function may do, written out here a second time: a permission that is added has to be added in both places.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { DUE_INDEX, END_USER_INDEX } from '#adapters/table.ts'
import { ENV, type FunctionName } from '#runtime/env.ts'
import { functionResource, type Resource, resourcesOf, service } from './synthesized.ts'

const NAMES = Object.keys(ENV) as FunctionName[]

const READ = ['dynamodb:GetItem', 'dynamodb:Query']
const WRITE = ['dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem']
const TABLE_ACTIONS: Readonly<Record<FunctionName, readonly string[]>> = {
  'connect-sessions': [...READ, ...WRITE],
  authorize: [...READ, 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
  callback: [...READ, ...WRITE],
  connections: [...READ, 'dynamodb:BatchGetItem', ...WRITE],
  proxy: [...READ, ...WRITE],
  'keep-alive': [...READ, ...WRITE],
  tenants: [...READ, ...WRITE],
  service: [],
}
const INDEX: Readonly<Partial<Record<FunctionName, string>>> = {
  connections: END_USER_INDEX.name,
  'keep-alive': DUE_INDEX.name,
}
const ROOT_KEY_PURPOSE = 'funnel-connect/root-key'

interface Statement {
  readonly Effect: string
  readonly Action: string | string[]
  readonly Resource: unknown
  readonly Condition?: unknown
}

const listed = <T>(value: T | T[]): T[] => (Array.isArray(value) ? value : [value])
const actionsOf = (statement: Statement) => listed(statement.Action).sort()

/** All statements of a role, whatever they are attached by. */
function statementsOf(roleId: string): Statement[] {
  return resourcesOf(service, 'AWS::IAM::Policy')
    .filter(([, { Properties }]) =>
      listed<{ Ref: string }>(Properties.Roles).some(({ Ref }) => Ref === roleId),
    )
    .flatMap(([, { Properties }]) => Properties.PolicyDocument.Statement)
}

function roleOf(name: FunctionName): [string, Resource] {
  const id: string = functionResource(name)[1].Properties.Role['Fn::GetAtt'][0]
  const role = service.Resources[id]
  if (role === undefined) throw new Error(`"${name}" has no role of its own`)
  return [id, role]
}

/** Statements about a resource whose reference contains the text. */
const about = (name: FunctionName, text: string) =>
  statementsOf(roleOf(name)[0]).filter(({ Resource }) => JSON.stringify(Resource).includes(text))

describe.each(NAMES)('role of %s', (name) => {
  const [roleId, role] = roleOf(name)
  const statements = statementsOf(roleId)

  it('is its own, has no managed or inline policies, and only allows', () => {
    expect(NAMES.filter((other) => roleOf(other)[0] === roleId)).toEqual([name])
    expect(role.Properties).not.toHaveProperty('ManagedPolicyArns')
    expect(role.Properties).not.toHaveProperty('Policies')
    for (const statement of statements) {
      expect(Object.keys(statement).sort().join()).toMatch(/^Action,(Condition,)?Effect,Resource$/)
      expect(statement.Effect).toBe('Allow')
    }
  })

  it('names every action, and every resource but those of X-Ray, which has none', () => {
    for (const statement of statements) {
      for (const action of actionsOf(statement)) expect(action).not.toContain('*')
      if (!JSON.stringify(statement.Resource).includes('*')) continue
      expect(actionsOf(statement)).toEqual(['xray:PutTelemetryRecords', 'xray:PutTraceSegments'])
      expect(statement.Resource).toBe('*')
    }
  })

  it('may do with the table what the function does, and query its index if it has one', () => {
    const index = INDEX[name]
    const onTable = about(name, 'TableCD117FA1Arn').filter(
      ({ Resource }) => !JSON.stringify(Resource).includes('/index/'),
    )
    expect(onTable.flatMap(actionsOf)).toEqual([...TABLE_ACTIONS[name]].sort())
    const onIndexes = about(name, '/index/')
    expect(onIndexes.flatMap(actionsOf)).toEqual(index === undefined ? [] : ['dynamodb:Query'])
    for (const { Resource } of onIndexes) expect(JSON.stringify(Resource)).toContain(`"/index/${index}"`)
  })

  it('may make and open root keys for their purpose only, if the function has the vault', () => {
    const found = about(name, 'RootKey')
    expect(found.flatMap(actionsOf)).toEqual(
      'ROOT_KEY_ARN' in ENV[name].shape ? ['kms:Decrypt', 'kms:GenerateDataKey'] : [],
    )
    for (const { Condition } of found) {
      expect(Condition).toEqual({ StringEquals: { 'kms:EncryptionContext:purpose': ROOT_KEY_PURPOSE } })
    }
  })

  it("uses the table's key through DynamoDB only, if the function has the table", () => {
    const found = about(name, 'TableKey')
    expect(found).toHaveLength('TABLE_NAME' in ENV[name].shape ? 1 : 0)
    for (const { Condition } of found) {
      expect(Condition).toEqual({
        StringEquals: { 'kms:ViaService': expect.stringMatching(/^dynamodb\.[a-z0-9-]+\.amazonaws\.com$/) },
      })
    }
  })

  it('may do nothing else but write its own log', () => {
    const log: string = functionResource(name)[1].Properties.LoggingConfig.LogGroup.Ref
    const [, others] = [about(name, log), statements.filter((one) => !isKnown(one, log))]
    expect(others).toEqual([])
    expect(about(name, log).flatMap(actionsOf)).toEqual(['logs:CreateLogStream', 'logs:PutLogEvents'])
  })
})

function isKnown({ Resource }: Statement, log: string): boolean {
  const text = JSON.stringify(Resource)
  return (
    Resource === '*' || ['TableCD117FA1Arn', 'TableKey', 'RootKey', log].some((one) => text.includes(one))
  )
}

it('allows root keys for the purpose that the vault names', () => {
  const vault = readFileSync(new URL('../../shared/adapters/kms-root-keys.ts', import.meta.url), 'utf8')
  expect(vault).toContain(`PURPOSE = '${ROOT_KEY_PURPOSE}'`)
})

it('lets nobody scan', () => {
  expect(JSON.stringify(service)).not.toMatch(/dynamodb:(Scan|\*)/)
})
