// npm run dashboard-picture: records two days on the local stack. A day on which everything is well may raise no alarm. The
// dashboards of a day with incidents are drawn to docs/dashboards/.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, inject, test } from 'vitest'
import { dashboardsOf } from '../../infra/local/cloudwatch/dashboards.ts'
import type { Resources } from '../../infra/local/cloudwatch/metrics.ts'
import { drawDashboard } from '../../infra/local/cloudwatch/picture.ts'
import { STACK_NAME } from '../game-day/stage.ts'
import { INCIDENTS, PERIODS, type RecordedDay, recordDay } from './day.ts'

const FOLDER = 'docs/dashboards'
const CAPTION =
  'Drawn from the template by "npm run dashboard-picture". Every figure is from a log line of the real functions on the local stack. What took them a second or a few is shown as five minutes.'

/** On a development machine that does other work, too, some calls take long. So this alarm says nothing about us here. */
const OF_THE_MACHINE = 'calls-slow'

const templates = inject('templates') ?? ''
const template = JSON.parse(readFileSync(join(templates, `${STACK_NAME}.template.json`), 'utf8'))
const resources: Resources = template.Resources
const report: string[] = []
const onHour = (hour: number) => void process.stderr.write(`${timeOf(hour * 12)} `)
afterAll(() => process.stdout.write(`\n${report.join('\n')}\n`))

test('a day on which everything is well raises no alarm', async () => {
  const day = await recordDay(templates, resources, [], onHour)
  report.push(`Everything well: ${summaryOf(day)}.`, ...whenRisen(day))
  expect(day.risen.flat().filter((name) => name !== OF_THE_MACHINE)).toEqual([])
})

test('a day with incidents raises their alarms, and is drawn', async () => {
  const day = await recordDay(templates, resources, INCIDENTS, onHour)
  report.push(`With incidents: ${summaryOf(day)}.`, ...whenRisen(day))
  mkdirSync(FOLDER, { recursive: true })
  for (const dashboard of dashboardsOf(STACK_NAME, resources)) {
    const picture = drawDashboard(dashboard, day, CAPTION)
    expect(picture.length).toBeLessThan(150_000)
    writeFileSync(join(FOLDER, `${dashboard.name}.svg`), picture)
  }
  const expected = (period: number) =>
    INCIDENTS.filter(({ from, until }) => period / 12 >= from && period / 12 < until + 1).flatMap(
      ({ rising }) => rising,
    )
  const unexpected = day.risen.flatMap((names, period) =>
    names
      .filter((name) => name !== OF_THE_MACHINE && !expected(period).includes(name))
      .map((name) => `${timeOf(period)} ${name}`),
  )
  expect(unexpected).toEqual([])
  for (const { rising, title } of INCIDENTS) {
    for (const name of rising.slice(0, 1)) expect(day.risen.flat(), title).toContain(name)
  }
})

function summaryOf({ calls, connected, periods, risen }: RecordedDay): string {
  const ofDay = (name: string) =>
    periods.reduce(
      (sum, metrics) =>
        sum + (metrics.statistic({ namespace: STACK_NAME, name, dimensions: {} }, 'Sum') ?? 0),
      0,
    )
  const alarms = Object.values(resources).filter(
    ({ Type, Properties }) =>
      /^AWS::CloudWatch::(Composite)?Alarm$/.test(Type) && Properties.AlarmActions !== undefined,
  )
  return `${calls} calls through the proxy, ${ofDay('KeepAliveRefreshed')} refreshes, ${connected} connects; ${new Set(risen.flat()).size} of ${alarms.length} alarms rose in ${PERIODS} periods of five minutes`
}

function whenRisen({ risen }: RecordedDay): string[] {
  return [...new Set(risen.flat())].map((name) => {
    const periods = risen.flatMap((names, period) => (names.includes(name) ? [period] : []))
    return `  ${name}: ${periods.length} periods, ${timeOf(periods[0] ?? 0)} to ${timeOf((periods.at(-1) ?? 0) + 1)}`
  })
}

function timeOf(period: number): string {
  return `${String(Math.floor(period / 12)).padStart(2, '0')}:${String((period % 12) * 5).padStart(2, '0')}`
}
