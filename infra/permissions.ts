// For each function: what it may do with the table's partitions, the keys and the queue, its timeout, and the impact when it
// fails. test/infra/allowed.ts lists the permissions a second time, so that a review sees a new one.
import { Duration } from 'aws-cdk-lib'
import type { FunctionName } from '#runtime/env.ts'
import type { Access, Permissions } from './permission-types.ts'

/** API Gateway gives up after 30 s. The function ends before, so that its log says why. */
const API_TIMEOUT = Duration.seconds(29)
/** A run may overlap with that of the next minute. Leases keep the two from doing the same work. */
const SCHEDULE_TIMEOUT = Duration.seconds(90)

/** How often the key schedule runs, and how long a run may take. A run continues where the one before was cut off. */
const ROTATION_PERIOD = Duration.hours(1)
const ROTATION_TIMEOUT = Duration.minutes(10)

/** How often events are looked for that the table's stream did not bring. A run may overlap with the next one. */
const PUBLISH_PERIOD = Duration.minutes(1)
const PUBLISH_TIMEOUT = Duration.seconds(60)

const READ = ['GetItem', 'Query'] as const
const WRITE = ['PutItem', 'UpdateItem', 'DeleteItem'] as const
/** A write of something new checks, in the same transaction, that the tenant is not being deleted, nor its app suspended. */
const CREATE = [...WRITE, 'ConditionCheckItem'] as const

/** Appends audit events. */
const AUDIT: Access = { audit: ['PutItem'] }
const SEALING: Access = { ...AUDIT, 'root-keys': READ }
/** Identifies the caller, by an API key or by the issuer and audience of a JWT. */
const CALLERS: Access = { 'api-key': ['GetItem'], issuer: ['BatchGetItem'] }
/** Erases a deleted tenant, including the items in other partitions that point to it. */
const ERASING: Access = {
  usage: ['Query', 'DeleteItem'],
  events: ['Query', 'DeleteItem'],
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
      tenant: [...READ, ...CREATE],
      usage: ['GetItem', 'UpdateItem'],
      'connect-link': ['PutItem'],
    },
    notesKeyUse: true,
    vault: 'opens',
  },
  authorize: {
    impact: 'End users who press "Connect" do not reach ClickFunnels.',
    timeout: API_TIMEOUT,
    table: {
      ...SEALING,
      // It puts the event of a session that the end user declines.
      tenant: [...READ, 'PutItem', 'UpdateItem'],
      'connect-link': ['GetItem', 'UpdateItem'],
      state: ['PutItem'],
    },
    vault: 'opens',
  },
  callback: {
    impact: 'End users who approved at ClickFunnels see an error; nothing is connected.',
    timeout: API_TIMEOUT,
    table: {
      ...SEALING,
      tenant: [...READ, ...CREATE],
      usage: ['GetItem', 'UpdateItem'],
      state: ['GetItem', 'UpdateItem'],
    },
    vault: 'opens',
  },
  connections: {
    impact: 'Tenants cannot see, refresh or disconnect connections. Proxied calls still work.',
    timeout: API_TIMEOUT,
    table: {
      ...SEALING,
      ...CALLERS,
      tenant: [...READ, ...WRITE, 'BatchGetItem'],
      usage: ['UpdateItem'],
    },
    notesKeyUse: true,
    index: 'end-user',
    vault: 'opens',
    recovery: true,
  },
  proxy: {
    impact: 'Tenants cannot call ClickFunnels.',
    timeout: API_TIMEOUT,
    table: { ...SEALING, ...CALLERS, tenant: [...READ, ...WRITE], usage: ['UpdateItem'] },
    notesKeyUse: true,
    vault: 'opens',
    recovery: true,
  },
  'keep-alive': {
    impact:
      'Tokens are not refreshed ahead of time; dead connections are not noticed. Proxied calls still refresh tokens.',
    timeout: SCHEDULE_TIMEOUT,
    // A whole processor: at 512 MB a run does 80 refreshes a second however many wait side by side, for the same price each.
    memoryMb: 1769,
    table: { ...SEALING, tenant: [...READ, ...WRITE] },
    index: 'due',
    vault: 'opens',
    recovery: true,
  },
  'recover-rotations': {
    impact:
      'Rotated tokens whose commit failed wait in the recovery queue; their connections may refuse calls until then.',
    timeout: API_TIMEOUT,
    table: { ...SEALING, tenant: [...READ, ...WRITE] },
    vault: 'opens',
  },
  'rotate-keys': {
    impact:
      'Keys are not rotated, old ones are not deleted, and shredding that was cut off is not finished. Calls are not affected.',
    timeout: ROTATION_TIMEOUT,
    runsEvery: ROTATION_PERIOD,
    writesTenants: true,
    table: {
      ...SEALING,
      ...ERASING,
      tenant: [...READ, ...CREATE],
      tenants: ['Query', 'DeleteItem'],
      'root-keys': [...READ, 'PutItem', 'UpdateItem'],
      'key-rotation': ['GetItem', 'PutItem', 'DeleteItem'],
    },
    vault: 'makes',
    makesKeys: true,
  },
  apps: {
    impact: "The operator cannot change or suspend tenants' apps. Tenants are not affected.",
    timeout: API_TIMEOUT,
    writesTenants: true,
    table: { ...SEALING, tenant: [...READ, ...CREATE], 'root-keys': [...READ, 'PutItem'] },
    vault: 'makes',
  },
  'tenant-connections': {
    impact: 'The operator cannot see, suspend, look at or revoke connections. Tenants are not affected.',
    timeout: API_TIMEOUT,
    writesTenants: true,
    table: {
      ...SEALING,
      ...ERASING,
      tenant: [...READ, ...WRITE, 'BatchGetItem'],
      usage: ['UpdateItem', 'Query', 'DeleteItem'],
    },
    index: 'end-user',
    vault: 'opens',
    recovery: true,
  },
  credentials: {
    impact: 'The operator cannot manage API keys and identity providers. Tenants are not affected.',
    timeout: API_TIMEOUT,
    table: {
      ...AUDIT,
      tenant: [...READ, ...CREATE],
      'api-key': ['BatchGetItem', 'PutItem', 'UpdateItem', 'DeleteItem'],
      issuer: ['PutItem', 'UpdateItem', 'DeleteItem'],
    },
  },
  tenants: {
    impact:
      'The operator cannot change or suspend tenants or rotate keys of the vault. Tenants are not affected.',
    timeout: API_TIMEOUT,
    writesTenants: true,
    table: {
      ...SEALING,
      tenant: [...READ, ...CREATE, 'BatchGetItem'],
      usage: ['GetItem', 'UpdateItem'],
      tenants: ['Query', 'PutItem'],
      // A tenant can be created together with its identity provider.
      issuer: ['BatchGetItem', 'PutItem', 'UpdateItem'],
      'root-keys': [...READ, 'PutItem', 'UpdateItem'],
    },
    vault: 'makes',
    makesKeys: true,
  },
  'audit-events': {
    impact: 'Audit trails cannot be read. They are still written; nothing else is affected.',
    timeout: API_TIMEOUT,
    table: { ...CALLERS, tenant: READ, audit: ['Query', 'PutItem'] },
    notesKeyUse: true,
  },
  events: {
    impact: 'Tenants cannot read their events. Events are still written; nothing else is affected.',
    timeout: API_TIMEOUT,
    table: { ...AUDIT, ...CALLERS, tenant: READ, events: READ },
    notesKeyUse: true,
  },
  'clickfunnels-events': {
    impact:
      'Events of ClickFunnels are refused. ClickFunnels repeats them for 37 hours, and the hourly repair fetches them.',
    timeout: API_TIMEOUT,
    table: { ...SEALING, tenant: [...READ, ...WRITE] },
    vault: 'opens',
    recovery: true,
  },
  'publish-events': {
    impact:
      "Events are stored with their changes, but do not reach tenants' event logs until this function works.",
    timeout: PUBLISH_TIMEOUT,
    runsEvery: PUBLISH_PERIOD,
    table: { tenant: ['Query', 'DeleteItem'], events: ['GetItem', 'PutItem'] },
    index: 'due',
  },
  service: {
    impact:
      'Requests for unknown paths, wrong methods and preflights fail; browsers of other origins may be refused.',
    timeout: API_TIMEOUT,
  },
}
