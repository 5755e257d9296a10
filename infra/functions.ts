// The functions, each with its environment and, beside it, what it may do with the table, the root key and nothing else.
import { Duration, Stack, Validations } from 'aws-cdk-lib'
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb'
import { PolicyStatement } from 'aws-cdk-lib/aws-iam'
import type { Key } from 'aws-cdk-lib/aws-kms'
import type { Queue } from 'aws-cdk-lib/aws-sqs'
import type { Construct } from 'constructs'
import { DUE_INDEX, END_USER_INDEX } from '#adapters/table.ts'
import type { EnvOf, FunctionName } from '#runtime/env.ts'
import { ServiceFunction } from './service-function.ts'

/** API Gateway gives up after 30 s; the function should have said why before. */
const API_TIMEOUT = Duration.seconds(29)
/** A run may reach into the next minute's: leases keep the two from doing the same work. */
const SCHEDULE_TIMEOUT = Duration.seconds(90)

/** How often keys are looked after, and how long a run may take; the next one goes on where it was cut off. */
export const ROTATION_PERIOD = Duration.hours(1)
const ROTATION_TIMEOUT = Duration.minutes(10)

interface Permissions {
  readonly impact: string
  readonly timeout: Duration
  /** For a schedule that is rarer than the alarms' usual period. */
  readonly runsEvery?: Duration
  /** DynamoDB actions on the table, without the prefix. */
  readonly table?: readonly string[]
  /** Index that may be queried. */
  readonly index?: string
  /** May put what it cannot commit into the recovery queue. */
  readonly recovery?: true
  /** May make and open root keys: every function that seals or opens a secret. */
  readonly vault?: true
  /** May rotate the key of a tenant that brought its own KMS key. */
  readonly makesKeys?: true
}

const READ = ['GetItem', 'Query'] as const
const WRITE = ['PutItem', 'UpdateItem', 'DeleteItem'] as const

export const PERMISSIONS: Readonly<Record<FunctionName, Permissions>> = {
  'connect-sessions': {
    impact: 'Tenants cannot start or complete connect sessions.',
    timeout: API_TIMEOUT,
    table: [...READ, ...WRITE],
    vault: true,
  },
  authorize: {
    impact: 'End users who press "Connect" do not get to ClickFunnels.',
    timeout: API_TIMEOUT,
    table: [...READ, 'PutItem', 'UpdateItem'],
    vault: true,
  },
  callback: {
    impact: 'End users who approved at ClickFunnels end on an error; nothing is connected.',
    timeout: API_TIMEOUT,
    table: [...READ, ...WRITE],
    vault: true,
  },
  connections: {
    impact: 'Tenants cannot see, refresh or disconnect connections. Proxied calls go on.',
    timeout: API_TIMEOUT,
    table: [...READ, ...WRITE, 'BatchGetItem'],
    index: END_USER_INDEX.name,
    vault: true,
    recovery: true,
  },
  proxy: {
    impact: 'Tenants cannot call ClickFunnels.',
    timeout: API_TIMEOUT,
    table: [...READ, ...WRITE],
    vault: true,
    recovery: true,
  },
  'keep-alive': {
    impact:
      'Tokens are not refreshed ahead of time; dead connections are not noticed. Proxied calls refresh by themselves.',
    timeout: SCHEDULE_TIMEOUT,
    table: [...READ, ...WRITE],
    index: DUE_INDEX.name,
    vault: true,
    recovery: true,
  },
  'recover-rotations': {
    impact:
      'Rotated tokens whose commit failed wait in the recovery queue; their connections may refuse calls until then.',
    timeout: API_TIMEOUT,
    table: [...READ, ...WRITE],
    vault: true,
  },
  'rotate-keys': {
    impact:
      'Keys are not rotated and old ones not cleared away; shredding that was cut off stays so. Calls are not affected.',
    timeout: ROTATION_TIMEOUT,
    runsEvery: ROTATION_PERIOD,
    table: [...READ, ...WRITE],
    vault: true,
    makesKeys: true,
  },
  credentials: {
    impact: 'The operator cannot manage API keys and identity providers. Tenants are not affected.',
    timeout: API_TIMEOUT,
    table: [...READ, ...WRITE, 'BatchGetItem'],
  },
  tenants: {
    impact: 'The operator cannot change tenants, apps or keys of the vault. Tenants are not affected.',
    timeout: API_TIMEOUT,
    table: [...READ, ...WRITE],
    vault: true,
    makesKeys: true,
  },
  service: {
    impact:
      'Unknown paths, wrong methods and preflights are answered by API Gateway itself; browsers may be refused.',
    timeout: API_TIMEOUT,
  },
}

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

export type Functions = { readonly [F in FunctionName]: ServiceFunction<F> }

/** Makes every function with the permissions above. */
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
    tenants: create('tenants'),
    service: create('service'),
  }
}

export function pascalCase(name: string): string {
  return name.replace(/(^|-)(\w)/g, (_, __, letter: string) => letter.toUpperCase())
}
