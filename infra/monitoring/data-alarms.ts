// Alarms on what must not be lost: rotated tokens, keys, audit events, revocations, and the room that all of them need.
import { CfnParameter, Duration, type Stack } from 'aws-cdk-lib'
import { MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch'
import { CREDENTIALS_REFUSED, MANY_REFUSED } from '#domain/apps/app-health.ts'
import { AUDIT_UNWRITTEN } from '#domain/audit/trail.ts'
import { GRANT_UNSTORED } from '#domain/connect/store-grant.ts'
import { EVENTS_UNPUBLISHED } from '#domain/events/publish-events.ts'
import { SECRET_UNREADABLE } from '#domain/keys/reseal-look.ts'
import { GAVE_UP_REVOKING } from '#domain/revocation/revocation.ts'
import { TOKENS_UNSTORED } from '#domain/tokens/commit-rotation.ts'
import { WEBHOOKS_UNSENT } from '#domain/webhooks/send.ts'
import type { DataStack } from '../data-stack.ts'
import { sum } from './expressions.ts'
import { PERIOD } from './metric-filters.ts'
import type { Watched } from './service-alarms.ts'

const MINUTE = Duration.minutes(1)
const HIGHEST = { statistic: 'Maximum', period: MINUTE }

export function createDataAlarms(stack: Stack, watched: Watched, data: DataStack): void {
  rotations(watched, data)
  logged(watched)
  capacity(stack, watched, data)
}

function rotations({ alarms, filters }: Watched, data: DataStack): void {
  alarms.add(
    {
      name: 'tokens unstored',
      severity: 'page',
      impact:
        'new tokens are in a log line only; unless they are sent to the recovery queue, end users have to connect again.',
    },
    {
      metric: sum('tokens that no store took', PERIOD, {
        rotated: filters.logged(TOKENS_UNSTORED),
        granted: filters.logged(GRANT_UNSTORED),
      }),
      threshold: 1,
    },
  )
  alarms.add(
    {
      name: 'recovery delayed',
      severity: 'page',
      impact:
        'new tokens wait in the recovery queue and no function takes them; calls that need them get 503.',
    },
    { metric: data.recoveryQueue.metricApproximateAgeOfOldestMessage(HIGHEST), threshold: 300 },
  )
  alarms.add(
    {
      name: 'recovery failing',
      severity: 'page',
      impact:
        'new tokens could not be stored for ten minutes, again and again; calls that need them get 503.',
    },
    {
      // SQS leaves messages that were delivered three times out of the age, so that one says nothing about these.
      metric: new MathExpression({
        expression: 'waiting + delivered',
        label: 'messages of the recovery queue',
        usingMetrics: {
          waiting: data.recoveryQueue.metricApproximateNumberOfMessagesVisible(HIGHEST),
          delivered: data.recoveryQueue.metricApproximateNumberOfMessagesNotVisible(HIGHEST),
        },
        period: MINUTE,
      }),
      threshold: 1,
      datapoints: { bad: 10, of: 10 },
    },
  )
  alarms.add(
    {
      name: 'rotations not recovered',
      severity: 'page',
      impact:
        'rotated tokens could not be stored for hours; unless this is solved within 14 days, end users have to connect again.',
    },
    {
      metric: data.recoveryDeadLetters.metricApproximateNumberOfMessagesVisible({
        statistic: 'Maximum',
        period: PERIOD,
      }),
      threshold: 1,
    },
  )
}

function logged({ alarms, filters }: Watched): void {
  const ticket = (name: string, metric: Metric | MathExpression, impact: string, threshold = 1) =>
    alarms.add({ name, severity: 'ticket', impact }, { metric, threshold })

  alarms.add(
    {
      name: 'root key unusable',
      severity: 'page',
      impact:
        "KMS refuses the vault's key: it is disabled or about to be deleted, and no token can be opened.",
    },
    { metric: filters.metric('RootKeyFailures'), threshold: 1 },
  )
  ticket(
    'apps refused',
    filters.logged(CREDENTIALS_REFUSED),
    "ClickFunnels refuses an app's client id and secret; its connections work until their tokens expire.",
  )
  ticket(
    'connections refused',
    filters.logged(MANY_REFUSED),
    'ClickFunnels refuses all connections of an app; callers get 409, and products ask end users to connect again.',
  )
  ticket(
    'connections ending',
    filters.metric('ConnectionsEnded', { period: Duration.hours(1) }),
    'unusually many connections ended within an hour; their end users have to connect again.',
    50,
  )
  ticket(
    'secrets unreadable',
    sum('secrets that do not open', PERIOD, {
      used: filters.metric('UnreadableSecrets'),
      kept: filters.logged(SECRET_UNREADABLE),
    }),
    'a stored token or client secret does not open: a row was changed, moved or restored from another time.',
  )
  ticket(
    'audit-events unwritten',
    filters.logged(AUDIT_UNWRITTEN),
    "events are missing in tenants' audit trails; the functions' logs have them in full, for a month.",
  )
  ticket(
    'revocations given up',
    filters.logged(GAVE_UP_REVOKING),
    'tokens of ended connections may still be valid at ClickFunnels, and nothing revokes them any more.',
  )
  ticket(
    'events unpublished',
    filters.logged(EVENTS_UNPUBLISHED),
    "events do not reach tenants' event logs; they wait in the outbox.",
    5,
  )
  ticket(
    'webhooks unsent',
    filters.logged(WEBHOOKS_UNSENT),
    'webhooks come late because of us; they are kept, and are sent later.',
    5,
  )
}

function capacity(stack: Stack, { alarms }: Watched, { table }: DataStack): void {
  const most = new CfnParameter(stack, 'ConcurrencyAlarm', {
    type: 'Number',
    description:
      "Concurrent executions of the whole account from which the alarm rises. Use 70 % of the account's quota.",
    default: 700,
    minValue: 1,
  }).valueAsNumber
  alarms.add(
    {
      name: 'concurrency high',
      severity: 'page',
      impact:
        'the account is about to run out of concurrent executions; then calls, callbacks and schedules get none.',
    },
    {
      metric: new Metric({
        namespace: 'AWS/Lambda',
        metricName: 'ConcurrentExecutions',
        ...HIGHEST,
      }),
      threshold: most,
      datapoints: { bad: 2, of: 3 },
    },
  )
  const throttled = (metricName: string) =>
    new Metric({
      namespace: 'AWS/DynamoDB',
      metricName,
      dimensionsMap: { TableName: table.tableName },
      statistic: 'Sum',
      period: PERIOD,
    })
  alarms.add(
    {
      name: 'table throttled',
      severity: 'ticket',
      impact: 'DynamoDB refuses reads or writes of the table; what it refuses is repeated and gets slower.',
    },
    {
      metric: sum('throttled reads and writes', PERIOD, {
        reads: throttled('ReadThrottleEvents'),
        writes: throttled('WriteThrottleEvents'),
      }),
      threshold: 10,
      datapoints: { bad: 2, of: 3 },
    },
  )
}
