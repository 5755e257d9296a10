// For each function: what it may do with the table's partitions, the keys and the queue, its timeout, and the impact when it
// fails. test/infra/allowed.ts lists the permissions a second time, so that a review sees a new one.
import { Duration } from 'aws-cdk-lib'
import type { FunctionName } from '#runtime/env.ts'
import { EVENT_PERMISSIONS } from './event-permissions.ts'
import {
  API_TIMEOUT,
  AUDIT,
  CALLERS,
  CREATE,
  ERASING,
  READ,
  SEALING,
  TELLING,
  WRITE,
} from './permission-sets.ts'
import type { Permissions } from './permission-types.ts'

/** A run may overlap with that of the next minute. Leases keep the two from doing the same work. */
const SCHEDULE_TIMEOUT = Duration.seconds(90)

/** How often the key schedule runs, and how long a run may take. A run continues where the one before was cut off. */
const ROTATION_PERIOD = Duration.hours(1)
const ROTATION_TIMEOUT = Duration.minutes(10)

export const PERMISSIONS: Readonly<Record<FunctionName, Permissions>> = {
  'connect-sessions': {
    impact: 'Tenants cannot start or complete connect sessions, nor import connections.',
    timeout: API_TIMEOUT,
    table: {
      ...SEALING,
      ...TELLING,
      ...CALLERS,
      // The import of connections reads those of an end user in one call.
      tenant: [...READ, ...CREATE, 'BatchGetItem'],
      usage: ['GetItem', 'UpdateItem'],
      'connect-link': ['PutItem'],
    },
    notesKeyUse: true,
    index: 'end-user',
    vault: 'opens',
  },
  manage: {
    impact: 'End users cannot open the hosted page of their connections.',
    timeout: API_TIMEOUT,
    table: {
      ...SEALING,
      ...TELLING,
      ...CALLERS,
      tenant: [...READ, ...WRITE, 'BatchGetItem'],
      usage: ['GetItem', 'UpdateItem'],
      'connect-link': ['PutItem'],
      'manage-link': ['GetItem', 'PutItem', 'UpdateItem'],
    },
    notesKeyUse: true,
    index: 'end-user',
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
      ...TELLING,
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
      usage: ['GetItem', 'UpdateItem'],
      timeline: ['Query', 'PutItem'],
    },
    notesKeyUse: true,
    index: 'end-user',
    vault: 'opens',
    recovery: true,
  },
  proxy: {
    impact: 'Tenants cannot call ClickFunnels.',
    timeout: API_TIMEOUT,
    table: {
      ...SEALING,
      ...TELLING,
      ...CALLERS,
      tenant: [...READ, ...WRITE],
      usage: ['GetItem', 'UpdateItem'],
    },
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
    table: { ...SEALING, ...TELLING, tenant: [...READ, ...WRITE] },
    index: 'due',
    vault: 'opens',
    recovery: true,
  },
  'recover-rotations': {
    impact:
      'Rotated tokens whose commit failed wait in the recovery queue; their connections may refuse calls until then.',
    timeout: API_TIMEOUT,
    table: { ...SEALING, ...TELLING, tenant: [...READ, ...WRITE] },
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
      timeline: ['Query', 'PutItem', 'DeleteItem'],
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
      timeline: ['Query', 'PutItem', 'DeleteItem'],
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
  ...EVENT_PERMISSIONS,
  service: {
    impact:
      'Requests for unknown paths, wrong methods and preflights fail; browsers of other origins may be refused.',
    timeout: API_TIMEOUT,
  },
}
