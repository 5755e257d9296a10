// Turns what permissions.ts says about the table into statements of a function's role. DynamoDB gives IAM the partition keys
// of a call, those of a transaction item by item ("dynamodb:LeadingKeys"), so each action is allowed in its partitions only.
import { Stack } from 'aws-cdk-lib'
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb'
import { Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam'
import type { Key } from 'aws-cdk-lib/aws-kms'
import type { Function as Lambda } from 'aws-cdk-lib/aws-lambda'
import {
  INDEX_LEADING_KEYS,
  KEY_USE_ATTRIBUTES,
  LEADING_KEYS,
  OPERATORS_ATTRIBUTES,
  OUTBOX_ATTRIBUTES,
  type Partition,
} from '#adapters/dynamodb/partitions.ts'
import type { ItemAction, Permissions } from './permission-types.ts'

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

type Conditions = Readonly<Record<string, Readonly<Record<string, unknown>>>>

export function grantTable(
  lambda: Lambda,
  { table, tableKey }: { readonly table: TableV2; readonly tableKey: Key },
  { table: access, notesKeyUse, putsEvents, writesTenants, index }: Permissions,
): void {
  if (access === undefined) return
  for (const [keys, actions] of actionsByKeys(access)) {
    allow(lambda, actions, table.tableArn, within(keys.split(' ')))
  }
  if (notesKeyUse) {
    allowAttributes(
      lambda,
      'dynamodb:UpdateItem',
      table.tableArn,
      LEADING_KEYS['api-key'],
      KEY_USE_ATTRIBUTES,
    )
  }
  if (putsEvents) {
    allowAttributes(lambda, 'dynamodb:PutItem', table.tableArn, LEADING_KEYS.tenant, OUTBOX_ATTRIBUTES)
  }
  lambda.addToRolePolicy(auditIsAppendOnly(table.tableArn))
  if (access.tenant?.includes('UpdateItem') && !writesTenants)
    lambda.addToRolePolicy(tenantIsOperators(table.tableArn))
  if (index !== undefined) {
    allow(lambda, ['dynamodb:Query'], `${table.tableArn}/index/${index}`, within([INDEX_LEADING_KEYS[index]]))
  }
  // DynamoDB uses the table's key on behalf of the function. The function itself may not use the key.
  allow(lambda, TABLE_KEY_ACTIONS, tableKey.keyArn, {
    StringEquals: { 'kms:ViaService': `dynamodb.${Stack.of(table).region}.amazonaws.com` },
  })
}

export function allow(
  lambda: Lambda,
  actions: readonly string[],
  resource: string,
  conditions: Conditions = {},
): void {
  lambda.addToRolePolicy(
    new PolicyStatement({ actions: [...actions], resources: [resource], conditions: { ...conditions } }),
  )
}

/** An action on items of a partition that names these attributes only. */
function allowAttributes(
  lambda: Lambda,
  action: string,
  tableArn: string,
  partition: string,
  attributes: readonly string[],
): void {
  const { 'ForAllValues:StringLike': keys, ...rest } = within([partition])
  allow(lambda, [action], tableArn, {
    ...rest,
    'ForAllValues:StringLike': { ...keys, 'dynamodb:Attributes': attributes },
  })
}

/** Actions with the same partitions share a statement, because a role's policies may have 10,240 characters. */
function actionsByKeys(access: NonNullable<Permissions['table']>): ReadonlyMap<string, readonly string[]> {
  const keysOf = new Map<ItemAction, string[]>()
  for (const [partition, actions] of Object.entries(access)) {
    for (const action of actions) {
      keysOf.set(action, [...(keysOf.get(action) ?? []), LEADING_KEYS[partition as Partition]])
    }
  }
  const grouped = new Map<string, string[]>()
  for (const [action, keys] of keysOf) {
    const group = keys.sort().join(' ')
    grouped.set(group, [...(grouped.get(group) ?? []), `dynamodb:${action}`])
  }
  return grouped
}

/** All partition keys of a call match. "ForAllValues" alone would also allow a call that names none. */
function within(keys: readonly string[]) {
  return {
    'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': keys },
    Null: { 'dynamodb:LeadingKeys': 'false' },
  }
}

/** A function may append audit events, but neither change nor delete them, whatever else is allowed to it. */
function auditIsAppendOnly(tableArn: string): PolicyStatement {
  return new PolicyStatement({
    effect: Effect.DENY,
    actions: ['dynamodb:UpdateItem', 'dynamodb:DeleteItem'],
    resources: [tableArn],
    conditions: { 'ForAnyValue:StringLike': { 'dynamodb:LeadingKeys': LEADING_KEYS.audit } },
  })
}

/**
 * A function that writes other items of a tenant's partition cannot change what the operator decided about the tenant: where
 * browsers are sent, who is suspended.
 */
function tenantIsOperators(tableArn: string): PolicyStatement {
  return new PolicyStatement({
    effect: Effect.DENY,
    actions: ['dynamodb:PutItem', 'dynamodb:UpdateItem'],
    resources: [tableArn],
    conditions: { 'ForAnyValue:StringLike': { 'dynamodb:Attributes': OPERATORS_ATTRIBUTES } },
  })
}
