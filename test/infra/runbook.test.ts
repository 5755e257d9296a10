// The runbook and what leads to it: every alarm has a section, every section of an alarm has an alarm, each is short, and the
// saved queries that it names exist.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { textOf } from '../../infra/local/cloudwatch/alarms.ts'
import { resourcesOf, service } from './synthesized.ts'

const MAX_LINES = 10
const runbook = readFileSync(new URL('../../docs/runbook.md', import.meta.url), 'utf8')
const sections = runbook
  .split(/^## /m)
  .slice(1)
  .map((text) => {
    const [title = '', ...lines] = text.replaceAll(/^```[\s\S]*?^```$/gm, '').split('\n')
    return { title, lines: lines.filter((line) => line !== '') }
  })
/** The titles of alarms are in lower case. */
const ofAlarms = sections.filter(({ title }) => /^[a-z]/.test(title))

const alarms = [
  ...resourcesOf(service, 'AWS::CloudWatch::Alarm'),
  ...resourcesOf(service, 'AWS::CloudWatch::CompositeAlarm'),
].filter(([, { Properties }]) => Properties.AlarmActions !== undefined)
const anchorOf = (description: unknown) => textOf(description).split('#')[1] ?? ''
const severities = new Map(
  alarms.map(([, { Properties }]) => [
    anchorOf(Properties.AlarmDescription),
    /^\[(\w+)\]/.exec(textOf(Properties.AlarmDescription))?.[1] ?? '',
  ]),
)
const queries = resourcesOf(service, 'AWS::Logs::QueryDefinition').map(([, { Properties }]) => Properties)
const namesOfQueries = queries.map(({ Name }) => String(Name).replace('FunnelConnectService/', ''))

describe('the runbook', () => {
  it('has a section for each alarm, and no section for an alarm that is gone', () => {
    expect(ofAlarms.map(({ title }) => title.replaceAll(' ', '-')).sort()).toEqual(
      [...severities.keys()].sort(),
    )
  })

  it.each(ofAlarms)(
    'says the severity of "$title", and a numbered way out of at most ten lines',
    ({ title, lines }) => {
      const [first = ''] = lines
      expect(first.toLowerCase()).toMatch(new RegExp(`^${severities.get(title.replaceAll(' ', '-'))}\\. `))
      expect(lines[1]).toMatch(/^1\. \S/)
      expect(lines.length).toBeLessThanOrEqual(MAX_LINES)
    },
  )

  it.each(sections.filter(({ title }) => /^[A-Z]/.test(title) && !['Triage', 'How to look'].includes(title)))(
    'keeps "$title" short',
    ({ lines }) => {
      expect(lines[0]).toMatch(/^1\. \S/)
      expect(lines.length).toBeLessThanOrEqual(MAX_LINES)
    },
  )

  it('names saved queries that exist, and all of them', () => {
    const named = namesOfQueries.filter((name) => runbook.includes(`\`${name}\``))
    expect(named).toEqual(namesOfQueries)
    for (const [, name = ''] of runbook.matchAll(/[Rr]un `([a-zA-Z ]+)`/g))
      expect(namesOfQueries).toContain(name)
  })
})

describe('a saved query', () => {
  it.each(queries)(
    '$Name consists of commands and reads logs of the stack',
    ({ QueryString, LogGroupNames }) => {
      for (const line of QueryString.split('\n| '))
        expect(line).toMatch(/^(fields|filter|stats|sort|limit) \S/)
      for (const group of LogGroupNames) {
        expect(service.Resources[group.Ref]?.Type).toBe('AWS::Logs::LogGroup')
      }
    },
  )
})
