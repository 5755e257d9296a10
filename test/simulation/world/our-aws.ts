// What this project has at AWS: its table, its queue with dead letters, and two keys.
import {
  DUE_INDEX,
  END_USER_INDEX,
  PARTITION_KEY,
  SORT_KEY,
  TTL_ATTRIBUTE,
} from '#adapters/dynamodb/schema.ts'
import type { TableShape } from './dynamodb/table.ts'
import type { QueueShape } from './sqs.ts'
import type { WorldShape } from './world.ts'

export const TABLE: TableShape = {
  name: 'funnel-connect',
  partitionKey: PARTITION_KEY,
  sortKey: SORT_KEY,
  ttl: TTL_ATTRIBUTE,
  indexes: [
    { ...DUE_INDEX, sortType: 'N' },
    { ...END_USER_INDEX, sortType: 'S', attributes: [] },
  ],
}

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE
const queueUrl = (name: string) => `https://sqs.us-east-1.amazonaws.com/000000000000/${name}`

export const RECOVERY_QUEUE: QueueShape = {
  name: 'recovery',
  url: queueUrl('recovery'),
  visibilityMilliseconds: MINUTE,
  retentionMilliseconds: 14 * DAY,
  redrive: { to: 'recovery-dead-letters', maxReceiveCount: 500 },
}
const DEAD_LETTERS: QueueShape = {
  name: 'recovery-dead-letters',
  url: queueUrl('recovery-dead-letters'),
  visibilityMilliseconds: MINUTE,
  retentionMilliseconds: 14 * DAY,
}

export const KEY_ARN = 'arn:aws:kms:us-east-1:000000000000:key/11111111-2222-3333-4444-555555555555'
/** A key that a tenant brings. */
export const TENANT_OWNED_KEY_ARN =
  'arn:aws:kms:us-east-1:000000000000:key/66666666-7777-8888-9999-000000000000'

export const OUR_AWS: WorldShape = {
  tables: [TABLE],
  queues: [RECOVERY_QUEUE, DEAD_LETTERS],
  keys: [KEY_ARN, TENANT_OWNED_KEY_ARN],
}
