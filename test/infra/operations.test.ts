// What runs the service when nobody looks: the schedules, and the alarms with their way out.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { DUE_SHARDS } from '../../shared/adapters/table.ts'
import { FUNCTION_NAMES, functionAt, type Json, ofType, serviceStack } from './synthesized.ts'

const schedules = ofType(serviceStack, 'AWS::Scheduler::Schedule').map(([, { Properties }]) => Properties)
const alarms = ofType(serviceStack, 'AWS::CloudWatch::Alarm').map(([, { Properties }]) => Properties)
const runbook = readFileSync(join(import.meta.dirname, '../../docs/runbook.md'), 'utf8')

/** As forges do: lower case, spaces become hyphens, other punctuation goes. */
const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(' ', '-')

const anchors = [...runbook.matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = '']) => anchorOf(heading))
const linkIn = ({ AlarmDescription }: Json): string =>
  /Runbook: docs\/runbook\.md#(\S+)$/.exec(AlarmDescription)?.[1] ?? ''

test('keep-alive runs every minute, once for each shard of the due index', () => {
  expect(schedules.map(({ Target }) => JSON.parse(Target.Input))).toEqual(
    Array.from({ length: DUE_SHARDS }, (_, shard) => ({ shard })),
  )
  for (const { ScheduleExpression, FlexibleTimeWindow, State, Target } of schedules) {
    expect(ScheduleExpression).toBe('rate(1 minute)')
    expect(FlexibleTimeWindow).toEqual({ Mode: 'OFF' })
    expect(State ?? 'ENABLED').toBe('ENABLED')
    expect(functionAt(Target.Arn)).toBe('keep-alive')
  }
})

test('a failed run is repeated neither by the scheduler nor by Lambda: the next one finds the same work', () => {
  for (const { Target } of schedules) expect(Target.RetryPolicy.MaximumRetryAttempts).toBe(0)
  const configs = ofType(serviceStack, 'AWS::Lambda::EventInvokeConfig').map(([, { Properties }]) => Properties)
  expect(configs.map(({ FunctionName }) => functionAt(FunctionName))).toEqual(['keep-alive'])
  expect(configs[0].MaximumRetryAttempts).toBe(0)
})

test('every alarm says whom it hurts and leads to a section of the runbook', () => {
  expect(alarms.length).toBeGreaterThan(0)
  for (const alarm of alarms) {
    expect(alarm.AlarmDescription).toMatch(/Impact: .{20,}\. Runbook: /)
    expect(anchors).toContain(linkIn(alarm))
  }
})

test('every alarm has a section of its own, and the runbook has no section of an alarm that is gone', () => {
  const links = alarms.map(linkIn)
  expect(new Set(links).size).toBe(links.length)
  const functions = FUNCTION_NAMES.join('|')
  const sections = anchors.filter((anchor) => new RegExp(`^(api|${functions})-[a-z-]+$`).test(anchor))
  expect(sections.sort()).toEqual([...links].sort())
})

test('no two headings of the runbook share an anchor', () => {
  expect(anchors.filter((anchor, index) => anchors.indexOf(anchor) !== index)).toEqual([])
})

test('errors and throttles of every function raise an alarm of their own', () => {
  const watched = alarms
    .filter(({ Namespace, MetricName }) => Namespace === 'AWS/Lambda' && /Errors|Throttles/.test(MetricName))
    .map(({ MetricName, Dimensions }) => `${functionAt(Dimensions[0].Value)} ${MetricName}`)
  expect(watched.sort()).toEqual(FUNCTION_NAMES.flatMap((name) => [`${name} Errors`, `${name} Throttles`]).sort())
})

test('no data means that all is well, except where being silent is the fault', () => {
  const silent = alarms.filter(({ TreatMissingData }) => TreatMissingData !== 'notBreaching')
  expect(silent.map(({ MetricName, TreatMissingData }) => [MetricName, TreatMissingData])).toEqual([
    ['Invocations', 'breaching'],
  ])
})
