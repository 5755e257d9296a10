// What the functions for events and webhooks may do.
import { Duration } from 'aws-cdk-lib'
import type { FunctionName } from '#runtime/env.ts'
import { API_TIMEOUT, AUDIT, CALLERS, READ, SEALING, TELLING, WRITE } from './permission-sets.ts'
import type { Permissions } from './permission-types.ts'

/** How often events are looked for that the table's stream did not bring. A run may overlap with the next one. */
const PUBLISH_PERIOD = Duration.minutes(1)
const PUBLISH_TIMEOUT = Duration.seconds(60)

/** How often the senders are woken for what is overdue. */
const WAKE_PERIOD = Duration.minutes(1)
/** A few attempts of 15 s, one after another. */
const SEND_TIMEOUT = Duration.seconds(60)

type EventFunction = Extract<
  FunctionName,
  'events' | 'clickfunnels-events' | 'publish-events' | 'webhook-endpoints' | 'send-webhooks'
>

export const EVENT_PERMISSIONS: Readonly<Record<EventFunction, Permissions>> = {
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
    table: { ...SEALING, ...TELLING, tenant: [...READ, ...WRITE] },
    vault: 'opens',
    recovery: true,
  },
  'publish-events': {
    impact:
      "Events are stored with their changes, but do not reach tenants' event logs until this function works.",
    timeout: PUBLISH_TIMEOUT,
    runsEvery: PUBLISH_PERIOD,
    table: {
      tenant: ['Query', 'DeleteItem'],
      events: ['GetItem', 'PutItem'],
      webhooks: ['Query', 'PutItem'],
    },
    index: 'due',
    wakesSenders: true,
  },
  'webhook-endpoints': {
    impact: 'Tenants cannot manage webhook endpoints. Webhooks are still sent.',
    timeout: API_TIMEOUT,
    table: {
      ...AUDIT,
      ...CALLERS,
      tenant: [...READ, 'ConditionCheckItem'],
      events: READ,
      webhooks: [...READ, ...WRITE],
    },
    notesKeyUse: true,
    wakesSenders: true,
    webhookSecrets: 'makes',
  },
  'send-webhooks': {
    impact: 'Webhooks come late. They are kept, and are sent when this function works again.',
    timeout: SEND_TIMEOUT,
    runsEvery: WAKE_PERIOD,
    table: { events: ['Query'], webhooks: [...READ, 'PutItem', 'DeleteItem'] },
    putsEvents: true,
    index: 'due',
    wakesSenders: true,
    webhookSecrets: 'opens',
  },
}
