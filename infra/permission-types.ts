// The form in which permissions.ts says what a function may do.
import type { Duration } from 'aws-cdk-lib'
import type { Partition } from '#adapters/dynamodb/partitions.ts'

/** Actions on items, without the prefix "dynamodb:". */
export type ItemAction =
  | 'GetItem'
  | 'BatchGetItem'
  | 'Query'
  | 'PutItem'
  | 'UpdateItem'
  | 'DeleteItem'
  | 'ConditionCheckItem'
export type Access = Readonly<Partial<Record<Partition, readonly ItemAction[]>>>

export interface Permissions {
  /** Who is affected while this function fails, and how. The service dashboard says it. */
  readonly impact: string
  readonly timeout: Duration
  /** Megabytes; the default is MEMORY_MB. Lambda gives CPU in proportion to it. */
  readonly memoryMb?: number
  /** How often a function runs that has a schedule of its own. */
  readonly runsEvery?: Duration
  /** The actions that are allowed in each partition of the table. */
  readonly table?: Access
  /** Writes to the tenant's own item, with what the operator decides about the tenant. */
  readonly writesTenants?: true
  /** May store when an API key was last used, and change nothing else of it. */
  readonly notesKeyUse?: true
  /** May put events into the outbox, and nothing else into a tenant's partition. */
  readonly putsEvents?: true
  /** The index that it may query. */
  readonly index?: 'due' | 'end-user'
  /** May send rotated tokens that it cannot commit to the recovery queue. */
  readonly recovery?: true
  /** May open root keys, to seal or open secrets, or also make them. A tenant has its first key from its first app. */
  readonly vault?: 'opens' | 'makes'
  /** May wake the senders of webhooks. */
  readonly wakesSenders?: true
  /** May make the secrets that sign webhooks, or open them. Whoever may make them cannot open them. */
  readonly webhookSecrets?: 'makes' | 'opens'
  /** May rotate the tenant key of a tenant that uses its own KMS key. */
  readonly makesKeys?: true
}
