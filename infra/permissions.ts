// What each function may do with the table's partitions, the keys and the queue, how long it may take, and who is hurt while
// it fails. least-privilege.test.ts lists it a second time.
import { Duration } from 'aws-cdk-lib'
import type { Partition } from '#adapters/dynamodb/partitions.ts'
import type { FunctionName } from '#runtime/env.ts'

/** API Gateway gives up after 30 s; the function should have said why before. */
const API_TIMEOUT = Duration.seconds(29)
/** A run may reach into the next minute's: leases keep the two from doing the same work. */
const SCHEDULE_TIMEOUT = Duration.seconds(90)

/** How often keys are looked after, and how long a run may take; the next one goes on where it was cut off. */
const ROTATION_PERIOD = Duration.hours(1)
const ROTATION_TIMEOUT = Duration.minutes(10)

/** Actions on items, without the prefix "dynamodb:". */
export type ItemAction =
  | 'GetItem'
  | 'BatchGetItem'
  | 'Query'
  | 'PutItem'
  | 'UpdateItem'
  | 'DeleteItem'
  | 'ConditionCheckItem'
type Access = Readonly<Partial<Record<Partition, readonly ItemAction[]>>>

export interface Permissions {
  readonly impact: string
  readonly timeout: Duration
  /** Has a schedule of its own: how often it runs. Its alarms are raised by two runs in a row that fail. */
  readonly runsEvery?: Duration
  /** What it may do in each partition of the table. */
  readonly table?: Access
  /** May note when an API key was last used, and change nothing else of it. */
  readonly notesKeyUse?: true
  /** Index that may be queried. */
  readonly index?: 'due' | 'end-user'
  /** May put what it cannot commit into the recovery queue. */
  readonly recovery?: true
  /** May make and open root keys: every function that seals or opens a secret. */
  readonly vault?: true
  /** May rotate the key of a tenant that brought its own KMS key. */
  readonly makesKeys?: true
}

const READ = ['GetItem', 'Query'] as const
/**
 * A write that stores something new for a tenant checks, in the same transaction, that the tenant is not being deleted or
 * shredded. A function that seals does so, too, because the tenant may have no key yet.
 */
const CHECK = 'ConditionCheckItem'
const WRITE = ['PutItem', 'UpdateItem', 'DeleteItem', CHECK] as const

/** Appends audit events. */
const AUDIT: Access = { audit: ['PutItem'] }
/** Seals or opens secrets: the first to need a root key makes it. */
const SEALING: Access = { ...AUDIT, 'root-keys': [...READ, 'PutItem'] }
/** Finds out who is calling, by an API key or by the issuer and audience of a JWT. */
const CALLERS: Access = { 'api-key': ['GetItem'], issuer: ['BatchGetItem'] }
/** Erases a deleted tenant, and what leads to its items from other partitions. */
const ERASING: Access = {
  usage: ['UpdateItem', 'Query', 'DeleteItem'],
  tenants: ['DeleteItem'],
  'api-key': ['DeleteItem'],
  issuer: ['DeleteItem'],
}

export const PERMISSIONS: Readonly<Record<FunctionName, Permissions>> = {
  'connect-sessions': {
    impact: 'Tenants cannot start or complete connect sessions.',
    timeout: API_TIMEOUT,
    table: {
      ...SEALING,
      ...CALLERS,
      tenant: [...READ, ...WRITE],
      usage: ['GetItem', 'UpdateItem'],
      'connect-link': ['PutItem'],
    },
    notesKeyUse: true,
    vault: true,
  },
  authorize: {
    impact: 'End users who press "Connect" do not get to ClickFunnels.',
    timeout: API_TIMEOUT,
    table: {
      ...SEALING,
      tenant: [...READ, 'PutItem', 'UpdateItem', CHECK],
      usage: ['GetItem'],
      'connect-link': ['GetItem'],
      state: ['PutItem'],
    },
    vault: true,
  },
  callback: {
    impact: 'End users who approved at ClickFunnels end on an error; nothing is connected.',
    timeout: API_TIMEOUT,
    table: {
      ...SEALING,
      tenant: [...READ, ...WRITE],
      usage: ['GetItem', 'UpdateItem'],
      state: ['GetItem', 'DeleteItem'],
    },
    vault: true,
  },
  connections: {
    impact: 'Tenants cannot see, refresh or disconnect connections. Proxied calls go on.',
    timeout: API_TIMEOUT,
    table: {
      ...SEALING,
      ...CALLERS,
      tenant: [...READ, ...WRITE, 'BatchGetItem'],
      usage: ['UpdateItem'],
    },
    notesKeyUse: true,
    index: 'end-user',
    vault: true,
    recovery: true,
  },
  proxy: {
    impact: 'Tenants cannot call ClickFunnels.',
    timeout: API_TIMEOUT,
    table: { ...SEALING, ...CALLERS, tenant: [...READ, ...WRITE], usage: ['UpdateItem'] },
    notesKeyUse: true,
    vault: true,
    recovery: true,
  },
  'keep-alive': {
    impact:
      'Tokens are not refreshed ahead of time; dead connections are not noticed. Proxied calls refresh by themselves.',
    timeout: SCHEDULE_TIMEOUT,
    table: { ...SEALING, tenant: [...READ, ...WRITE] },
    index: 'due',
    vault: true,
    recovery: true,
  },
  'recover-rotations': {
    impact:
      'Rotated tokens whose commit failed wait in the recovery queue; their connections may refuse calls until then.',
    timeout: API_TIMEOUT,
    table: { ...SEALING, tenant: [...READ, ...WRITE] },
    vault: true,
  },
  'rotate-keys': {
    impact:
      'Keys are not rotated and old ones not cleared away; shredding that was cut off stays so. Calls are not affected.',
    timeout: ROTATION_TIMEOUT,
    runsEvery: ROTATION_PERIOD,
    table: {
      ...SEALING,
      ...ERASING,
      tenant: [...READ, ...WRITE],
      tenants: ['Query', 'DeleteItem'],
      'root-keys': [...READ, 'PutItem', 'UpdateItem'],
      'key-rotation': ['GetItem', 'PutItem', 'DeleteItem'],
    },
    vault: true,
    makesKeys: true,
  },
  apps: {
    impact: "The operator cannot change or suspend tenants' apps. Tenants are not affected.",
    timeout: API_TIMEOUT,
    table: { ...SEALING, tenant: [...READ, ...WRITE] },
    vault: true,
  },
  'tenant-connections': {
    impact: 'The operator cannot see, suspend or revoke connections. Tenants are not affected.',
    timeout: API_TIMEOUT,
    table: { ...SEALING, ...ERASING, tenant: [...READ, ...WRITE, 'BatchGetItem'] },
    index: 'end-user',
    vault: true,
  },
  credentials: {
    impact: 'The operator cannot manage API keys and identity providers. Tenants are not affected.',
    timeout: API_TIMEOUT,
    table: {
      ...AUDIT,
      tenant: [...READ, ...WRITE],
      'api-key': ['BatchGetItem', 'PutItem', 'UpdateItem', 'DeleteItem'],
      issuer: ['BatchGetItem', 'PutItem', 'DeleteItem'],
    },
  },
  tenants: {
    impact:
      'The operator cannot change or suspend tenants, nor rotate keys of the vault. Tenants are not affected.',
    timeout: API_TIMEOUT,
    table: {
      ...SEALING,
      tenant: [...READ, ...WRITE, 'BatchGetItem'],
      usage: ['GetItem', 'UpdateItem'],
      tenants: ['Query', 'PutItem'],
      // A tenant may be made together with its identity provider.
      issuer: ['BatchGetItem', 'PutItem'],
      'root-keys': [...READ, 'PutItem', 'UpdateItem'],
    },
    vault: true,
    makesKeys: true,
  },
  'audit-events': {
    impact: 'The audit trail cannot be read. It is still written; nothing else is affected.',
    timeout: API_TIMEOUT,
    table: { ...CALLERS, tenant: READ, audit: ['Query', 'PutItem'] },
    notesKeyUse: true,
  },
  service: {
    impact:
      'Unknown paths, wrong methods and preflights are answered by API Gateway itself; browsers may be refused.',
    timeout: API_TIMEOUT,
  },
}
