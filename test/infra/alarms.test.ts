import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { FUNCTION_NAMES } from '#runtime/env.ts'
import { resourcesOf, service } from './synthesized.ts'

const alarms = resourcesOf(service, 'AWS::CloudWatch::Alarm').map(([id, { Properties }]) => ({
  id,
  description: Properties.AlarmDescription as string,
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
  it.each(alarms)('$id says what it means and where to read on', ({ description }) => {
    expect(description).toMatch(
      /^[a-z-]+( [a-z-]+)+\. Impact: \S.{20,}[.] Runbook: docs\/runbook\.md#[a-z-]+$/,
    )
  })

  it('exist for every function, for the API, for keep-alive and for lost rotations', () => {
    const functions = FUNCTION_NAMES.flatMap((name) => [`${name}-errors`, `${name}-throttles`])
    const others = [
      'api-server-errors',
      'audit-events-unwritten',
      'keep-alive-slow',
      'keep-alive-stopped',
      'rotations-not-recovered',
    ]
    expect(alarms.map(({ description }) => anchorOf(description)).sort()).toEqual(
      [...functions, ...others].sort(),
    )
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
      /-(errors|throttles|slow|stopped|recovered|unwritten)$/.test(anchor),
    )
    expect(about.filter((anchor) => !known.has(anchor))).toEqual([])
  })
})
