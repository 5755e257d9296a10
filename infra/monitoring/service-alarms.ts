// Alarms on what callers see: the proxy's objective, answers that never came, the way of an end user, and whether it is
// ClickFunnels that is down. The objective: of all proxied calls in 30 days, 99.95 % do not fail because of us.
import { Duration } from 'aws-cdk-lib'
import type { CompositeAlarm, IMetric } from 'aws-cdk-lib/aws-cloudwatch'
import type { FunctionName } from '#runtime/env.ts'
import type { Functions } from '../functions.ts'
import type { AlarmBook } from './alarm-book.ts'
import { percentage, sum } from './expressions.ts'
import { CONNECT_FUNCTIONS } from './log-metrics.ts'
import { type MetricFilters, PERIOD } from './metric-filters.ts'

/** In percent of all calls. */
const ERROR_BUDGET = 0.05
/** At 14.4 times the budget, two percent of the month's are gone in an hour; at 6 times, five percent in six hours. */
const FAST = { burn: 14.4, long: Duration.hours(1), short: Duration.minutes(5) }
const SLOW = { burn: 6, long: Duration.hours(6), short: Duration.minutes(30) }
/** Fewer failures than this say nothing about a rate. */
const FEW = 3

export interface Watched {
  readonly alarms: AlarmBook
  readonly filters: MetricFilters
  readonly functions: Functions
}

/** @returns the alarm that silences those that follow from ClickFunnels' trouble */
export function createServiceAlarms(watched: Watched): CompositeAlarm {
  proxyObjective(watched)
  answers(watched)
  return clickfunnelsDown(watched)
}

function proxyObjective({ alarms, filters, functions }: Watched): void {
  const { lambda } = functions.proxy
  const failing = (period: Duration) => {
    const bad = {
      ours: filters.metric('ProxyRequests', { period, dimensionsMap: { class: 'ours' } }),
      failed: lambda.metricErrors({ period }),
      throttled: lambda.metricThrottles({ period }),
    }
    const { failed, throttled } = bad
    const all = { calls: filters.metric('ProxyCalls', { period }), failed, throttled }
    return percentage('calls that failed because of us, %', period, bad, all, FEW)
  }
  const burning = ({ burn, long, short }: typeof FAST, speed: string) =>
    [long, short].map((period) =>
      alarms.condition(`proxy failing ${speed} for ${period.toHumanString()}`, {
        metric: failing(period),
        threshold: burn * ERROR_BUDGET,
      }),
    )
  alarms.composite(
    {
      name: 'proxy failing',
      severity: 'page',
      impact: 'calls through the proxy fail because of us, at 14.4 times the rate of the objective.',
    },
    'all',
    burning(FAST, 'fast'),
  )
  alarms.composite(
    {
      name: 'proxy failing slowly',
      severity: 'ticket',
      impact: 'calls through the proxy fail because of us, at 6 times the rate of the objective.',
    },
    'all',
    burning(SLOW, 'slowly'),
  )
  const period = Duration.hours(1)
  alarms.add(
    {
      name: 'calls slow',
      severity: 'ticket',
      impact: 'more than 6 % of the calls spend over 100 ms in this service; the objective is 1 %.',
    },
    {
      metric: percentage(
        'calls with more than 100 ms of overhead, %',
        period,
        { slow: filters.metric('SlowCalls', { period }) },
        { calls: filters.metric('CallsWithToken', { period }) },
        10,
      ),
      threshold: 6,
    },
  )
}

function answers({ alarms, filters, functions }: Watched): void {
  alarms.add(
    {
      name: 'api unanswered',
      severity: 'page',
      impact:
        'callers get a bare 5xx of API Gateway, because functions are throttled, time out or cannot start.',
    },
    { metric: filters.metric('Unanswered'), threshold: 10, datapoints: { bad: 2, of: 3 } },
  )
  const bad: Record<string, IMetric> = {
    ours: filters.metric('ConnectRequests', { dimensionsMap: { class: 'ours' } }),
  }
  for (const [number, name] of CONNECT_FUNCTIONS.entries()) {
    const { lambda } = functions[name as FunctionName]
    bad[`failed${number}`] = lambda.metricErrors({ period: PERIOD })
    bad[`throttled${number}`] = lambda.metricThrottles({ period: PERIOD })
  }
  alarms.add(
    {
      name: 'connecting fails',
      severity: 'page',
      impact: 'end users cannot connect their workspaces; existing connections work.',
    },
    {
      metric: sum('connect requests that failed because of us', PERIOD, bad),
      threshold: FEW,
      datapoints: { bad: 2, of: 3 },
    },
  )
  alarms.add(
    {
      name: 'requests failing',
      severity: 'ticket',
      impact: 'requests of tenants or of the operator fail because of us; proxied calls are not among them.',
    },
    {
      metric: filters.metric('OtherRequests', { dimensionsMap: { class: 'ours' } }),
      threshold: 5,
      datapoints: { bad: 2, of: 3 },
    },
  )
  alarms.add(
    {
      name: 'functions failing',
      severity: 'ticket',
      impact: 'invocations crash, time out or run out of memory.',
    },
    { metric: filters.metric('FailedInvocations'), threshold: FEW, datapoints: { bad: 2, of: 3 } },
  )
}

function clickfunnelsDown({ alarms, filters }: Watched): CompositeAlarm {
  const period = Duration.minutes(1)
  const datapoints = { bad: 3, of: 5 }
  const calls = alarms.condition('clickfunnels fails calls', {
    metric: percentage(
      'calls that ClickFunnels failed, %',
      period,
      { failed: filters.metric('ProxyRequests', { period, dimensionsMap: { class: 'clickfunnels' } }) },
      { calls: filters.metric('ProxyCalls', { period }) },
      5,
    ),
    threshold: 50,
    datapoints,
  })
  const refreshes = alarms.condition('clickfunnels fails refreshes', {
    metric: percentage(
      'refreshes and probes that ClickFunnels failed, %',
      period,
      { failed: filters.metric('KeepAliveUpstreamFailures', { period }) },
      { work: filters.metric('KeepAliveWork', { period }) },
      5,
    ),
    threshold: 50,
    datapoints,
  })
  return alarms.composite(
    {
      name: 'clickfunnels down',
      severity: 'page',
      impact: 'ClickFunnels fails most calls or refreshes of all tenants. No connection is ended meanwhile.',
    },
    'any',
    [calls, refreshes],
  )
}
