// What each function may do with the table, the keys and the queue, how long it may take, and who is hurt while it fails.
import { Duration } from 'aws-cdk-lib'
import { DUE_INDEX, END_USER_INDEX } from '#adapters/dynamodb/schema.ts'
import type { FunctionName } from '#runtime/env.ts'

/** API Gateway gives up after 30 s; the function should have said why before. */
const API_TIMEOUT = Duration.seconds(29)
/** A run may reach into the next minute's: leases keep the two from doing the same work. */
const SCHEDULE_TIMEOUT = Duration.seconds(90)

/** How often keys are looked after, and how long a run may take; the next one goes on where it was cut off. */
const ROTATION_PERIOD = Duration.hours(1)
const ROTATION_TIMEOUT = Duration.minutes(10)

export interface Permissions {
  readonly impact: string
  readonly timeout: Duration
  /** Has a schedule of its own: how often it runs. Its alarms are raised by two runs in a row that fail. */
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
/**
 * What puts something new under a tenant makes sure, in the same transaction, that it is not being deleted or shredded.
 * Whoever seals does so: the tenant may have no key yet.
 */
const CHECK = 'ConditionCheckItem'
const WRITE = ['PutItem', 'UpdateItem', 'DeleteItem', CHECK] as const

export const PERMISSIONS: Readonly<Record<FunctionName, Permissions>> = {
  'connect-sessions': {
    impact: 'Tenants cannot start or complete connect sessions.',
    timeout: API_TIMEOUT,
    table: [...READ, ...WRITE, 'BatchGetItem'],
    vault: true,
  },
  authorize: {
    impact: 'End users who press "Connect" do not get to ClickFunnels.',
    timeout: API_TIMEOUT,
    table: [...READ, 'PutItem', 'UpdateItem', CHECK],
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
    table: [...READ, ...WRITE, 'BatchGetItem'],
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
  apps: {
    impact: "The operator cannot change or suspend tenants' apps. Tenants are not affected.",
    timeout: API_TIMEOUT,
    table: [...READ, ...WRITE],
    vault: true,
  },
  'tenant-connections': {
    impact: 'The operator cannot see, suspend or revoke connections. Tenants are not affected.',
    timeout: API_TIMEOUT,
    table: [...READ, ...WRITE, 'BatchGetItem'],
    index: END_USER_INDEX.name,
    vault: true,
  },
  credentials: {
    impact: 'The operator cannot manage API keys and identity providers. Tenants are not affected.',
    timeout: API_TIMEOUT,
    table: [...READ, ...WRITE, 'BatchGetItem'],
  },
  tenants: {
    impact:
      'The operator cannot change or suspend tenants, nor rotate keys of the vault. Tenants are not affected.',
    timeout: API_TIMEOUT,
    table: [...READ, ...WRITE, 'BatchGetItem'],
    vault: true,
    makesKeys: true,
  },
  'audit-events': {
    impact: 'The audit trail cannot be read. It is still written; nothing else is affected.',
    timeout: API_TIMEOUT,
    table: [...READ, 'PutItem', 'UpdateItem', 'BatchGetItem'],
  },
  service: {
    impact:
      'Unknown paths, wrong methods and preflights are answered by API Gateway itself; browsers may be refused.',
    timeout: API_TIMEOUT,
  },
}
