// docs/cost.md adds up, and counts what the stacks have.
import { expect, test } from 'vitest'
import { data, resourcesOf, service } from '../infra/synthesized.ts'
import { guides } from './pages.ts'

const { prose } = guides.find(({ path }) => path === 'docs/cost.md') ?? { prose: '' }
const sections = prose.split(/^## /m).slice(1)

test.each(sections.slice(0, 2).map((section) => [section.split('\n', 1)[0] ?? '', section]))(
  '%s',
  (title, section) => {
    const amounts = [...section.matchAll(/^\|.*\| +(\d+\.\d\d) \|$/gm)].map(([, amount]) => Number(amount))
    const stated = Number(/about (\d+(\.\d\d)?)$/.exec(title)?.[1])
    expect(amounts.length).toBeGreaterThan(4)
    expect(Math.abs(amounts.reduce((sum, amount) => sum + amount, 0) - stated)).toBeLessThan(stated * 0.05)
  },
)

test('what is counted is what is deployed', () => {
  const keys = resourcesOf(data, 'AWS::KMS::Key').length
  const alarms = resourcesOf(service, 'AWS::CloudWatch::Alarm')
  const measured = alarms.flatMap(
    ([
      ,
      {
        Properties: { Metrics },
      },
    ]) =>
      Metrics === undefined
        ? [1]
        : Metrics.filter((one: { MetricStat?: object }) => one.MetricStat !== undefined),
  )
  const composites = resourcesOf(service, 'AWS::CloudWatch::CompositeAlarm').length
  const dashboards = resourcesOf(service, 'AWS::CloudWatch::Dashboard').length
  const everyMinute = resourcesOf(service, 'AWS::Scheduler::Schedule').filter(
    ([, { Properties }]) => Properties.ScheduleExpression === 'rate(1 minute)',
  ).length
  expect(prose).toContain(`| ${keys} KMS keys, `)
  expect(prose).toContain(`| ${alarms.length} alarms on ${measured.length} metrics, $0.10 a metric `)
  expect(prose).toContain(`| ${composites} composite alarms, $0.50 each `)
  expect(prose).toContain(`| ${dashboards} dashboards, $3.00 each `)
  expect(prose).toContain(
    `| ${everyMinute} schedules a minute, ${(everyMinute * 43_800).toLocaleString('en')} runs`,
  )
  const sizes = resourcesOf(service, 'AWS::Lambda::Function').map(
    ([, { Properties }]) => Properties.MemorySize,
  )
  expect(new Set(sizes)).toEqual(new Set([512, 1769]))
  expect(prose).toContain('160 ms of 512 MB')
  expect(prose).toContain('90 ms of 1,769 MB')
})
