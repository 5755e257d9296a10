// Makes every function, with its environment and a role of its own. The role may do what permissions.ts says, and nothing
// else.
import { Stack, Validations } from 'aws-cdk-lib'
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb'
import { Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam'
import type { Key } from 'aws-cdk-lib/aws-kms'
import type { Queue } from 'aws-cdk-lib/aws-sqs'
import type { Construct } from 'constructs'
import { AUDIT_LEADING_KEYS } from '#adapters/dynamodb/schema.ts'
import { ROOT_KEY_PURPOSE, TENANT_KEY_PURPOSE } from '#adapters/vault/purpose.ts'
import { ENV, FUNCTION_NAMES, type FunctionName, type VariableName } from '#runtime/env.ts'
import { PERMISSIONS, type Permissions } from './permissions.ts'
import { ServiceFunction } from './service-function.ts'

/**
 * The actions that DynamoDB needs on a customer managed key, without the wildcards ("Encryption at rest" in its developer
 * guide).
 */
const TABLE_KEY_ACTIONS = [
  'kms:Encrypt',
  'kms:Decrypt',
  'kms:ReEncryptFrom',
  'kms:ReEncryptTo',
  'kms:GenerateDataKey',
  'kms:DescribeKey',
]

interface Data {
  readonly table: TableV2
  readonly tableKey: Key
  readonly rootKey: Key
  readonly recoveryQueue: Queue
}

export type Functions = Readonly<Record<FunctionName, ServiceFunction>>

/** @param values of every variable that a function reads; each function gets those that ENV lists for it */
export function createFunctions(
  scope: Construct,
  data: Data,
  values: Readonly<Record<VariableName, string>>,
  bundles: string,
): Functions {
  const functions: Partial<Record<FunctionName, ServiceFunction>> = {}
  for (const name of FUNCTION_NAMES) {
    const permissions = PERMISSIONS[name]
    const { impact, timeout, runsEvery } = permissions
    const variables = Object.keys(ENV[name]) as VariableName[]
    const made = new ServiceFunction(scope, pascalCase(name), {
      name,
      environment: Object.fromEntries(variables.map((variable) => [variable, values[variable]])),
      timeout,
      impact,
      bundles,
      ...(runsEvery && { runsEvery }),
    })
    grantTable(made, data, permissions)
    if (permissions.recovery) allow(made, ['sqs:SendMessage'], data.recoveryQueue.queueArn)
    if (permissions.vault) grantVault(made, data.rootKey, permissions)
    functions[name] = made
  }
  return functions as Functions
}

function grantTable(made: ServiceFunction, { table, tableKey }: Data, granted: Permissions): void {
  if (granted.table !== undefined) {
    allow(
      made,
      granted.table.map((action) => `dynamodb:${action}`),
      table.tableArn,
    )
    if (granted.table.some((action) => action !== 'GetItem' && action !== 'Query')) {
      made.lambda.addToRolePolicy(auditIsAppendOnly(table.tableArn))
    }
    // DynamoDB uses the table's key on behalf of the function. The function itself may not use the key.
    allow(made, TABLE_KEY_ACTIONS, tableKey.keyArn, {
      'kms:ViaService': `dynamodb.${Stack.of(table).region}.amazonaws.com`,
    })
  }
  if (granted.index !== undefined) {
    allow(made, ['dynamodb:Query'], `${table.tableArn}/index/${granted.index}`)
  }
}

function grantVault(made: ServiceFunction, rootKey: Key, { makesKeys }: Permissions): void {
  allow(made, ['kms:GenerateDataKey', 'kms:Decrypt'], rootKey.keyArn, {
    'kms:EncryptionContext:purpose': ROOT_KEY_PURPOSE,
  })
  const stack = Stack.of(made)
  const tenantsKeys = stack.formatArn({ service: 'kms', account: '*', resource: 'key', resourceName: '*' })
  allow(made, ['kms:Decrypt', ...(makesKeys ? ['kms:GenerateDataKey'] : [])], tenantsKeys, {
    'kms:EncryptionContext:purpose': TENANT_KEY_PURPOSE,
  })
  Validations.of(made).acknowledge({
    id: `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:kms:${stack.region}:*:key/*]`,
    reason:
      'Which KMS keys tenants bring is unknown at deployment. The policy of each key has to allow its use, for this purpose only.',
  })
}

function allow(
  { lambda }: ServiceFunction,
  actions: readonly string[],
  resource: string,
  equals?: Readonly<Record<string, string>>,
): void {
  lambda.addToRolePolicy(
    new PolicyStatement({
      actions: [...actions],
      resources: [resource],
      ...(equals && { conditions: { StringEquals: equals } }),
    }),
  )
}

/** A function that may write to the table may append audit events, but neither change nor delete them. */
function auditIsAppendOnly(tableArn: string): PolicyStatement {
  return new PolicyStatement({
    effect: Effect.DENY,
    actions: ['dynamodb:UpdateItem', 'dynamodb:DeleteItem'],
    resources: [tableArn],
    conditions: { 'ForAnyValue:StringLike': { 'dynamodb:LeadingKeys': AUDIT_LEADING_KEYS } },
  })
}

export function pascalCase(name: string): string {
  return name.replace(/(^|-)(\w)/g, (_, __, letter: string) => letter.toUpperCase())
}
