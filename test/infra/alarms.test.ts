// The alarms of the template: what each measures, whom it wakes, and that a person can tap to its section of the runbook.
import { join } from 'node:path'
import { App } from 'aws-cdk-lib'
import { Template } from 'aws-cdk-lib/assertions'
import { describe, expect, it } from 'vitest'
import { DataStack } from '../../infra/data-stack.ts'
import { referenced, textOf } from '../../infra/local/cloudwatch/alarms.ts'
import { ServiceStack } from '../../infra/service-stack.ts'
import { directory, resourcesOf, service } from './synthesized.ts'

const PREFIX = 'FunnelConnectService-'
const alarms = [
  ...resourcesOf(service, 'AWS::CloudWatch::Alarm'),
  ...resourcesOf(service, 'AWS::CloudWatch::CompositeAlarm'),
].map(([id, { Type, Properties }]) => ({
  id,
  name: String(Properties.AlarmName).slice(PREFIX.length),
  composite: Type.endsWith('CompositeAlarm'),
  properties: Properties,
}))
const notifying = alarms.filter(({ properties }) => properties.AlarmActions !== undefined)
const conditions = alarms.filter(({ properties }) => properties.AlarmActions === undefined)

/** What the condition is, in words. */
function ruleOf({ properties }: (typeof alarms)[number]): string {
  const {
    Threshold,
    ComparisonOperator,
    EvaluationPeriods: of,
    DatapointsToAlarm: bad,
    Metrics = [],
  } = properties
  const { Expression } = Metrics.find((one: { ReturnData?: boolean }) => one.ReturnData !== false) ?? {}
  const stats = Metrics.filter(({ MetricStat }: { MetricStat?: object }) => MetricStat !== undefined)
  const first = stats[0]?.MetricStat
  const measured =
    Expression ??
    `${first?.Stat ?? properties.Statistic} of ${first?.Metric.MetricName ?? properties.MetricName}`
  const threshold =
    typeof Threshold === 'number' ? String(Number(Threshold.toFixed(6))) : `«${Threshold.Ref}»`
  const sign = ComparisonOperator === 'LessThanThreshold' ? '<' : '>='
  const missing = properties.TreatMissingData === 'breaching' ? ', breaching when missing' : ''
  return `${measured} ${sign} ${threshold}, ${bad} of ${of} × ${properties.Period ?? first.Period} s${missing}`
}

describe('alarms', () => {
  it.each(notifying.map((alarm) => [alarm.name, alarm] as const))(
    '%s has a severity, its topic, an impact and its section',
    (name, { properties }) => {
      const text = textOf(properties.AlarmDescription)
      const [, severity = '', section = ''] =
        /^\[(page|ticket)\] .{5,40}: .{20,}[.] \r\nRunbook: «RunbookUrl»#([a-z-]+)$/.exec(text) ?? []
      expect(name.startsWith(section), text).toBe(true)
      const topic = severity === 'page' ? 'PageTopic' : 'TicketTopic'
      expect(properties.AlarmActions).toEqual([
        {
          'Fn::If': [
            `Has${topic}Arn`,
            { Ref: `${topic}Arn` },
            { Ref: expect.stringMatching(`^${topic}[0-9A-F]{8}$`) },
          ],
        },
      ])
      expect(properties.ActionsEnabled).toBe(true)
    },
  )

  it('that notify nobody are conditions of one that does', () => {
    const used = notifying
      .filter(({ composite }) => composite)
      .flatMap(({ properties }) => referenced(textOf(properties.AlarmRule)))
    expect(conditions.map(({ id }) => id).sort()).toEqual(used.sort())
  })

  it('measure what the runbook says', () => {
    const simple = alarms.filter(({ composite }) => !composite)
    expect(Object.fromEntries(simple.map((alarm) => [alarm.name, ruleOf(alarm)]))).toMatchInlineSnapshot(`
      {
        "api-unanswered": "Sum of Unanswered >= 10, 2 of 3 × 300 s",
        "apps-refused": "Sum of LoggedErrors >= 1, 1 of 1 × 300 s",
        "audit-events-unwritten": "Sum of LoggedErrors >= 1, 1 of 1 × 300 s",
        "calls-slow": "IF((FILL(slow, 0)) >= 10, 100 * (FILL(slow, 0)) / (FILL(calls, 0)), 0) >= 6, 1 of 1 × 3600 s",
        "clickfunnels-fails-calls": "IF((FILL(failed, 0)) >= 5, 100 * (FILL(failed, 0)) / (FILL(calls, 0)), 0) >= 50, 3 of 5 × 60 s",
        "clickfunnels-fails-refreshes": "IF((FILL(failed, 0)) >= 5, 100 * (FILL(failed, 0)) / (FILL(work, 0)), 0) >= 50, 3 of 5 × 60 s",
        "concurrency-high": "Maximum of ConcurrentExecutions >= «ConcurrencyAlarm», 2 of 3 × 60 s",
        "connecting-fails": "FILL(ours, 0) + FILL(failed0, 0) + FILL(throttled0, 0) + FILL(failed1, 0) + FILL(throttled1, 0) + FILL(failed2, 0) + FILL(throttled2, 0) >= 3, 2 of 3 × 300 s",
        "connections-ending": "Sum of ConnectionsEnded >= 50, 1 of 1 × 3600 s",
        "connections-refused": "Sum of LoggedErrors >= 1, 1 of 1 × 300 s",
        "due-lag-over-ten-minutes": "Maximum of DueLagSeconds >= 600, 5 of 5 × 60 s",
        "events-unpublished": "Sum of LoggedErrors >= 5, 1 of 1 × 300 s",
        "functions-failing": "Sum of FailedInvocations >= 3, 2 of 3 × 300 s",
        "keep-alive-failing": "IF((FILL(errors, 0)) >= 3, 100 * (FILL(errors, 0)) / (FILL(work, 0)), 0) >= 1, 2 of 3 × 300 s",
        "keep-alive-stopped": "MIN([FILL(shard0, 0), FILL(shard1, 0), FILL(shard2, 0), FILL(shard3, 0)]) < 1, 1 of 1 × 300 s, breaching when missing",
        "proxy-failing-fast-for-1-hour": "IF((FILL(ours, 0) + FILL(failed, 0) + FILL(throttled, 0)) >= 3, 100 * (FILL(ours, 0) + FILL(failed, 0) + FILL(throttled, 0)) / (FILL(calls, 0) + FILL(failed, 0) + FILL(throttled, 0)), 0) >= 0.72, 1 of 1 × 3600 s",
        "proxy-failing-fast-for-5-minutes": "IF((FILL(ours, 0) + FILL(failed, 0) + FILL(throttled, 0)) >= 3, 100 * (FILL(ours, 0) + FILL(failed, 0) + FILL(throttled, 0)) / (FILL(calls, 0) + FILL(failed, 0) + FILL(throttled, 0)), 0) >= 0.72, 1 of 1 × 300 s",
        "proxy-failing-slowly-for-30-minutes": "IF((FILL(ours, 0) + FILL(failed, 0) + FILL(throttled, 0)) >= 3, 100 * (FILL(ours, 0) + FILL(failed, 0) + FILL(throttled, 0)) / (FILL(calls, 0) + FILL(failed, 0) + FILL(throttled, 0)), 0) >= 0.3, 1 of 1 × 1800 s",
        "proxy-failing-slowly-for-6-hours": "IF((FILL(ours, 0) + FILL(failed, 0) + FILL(throttled, 0)) >= 3, 100 * (FILL(ours, 0) + FILL(failed, 0) + FILL(throttled, 0)) / (FILL(calls, 0) + FILL(failed, 0) + FILL(throttled, 0)), 0) >= 0.3, 1 of 1 × 21600 s",
        "recovery-delayed": "Maximum of ApproximateAgeOfOldestMessage >= 300, 1 of 1 × 60 s",
        "recovery-failing": "waiting + delivered >= 1, 10 of 10 × 60 s",
        "refreshes-after-expiry": "IF((FILL(late, 0)) >= 5, 100 * (FILL(late, 0)) / (FILL(refreshed, 0)), 0) >= 0.6, 1 of 1 × 3600 s",
        "requests-failing": "Sum of OtherRequests >= 5, 2 of 3 × 300 s",
        "revocations-given-up": "Sum of LoggedErrors >= 1, 1 of 1 × 300 s",
        "root-key-unusable": "Sum of RootKeyFailures >= 1, 1 of 1 × 300 s",
        "rotations-not-recovered": "Maximum of ApproximateNumberOfMessagesVisible >= 1, 1 of 1 × 300 s",
        "schedule-events-dropped": "FILL(refreshes, 0) + FILL(events, 0) + FILL(keys, 0) >= 3, 1 of 1 × 900 s",
        "schedules-stopped": "MIN([FILL(events, 0), FILL(keys, 0)]) < 1, 1 of 1 × 10800 s, breaching when missing",
        "secrets-unreadable": "FILL(used, 0) + FILL(kept, 0) >= 1, 1 of 1 × 300 s",
        "table-throttled": "FILL(reads, 0) + FILL(writes, 0) >= 10, 2 of 3 × 300 s",
        "tokens-unstored": "FILL(rotated, 0) + FILL(granted, 0) >= 1, 1 of 1 × 300 s",
        "webhooks-unsent": "Sum of LoggedErrors >= 5, 1 of 1 × 300 s",
      }
    `)
  })

  it('that follow from an outage of ClickFunnels are silent while it lasts', () => {
    const down = alarms.find(({ name }) => name === 'clickfunnels-down')
    const silenced = alarms.filter(({ properties }) => properties.ActionsSuppressor !== undefined)
    expect(silenced.map(({ name }) => name)).toEqual(['keep-alive-lagging', 'refreshes-late'])
    for (const { properties } of silenced) {
      expect(referenced(textOf(properties.ActionsSuppressor))).toEqual([down?.id])
    }
  })

  it('of the objective rise when it burns in the long and in the short window', () => {
    for (const name of ['proxy-failing', 'proxy-failing-slowly']) {
      const { properties } = alarms.find((alarm) => alarm.name === name) ?? { properties: {} }
      expect(textOf(properties.AlarmRule)).toMatch(/^\(ALARM\("«\w+»"\) AND ALARM\("«\w+»"\)\)$/)
    }
  })

  it('read no more metrics than an alarm may have', () => {
    for (const { name, properties } of alarms) {
      const stats = (properties.Metrics ?? []).filter(
        (one: { MetricStat?: object }) => one.MetricStat !== undefined,
      )
      expect(stats.length, name).toBeLessThanOrEqual(10)
    }
  })
})

it('of 32 shards of keep-alive are four, each on eight of them', { timeout: 60_000 }, () => {
  const app = new App({ context: { keepAliveShards: 32 }, treeMetadata: false })
  const env = { region: 'eu-central-1' }
  const data = new DataStack(app, 'Data', { env })
  const stack = new ServiceStack(app, 'Service', { env, data, bundles: join(directory, 'bundles') })
  const { Resources } = Template.fromStack(stack).toJSON()
  const stopped = Object.values(Resources as typeof service.Resources).filter(({ Properties }) =>
    String(Properties?.AlarmName).startsWith('Service-keep-alive-stopped'),
  )
  expect(stopped.map(({ Properties }) => Properties.AlarmName)).toEqual([
    'Service-keep-alive-stopped',
    'Service-keep-alive-stopped-from-shard-8',
    'Service-keep-alive-stopped-from-shard-16',
    'Service-keep-alive-stopped-from-shard-24',
  ])
  for (const { Properties } of stopped) {
    expect(textOf(Properties.AlarmDescription)).toMatch(/#keep-alive-stopped$/)
    expect(Properties.Metrics).toHaveLength(9)
  }
})

describe('topics', () => {
  const topics = resourcesOf(service, 'AWS::SNS::Topic').map(([id]) => id)

  it('let CloudWatch publish for this account, over TLS only', () => {
    const policies = resourcesOf(service, 'AWS::SNS::TopicPolicy').flatMap(
      ([, { Properties }]) => Properties.PolicyDocument.Statement,
    )
    expect(policies).toHaveLength(2 * topics.length)
    for (const topic of topics) {
      expect(policies).toContainEqual({
        Sid: '1',
        Action: 'sns:Publish',
        Effect: 'Allow',
        Principal: { Service: 'cloudwatch.amazonaws.com' },
        Resource: { Ref: topic },
        Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
      })
    }
  })

  it('send mail if an address is given', () => {
    const mails = resourcesOf(service, 'AWS::SNS::Subscription')
    expect(mails.map(([, { Properties }]) => Properties)).toEqual(
      topics.map((topic) => ({
        Protocol: 'email',
        Endpoint: { Ref: 'AlarmEmail' },
        TopicArn: { Ref: topic },
      })),
    )
    for (const [, resource] of mails) expect(resource).toHaveProperty('Condition', 'HasAlarmEmail')
  })
})
