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

test('what waiting for ClickFunnels costs follows from the memory and the 25 seconds', () => {
  const proxy = sizeOf('Proxy')
  const perSecond = (megabytes: number) => (megabytes / 1024) * 0.0000133334
  const call = perSecond(proxy) * 25
  const waiting = (executions: number) => executions * perSecond(proxy) * 3600
  expect(prose).toContain(`| ${call.toFixed(5)} |`)
  expect(amountOf('a million of them')).toBeCloseTo(call * 1e6, -1)
  expect(amountOf('all 1,000 executions')).toBeCloseTo(waiting(1000), 1)
  expect(amountOf('at 700')).toBeCloseTo(waiting(700), 1)
  expect(amountOf('4 shards of keep-alive')).toBeCloseTo(4 * perSecond(sizeOf('KeepAlive')) * 3600, 2)
})

test('the fixed month, a refresh and the compared month add up', () => {
  const fixed = Number(/fixed cost of about (\d+) a month/.exec(prose)?.[1])
  const refreshed = (365.25 * 86_400) / 12 / 6075
  expect(Math.round(refreshed)).toBe(433)
  expect(prose).toContain(`$${((refreshed * 3.5) / 1e6).toFixed(4)} a month`)
  expect(prose).toMatch(
    new RegExp(`\\| Funnel Connect, .*\\| ${fixed} +\\| ${Math.round(fixed + 1.52 + 3.5)} `),
  )
  const tasks = 2 * 730 * (0.5 * 0.03238 + 0.00356)
  expect(prose).toContain(`($${tasks.toFixed(2)})`)
  expect(prose).toMatch(new RegExp(`on Fargate \\| ${Math.round(tasks + 730 * 0.0225)} `))
})

test('what lazy refresh saves adds up', () => {
  const [week, refreshes] = [365.25 / 12 / 7, 433 * 3.5]
  const [used, unused] = [refreshes + 30 * 0.625, 9 * week * (2 + 3.5)]
  const row = (label: string) => {
    const numbers = new RegExp(`^\\| ${label}.*\\| +([\\d,]+) \\| +([\\d,]+) \\|$`, 'm').exec(prose)
    return numbers?.slice(1).map((number) => Number(number.replace(',', '')))
  }
  expect(row('1,000,000 used')).toEqual([used, refreshes].map(Math.round))
  expect(row('9,000,000 unused')).toEqual([unused, 9 * refreshes].map(Math.round))
  expect(row('sum')).toEqual([used + unused, 10 * refreshes].map(Math.round))
})

function sizeOf(name: string): number {
  const [, found] = resourcesOf(service, 'AWS::Lambda::Function').find(([id]) => id.startsWith(name)) ?? []
  return found?.Properties.MemorySize
}

function amountOf(label: string): number {
  return Number(new RegExp(`^\\|.*${label}.*\\| +([\\d.]+) +\\|$`, 'm').exec(prose)?.[1])
}
