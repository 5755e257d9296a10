// The functions, each with its environment and a role that may do what permissions.ts says with the table, the root key
// and nothing else.
import { Stack, Validations } from 'aws-cdk-lib'
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb'
import { Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam'
import type { Key } from 'aws-cdk-lib/aws-kms'
import type { Queue } from 'aws-cdk-lib/aws-sqs'
import type { Construct } from 'constructs'
import { AUDIT_LEADING_KEYS } from '#adapters/dynamodb/schema.ts'
import type { EnvOf, FunctionName } from '#runtime/env.ts'
import { PERMISSIONS } from './permissions.ts'
import { ServiceFunction } from './service-function.ts'

/** What DynamoDB needs of a customer managed key (its developer guide, "encryption at rest"), without the wildcards. */
const TABLE_KEY_ACTIONS = [
  'kms:Encrypt',
  'kms:Decrypt',
  'kms:ReEncryptFrom',
  'kms:ReEncryptTo',
  'kms:GenerateDataKey',
  'kms:DescribeKey',
]

/** KMS calls are allowed for this purpose only, which the vault names in the encryption context. */
const ROOT_KEY_PURPOSE = 'funnel-connect/root-key'
/** The same for the KMS keys that tenants bring: what else a key is for, its owner's policy says. */
const TENANT_KEY_PURPOSE = 'funnel-connect/tenant-key'

/** Whoever may write may append to the audit trail, and nobody may change or delete what is in it. */
function neverChangesAudit(tableArn: string): PolicyStatement {
  return new PolicyStatement({
    effect: Effect.DENY,
    actions: ['dynamodb:UpdateItem', 'dynamodb:DeleteItem'],
    resources: [tableArn],
    conditions: { 'ForAnyValue:StringLike': { 'dynamodb:LeadingKeys': AUDIT_LEADING_KEYS } },
  })
}

export type Functions = { readonly [F in FunctionName]: ServiceFunction<F> }

/** Makes every function with the permissions of permissions.ts. */
export function createFunctions(
  scope: Construct,
  data: {
    readonly table: TableV2
    readonly tableKey: Key
    readonly rootKey: Key
    readonly recoveryQueue: Queue
  },
  environments: { readonly [F in FunctionName]: EnvOf<F> },
  bundles: string,
): Functions {
  const create = <F extends FunctionName>(name: F): ServiceFunction<F> => {
    const { impact, timeout, runsEvery, table, index, vault, makesKeys, recovery } = PERMISSIONS[name]
    const made = new ServiceFunction(scope, pascalCase(name), {
      name,
      environment: environments[name],
      timeout,
      impact,
      bundles,
      ...(runsEvery && { runsEvery }),
    })
    const allow = (actions: readonly string[], resource: string, conditions?: Record<string, unknown>) =>
      made.lambda.addToRolePolicy(
        new PolicyStatement({
          actions: [...actions],
          resources: [resource],
          ...(conditions && { conditions }),
        }),
      )
    if (table !== undefined) {
      allow(
        table.map((action) => `dynamodb:${action}`),
        data.table.tableArn,
      )
      if (table.some((action) => action !== 'GetItem' && action !== 'Query')) {
        made.lambda.addToRolePolicy(neverChangesAudit(data.table.tableArn))
      }
      // DynamoDB uses the table's key in the caller's name; nobody else may use it that way.
      allow(TABLE_KEY_ACTIONS, data.tableKey.keyArn, {
        StringEquals: { 'kms:ViaService': `dynamodb.${Stack.of(data.table).region}.amazonaws.com` },
      })
    }
    if (index !== undefined) allow(['dynamodb:Query'], `${data.table.tableArn}/index/${index}`)
    if (recovery === true) {
      allow(['sqs:SendMessage'], data.recoveryQueue.queueArn)
    }
    if (vault === true) {
      allow(['kms:GenerateDataKey', 'kms:Decrypt'], data.rootKey.keyArn, {
        StringEquals: { 'kms:EncryptionContext:purpose': ROOT_KEY_PURPOSE },
      })
      const tenantsKeys = Stack.of(scope).formatArn({
        service: 'kms',
        account: '*',
        resource: 'key',
        resourceName: '*',
      })
      allow(['kms:Decrypt', ...(makesKeys ? ['kms:GenerateDataKey'] : [])], tenantsKeys, {
        StringEquals: { 'kms:EncryptionContext:purpose': TENANT_KEY_PURPOSE },
      })
      Validations.of(made).acknowledge({
        id: `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:kms:${Stack.of(scope).region}:*:key/*]`,
        reason:
          "Which KMS keys tenants bring is not known beforehand; each key's own policy has to allow it, for this purpose only.",
      })
    }
    return made
  }
  return {
    'connect-sessions': create('connect-sessions'),
    authorize: create('authorize'),
    callback: create('callback'),
    connections: create('connections'),
    proxy: create('proxy'),
    'keep-alive': create('keep-alive'),
    'recover-rotations': create('recover-rotations'),
    'rotate-keys': create('rotate-keys'),
    credentials: create('credentials'),
    apps: create('apps'),
    'tenant-connections': create('tenant-connections'),
    tenants: create('tenants'),
    'audit-events': create('audit-events'),
    service: create('service'),
  }
}

export function pascalCase(name: string): string {
  return name.replace(/(^|-)(\w)/g, (_, __, letter: string) => letter.toUpperCase())
}
