// The partitions of the table as IAM policies name them, by patterns of their keys ("dynamodb:LeadingKeys"). Imports no
// SDK: the CDK stack takes them from here. A new partition in schema.ts does not compile until it has a pattern here.
import { DUE_INDEX, type OtherPartition, PARTITION_KEY, SORT_KEY, type TenantPartitions } from './schema.ts'

export type Partition = keyof TenantPartitions | OtherPartition

/** A tenant's id has a fixed length. Without it, the pattern of a tenant's items would include the tenant's other partitions. */
const TENANT = `tenant#ten_${'?'.repeat(26)}`

/** No key matches two of these patterns. */
export const LEADING_KEYS: Readonly<Record<Partition, string>> = {
  tenant: TENANT,
  usage: `${TENANT}#usage`,
  tenants: 'tenants',
  'api-key': 'api-key#*',
  issuer: 'issuer#*',
  'connect-link': 'connect-link#*',
  'manage-link': 'manage-link#*',
  state: 'state#*',
  'root-keys': 'root-keys',
  'key-rotation': 'key-rotation',
  audit: 'audit#*',
  events: 'events#*',
  timeline: 'timeline#*',
  webhooks: 'webhooks#*',
}

/** The partitions of the indexes. A query of an index names one of them. */
export const INDEX_LEADING_KEYS = { due: 'due#*', 'end-user': `${TENANT}#end-user#*` } as const

/**
 * Top-level attributes of a tenant's own item, and of its logo, that the operator decides. No other item of the tenant's partition
 * has one of these names, so a policy can keep functions from writing them ("dynamodb:Attributes").
 */
export const OPERATORS_ATTRIBUTES = [
  'returnUrls',
  'origins',
  'suspendedApps',
  'kmsKeyArn',
  'logo',
  'endUsersMayConfirm',
  'limits',
]

/** What authentication changes of an API key's item, and the item's key. An update of these can make no key. */
export const KEY_USE_ATTRIBUTES = [PARTITION_KEY, SORT_KEY, 'lastUsedAt']

/** What an event in the outbox has. A put of these can make no other kind of item, such as a connection with tokens. */
export const OUTBOX_ATTRIBUTES = [
  PARTITION_KEY,
  SORT_KEY,
  'id',
  'tenantId',
  'type',
  'at',
  'data',
  DUE_INDEX.partitionKey,
  DUE_INDEX.sortKey,
]
