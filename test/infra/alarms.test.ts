import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { MANY_REFUSED } from '#domain/apps/app-health.ts'
import { AUDIT_UNWRITTEN } from '#domain/audit/trail.ts'
import { TOKENS_UNSTORED } from '#domain/tokens/commit-rotation.ts'
import { FUNCTION_NAMES } from '#runtime/env.ts'
import { SCHEDULED } from './scheduled.ts'
import { functionResource, resourcesOf, service } from './synthesized.ts'

const alarms = resourcesOf(service, 'AWS::CloudWatch::Alarm').map(([id, { Properties }]) => ({
  id,
  description: Properties.AlarmDescription as string,
  properties: Properties,
}))
const runbook = readFileSync(new URL('../../docs/runbook.md', import.meta.url), 'utf8')
const sections = new Map(
  runbook
    .split(/^## /m)
    .slice(1)
    .map((section) => [section.split('\n', 1)[0]?.trim().replaceAll(' ', '-') ?? '', section]),
)
const anchorOf = (description: string) =>
  / Runbook: docs\/runbook\.md#([a-z-]+)$/.exec(description)?.[1] ?? ''

describe('alarms', () => {
  it.each(alarms)('$id says what it means and names its section of the runbook', ({ description }) => {
    expect(description).toMatch(
      /^[a-z-]+( [a-z-]+)+\. Impact: \S.{20,}[.] Runbook: docs\/runbook\.md#[a-z-]+$/,
    )
  })

  it('exist for every function, for the API, for keep-alive, for rotations, for refusals, for unstored tokens and for audit events', () => {
    const functions = FUNCTION_NAMES.flatMap((name) => [`${name}-errors`, `${name}-throttles`])
    const others = [
      'api-server-errors',
      'audit-events-unwritten',
      'connections-refused',
      'keep-alive-slow',
      'keep-alive-stopped',
      'recovery-delayed',
      'recovery-failing',
      'rotations-not-recovered',
      'tokens-unstored',
    ]
    expect(alarms.map(({ description }) => anchorOf(description)).sort()).toEqual(
      [...functions, ...others].sort(),
    )
  })

  /** What an alarm measures, and when it is raised. */
  const ruleOf = (anchor: string) => {
    const { properties } =
      alarms.find(({ description }) => anchorOf(description) === anchor) ?? alarms[0] ?? {}
    const { Namespace, MetricName, Statistic, Period, Threshold, ComparisonOperator, EvaluationPeriods } =
      properties
    const times = `${EvaluationPeriods} times ${Period} s`
    const missing = `${properties.TreatMissingData} when missing`
    return [
      `${Statistic} of ${Namespace} ${MetricName} is ${ComparisonOperator} ${Threshold}, ${times}, ${missing}`,
      properties.Dimensions?.map(({ Name, Value }: { Name: string; Value: unknown }) => [Name, Value]),
    ]
  }
  const AT_LEAST = 'GreaterThanOrEqualToThreshold'

  it.each(FUNCTION_NAMES)('of %s are raised when it fails or is throttled twice in a row', (name) => {
    const period = SCHEDULED[name]?.alarmSeconds ?? 300
    const dimensions = [['FunctionName', { Ref: functionResource(name)[0] }]]
    for (const [what, metric] of [
      ['errors', 'Errors'],
      ['throttles', 'Throttles'],
    ]) {
      expect(ruleOf(`${name}-${what}`)).toEqual([
        `Sum of AWS/Lambda ${metric} is ${AT_LEAST} 1, 2 times ${period} s, notBreaching when missing`,
        dimensions,
      ])
    }
  })

  it('of the service as a whole are raised as the runbook says', () => {
    const keepAlive = [['FunctionName', { Ref: functionResource('keep-alive')[0] }]]
    expect(ruleOf('api-server-errors')).toEqual([
      `Sum of AWS/ApiGateway 5xx is ${AT_LEAST} 10, 2 times 300 s, notBreaching when missing`,
      [['ApiId', { Ref: 'ApiHttp17514DA7' }]],
    ])
    expect(ruleOf('keep-alive-slow')).toEqual([
      `Maximum of AWS/Lambda Duration is ${AT_LEAST} 60000, 3 times 300 s, notBreaching when missing`,
      keepAlive,
    ])
    expect(ruleOf('keep-alive-stopped')).toEqual([
      'Sum of AWS/Lambda Invocations is LessThanThreshold 1, 3 times 300 s, breaching when missing',
      keepAlive,
    ])
    const messages = 'AWS/SQS ApproximateNumberOfMessagesVisible'
    expect(ruleOf('rotations-not-recovered')).toEqual([
      `Maximum of ${messages} is ${AT_LEAST} 1, 1 times 300 s, notBreaching when missing`,
      [['QueueName', { 'Fn::ImportValue': expect.stringContaining('RecoveryDeadLetters32BD5CB3') }]],
    ])
    const queue = [['QueueName', { 'Fn::ImportValue': expect.stringContaining('RecoveryQueueF1C7E043') }]]
    expect(ruleOf('recovery-delayed')).toEqual([
      `Maximum of AWS/SQS ApproximateAgeOfOldestMessage is ${AT_LEAST} 120, 2 times 60 s, notBreaching when missing`,
      queue,
    ])
    expect(ruleOf('connections-refused')).toEqual([
      `Sum of FunnelConnect ConnectionsRefused is ${AT_LEAST} 1, 1 times 300 s, notBreaching when missing`,
      undefined,
    ])
    expect(ruleOf('tokens-unstored')).toEqual([
      `Sum of FunnelConnect TokensUnstored is ${AT_LEAST} 1, 1 times 300 s, notBreaching when missing`,
      undefined,
    ])
    expect(ruleOf('audit-events-unwritten')).toEqual([
      `Sum of FunnelConnect AuditEventsUnwritten is ${AT_LEAST} 1, 1 times 300 s, notBreaching when missing`,
      undefined,
    ])
  })

  it('are raised when messages stay in the recovery queue for ten minutes, however often they are delivered', () => {
    const { properties } = alarms.find(({ id }) => id.startsWith('RecoveryFailing')) ?? {}
    const { Metrics, Threshold, EvaluationPeriods, ComparisonOperator } = properties ?? {}
    expect([Threshold, EvaluationPeriods, ComparisonOperator]).toEqual([1, 10, AT_LEAST])
    expect(Metrics.map(({ Expression }: { Expression?: string }) => Expression)).toContain(
      'waiting + delivered',
    )
    const measured = Metrics.flatMap(({ MetricStat }: { MetricStat?: { Metric: { MetricName: string } } }) =>
      MetricStat === undefined ? [] : [MetricStat.Metric.MetricName],
    )
    expect(measured).toEqual(['ApproximateNumberOfMessagesVisible', 'ApproximateNumberOfMessagesNotVisible'])
  })

  it.each([
    ['AuditEventsUnwritten', AUDIT_UNWRITTEN],
    ['ConnectionsRefused', MANY_REFUSED],
    ['TokensUnstored', TOKENS_UNSTORED],
  ])('count %s in the log of every function', (name, message) => {
    const filters = resourcesOf(service, 'AWS::Logs::MetricFilter')
      .map(([, { Properties }]) => Properties)
      .filter(({ MetricTransformations: [{ MetricName }] }) => MetricName === name)
    expect(filters.map(({ LogGroupName }) => LogGroupName)).toEqual(
      FUNCTION_NAMES.map((name) => functionResource(name)[1].Properties.LoggingConfig.LogGroup),
    )
    for (const { FilterPattern, MetricTransformations } of filters) {
      expect(FilterPattern).toBe(`{ $.message = "${message}" }`)
      expect(MetricTransformations).toEqual([
        { MetricName: name, MetricNamespace: 'FunnelConnect', MetricValue: '1' },
      ])
    }
  })
})

describe('runbook', () => {
  it.each(alarms)('has a section for $id', ({ description }) => {
    const section = sections.get(anchorOf(description)) ?? ''
    expect(section).toMatch(/\*\*Impact\.\*\* \S/)
    expect(section).toMatch(/\*\*Investigate\.\*\* \S/)
    expect(section).toMatch(/\*\*Resolve\.\*\* \S/)
  })

  it('has no section about an alarm that is gone', () => {
    const known = new Set(alarms.map(({ description }) => anchorOf(description)))
    const about = [...sections.keys()].filter((anchor) =>
      /-(errors|throttles|slow|stopped|recovered|unwritten|delayed|failing|refused)$/.test(anchor),
    )
    expect(about.filter((anchor) => !known.has(anchor))).toEqual([])
  })
})
