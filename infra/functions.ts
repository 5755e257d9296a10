// Makes every function, with its environment and a role of its own. The role may do what permissions.ts says, and nothing
// else.
import { Stack, Validations } from 'aws-cdk-lib'
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb'
import type { Key } from 'aws-cdk-lib/aws-kms'
import type { Queue } from 'aws-cdk-lib/aws-sqs'
import type { Construct } from 'constructs'
import { ROOT_KEY_PURPOSE, TENANT_KEY_PURPOSE, WEBHOOK_SECRET_PURPOSE } from '#adapters/vault/purpose.ts'
import { ENV, FUNCTION_NAMES, type FunctionName, type VariableName } from '#runtime/env.ts'
import type { Permissions } from './permission-types.ts'
import { PERMISSIONS } from './permissions.ts'
import { ServiceFunction } from './service-function.ts'
import { allow, grantTable } from './table-access.ts'

interface Data {
  readonly table: TableV2
  readonly tableKey: Key
  readonly rootKey: Key
  readonly recoveryQueue: Queue
  readonly senderQueue: Queue
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
    const { timeout, memoryMb } = permissions
    const variables = Object.keys(ENV[name]) as VariableName[]
    const made = new ServiceFunction(scope, pascalCase(name), {
      name,
      environment: Object.fromEntries(variables.map((variable) => [variable, values[variable]])),
      timeout,
      bundles,
      ...(memoryMb && { memoryMb }),
    })
    grantTable(made.lambda, data, permissions)
    if (permissions.recovery) allow(made.lambda, ['sqs:SendMessage'], data.recoveryQueue.queueArn)
    if (permissions.wakesSenders) allow(made.lambda, ['sqs:SendMessage'], data.senderQueue.queueArn)
    if (permissions.vault) grantVault(made, data.rootKey, permissions)
    grantWebhookSecrets(made, data.rootKey, permissions)
    functions[name] = made
  }
  return functions as Functions
}

function grantVault(made: ServiceFunction, rootKey: Key, { vault, makesKeys }: Permissions): void {
  allow(made.lambda, ['kms:Decrypt', ...(vault === 'makes' ? ['kms:GenerateDataKey'] : [])], rootKey.keyArn, {
    StringEquals: { 'kms:EncryptionContext:purpose': ROOT_KEY_PURPOSE },
  })
  const stack = Stack.of(made)
  const tenantsKeys = stack.formatArn({ service: 'kms', account: '*', resource: 'key', resourceName: '*' })
  allow(made.lambda, ['kms:Decrypt', ...(makesKeys ? ['kms:GenerateDataKey'] : [])], tenantsKeys, {
    StringEquals: { 'kms:EncryptionContext:purpose': TENANT_KEY_PURPOSE },
  })
  Validations.of(made).acknowledge({
    id: `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:kms:${stack.region}:*:key/*]`,
    reason:
      'Which KMS keys tenants bring is unknown at deployment. The policy of each key has to allow its use, for this purpose only.',
  })
}

function grantWebhookSecrets(
  { lambda }: ServiceFunction,
  rootKey: Key,
  { webhookSecrets }: Permissions,
): void {
  if (webhookSecrets === undefined) return
  const action = webhookSecrets === 'makes' ? 'kms:GenerateDataKey' : 'kms:Decrypt'
  allow(lambda, [action], rootKey.keyArn, {
    StringEquals: { 'kms:EncryptionContext:purpose': WEBHOOK_SECRET_PURPOSE },
  })
}

export function pascalCase(name: string): string {
  return name.replace(/(^|-)(\w)/g, (_, __, letter: string) => letter.toUpperCase())
}
