// Alarms on the schedule that keeps connections alive: whether each of its shards runs, how late it is, what it fails at.
import { Duration } from 'aws-cdk-lib'
import { ComparisonOperator, type IAlarm, MathExpression, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch'
import { percentage, sum } from './expressions.ts'
import { PERIOD } from './metric-filters.ts'
import type { Watched } from './service-alarms.ts'

/** An alarm on metric math has ten metrics at most. */
const SHARDS_PER_ALARM = 8
const MINUTE = Duration.minutes(1)
const LESS_THAN = ComparisonOperator.LESS_THAN_THRESHOLD

export function createKeepAliveAlarms(watched: Watched, shards: number, clickfunnelsDown: IAlarm): void {
  runs(watched, shards)
  lag(watched, clickfunnelsDown)
  schedules(watched)
}

function runs({ alarms, filters }: Watched, shards: number): void {
  for (let first = 0; first < shards; first += SHARDS_PER_ALARM) {
    const series = Array.from({ length: Math.min(SHARDS_PER_ALARM, shards - first) }, (_, at) => first + at)
    const condition = {
      metric: new MathExpression({
        label: 'runs of the shard that ran least',
        period: PERIOD,
        expression: `MIN([${series.map((shard) => `FILL(shard${shard}, 0)`).join(', ')}])`,
        usingMetrics: Object.fromEntries(
          series.map((shard) => [
            `shard${shard}`,
            filters.metric('KeepAliveRuns', { dimensionsMap: { shard: String(shard) } }),
          ]),
        ),
      }),
      threshold: 1,
      comparison: LESS_THAN,
      // Without runs of any shard there is no data.
      missing: TreatMissingData.BREACHING,
    }
    const announcement = {
      name: 'keep-alive stopped',
      severity: 'page',
      impact:
        'a share of the connections was not refreshed, probed or revoked in the background for five minutes.',
    } as const
    alarms.add(announcement, condition, first === 0 ? undefined : `from shard ${first}`)
  }
  alarms.add(
    {
      name: 'keep-alive failing',
      severity: 'page',
      impact: 'more than 1 % of the background work fails because of us; its connections may expire.',
    },
    {
      metric: percentage(
        'pieces of work that failed because of us, %',
        PERIOD,
        { errors: filters.metric('KeepAliveErrors') },
        { work: filters.metric('KeepAliveWork') },
        3,
      ),
      threshold: 1,
      datapoints: { bad: 2, of: 3 },
    },
  )
}

function lag({ alarms, filters }: Watched, clickfunnelsDown: IAlarm): void {
  const lagging = alarms.condition('due lag over ten minutes', {
    metric: filters.metric('DueLagSeconds', { statistic: 'Maximum', period: MINUTE }),
    threshold: 600,
    datapoints: { bad: 5, of: 5 },
  })
  alarms.composite(
    {
      name: 'keep-alive lagging',
      severity: 'page',
      impact: 'connections wait more than ten minutes for their refresh, so tokens may expire before it.',
    },
    'any',
    [lagging],
    clickfunnelsDown,
  )
  const period = Duration.hours(1)
  const late = alarms.condition('refreshes after expiry', {
    metric: percentage(
      'refreshes after the token had expired, %',
      period,
      { late: filters.metric('KeepAliveLate', { period }) },
      { refreshed: filters.metric('KeepAliveRefreshed', { period }) },
      5,
    ),
    threshold: 0.6,
  })
  alarms.composite(
    {
      name: 'refreshes late',
      severity: 'ticket',
      impact:
        'tokens expired before their refresh, at 6 times the rate of the objective (99.9 % are refreshed before).',
    },
    'any',
    [late],
    clickfunnelsDown,
  )
}

function schedules({ alarms, functions }: Watched): void {
  const period = Duration.minutes(15)
  const dropped = (name: 'keep-alive' | 'publish-events' | 'rotate-keys') =>
    functions[name].lambda.metric('AsyncEventsDropped', { statistic: 'Sum', period })
  alarms.add(
    {
      name: 'schedule events dropped',
      severity: 'ticket',
      impact: 'scheduled runs did not start, because Lambda had no room for them in time.',
    },
    {
      metric: sum('scheduled runs that Lambda dropped', period, {
        refreshes: dropped('keep-alive'),
        events: dropped('publish-events'),
        keys: dropped('rotate-keys'),
      }),
      threshold: 3,
    },
  )
  const hours = Duration.hours(3)
  const invoked = (name: 'publish-events' | 'rotate-keys') =>
    functions[name].lambda.metricInvocations({ period: hours })
  alarms.add(
    {
      name: 'schedules stopped',
      severity: 'ticket',
      impact: 'keys are not rotated, or events that the stream did not bring are not published.',
    },
    {
      metric: new MathExpression({
        label: 'invocations of the schedule that ran least',
        period: hours,
        expression: 'MIN([FILL(events, 0), FILL(keys, 0)])',
        usingMetrics: { events: invoked('publish-events'), keys: invoked('rotate-keys') },
      }),
      threshold: 1,
      comparison: LESS_THAN,
      missing: TreatMissingData.BREACHING,
    },
  )
}
