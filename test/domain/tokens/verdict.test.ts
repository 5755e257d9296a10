// Every combination of evidence has one verdict. The rules are said here a second time, in other words than the code's.
import { describe, expect, test } from 'vitest'
import type { EpochSeconds } from '#domain/time.ts'
import {
  CONFIRMATION_SECONDS,
  type Evidence,
  earlierLook,
  LOOKS_SECONDS,
  nextLookAt,
  verdictOn,
} from '#domain/tokens/verdict.ts'

const VALUES = {
  refreshToken: ['refused', 'none'],
  caller: ['refused', 'silent'],
  accessToken: ['expired', 'unexpired'],
  probe: ['alive', 'rejected', 'rejected_twice', 'unclear', 'none'],
  earlier: ['none', 'recent', 'confirming'],
  report: ['none', 'disconnected'],
} as const satisfies { readonly [K in keyof Evidence]: readonly Evidence[K][] }

const ALL: readonly Evidence[] = Object.entries(VALUES).reduce<object[]>(
  (made, [name, values]) => made.flatMap((one) => values.map((value) => ({ ...one, [name]: value }))),
  [{}],
) as unknown as Evidence[]
const where = (condition: (evidence: Evidence) => boolean) => ALL.filter(condition)
const dead = (evidence: Evidence) => ['refused', 'ended'].includes(verdictOn(evidence))

describe('of all combinations of evidence', () => {
  test('there are 240', () => expect(ALL).toHaveLength(240))

  test('a 401 to the access token and a refused refresh token are a refusal, whatever the probe says', () => {
    for (const one of where((e) => e.refreshToken === 'refused' && e.caller === 'refused')) {
      expect(dead(one), JSON.stringify(one)).toBe(true)
    }
  })

  test('a refused refresh token is a refusal when no access token is left', () => {
    for (const one of where((e) => e.refreshToken === 'refused' && e.accessToken === 'expired')) {
      expect(dead(one), JSON.stringify(one)).toBe(true)
    }
  })

  test('only a refusal at least a minute after the first one ends, or one that ClickFunnels announced', () => {
    for (const one of ALL) {
      const confirmed = one.earlier === 'confirming' || one.report === 'disconnected'
      if (verdictOn(one) === 'ended') expect(confirmed, JSON.stringify(one)).toBe(true)
      if (one.report === 'disconnected') expect(verdictOn(one)).not.toBe('refused')
      if (one.earlier === 'confirming') expect(verdictOn(one)).not.toBe('refused')
    }
  })

  test('an unclear probe, or none, never says that a connection is alive', () => {
    for (const one of where((e) => e.probe === 'unclear' || e.probe === 'none')) {
      expect(verdictOn(one), JSON.stringify(one)).not.toBe('alive')
    }
  })

  test('a single 401 refuses nothing when the connection has no refresh token', () => {
    const single = where(
      (e) =>
        e.refreshToken === 'none' &&
        e.earlier === 'none' &&
        ((e.probe === 'rejected' && e.caller === 'silent') ||
          (e.caller === 'refused' && !e.probe.startsWith('rejected'))),
    )
    expect(single.length).toBeGreaterThan(0)
    for (const one of single) expect(dead(one), JSON.stringify(one)).toBe(false)
  })

  test('two 401s are a refusal when the connection has no refresh token', () => {
    const two = where(
      (e) =>
        e.refreshToken === 'none' &&
        (e.probe === 'rejected_twice' ||
          (e.probe === 'rejected' && (e.caller === 'refused' || e.earlier !== 'none'))),
    )
    for (const one of two) expect(dead(one), JSON.stringify(one)).toBe(true)
  })

  test('how many lead to which verdict is pinned', () => {
    const counts: Record<string, number> = {}
    for (const one of ALL) counts[verdictOn(one)] = (counts[verdictOn(one)] ?? 0) + 1
    expect(counts).toEqual({ alive: 26, unproven: 56, refused: 51, ended: 107 })
  })
})

describe('the time of looks', () => {
  const at = (seconds: number) => seconds as EpochSeconds
  const refused = { status: 'reauthorization_required', reason: 'grant_refused' } as const

  test('a second look confirms after a minute', () => {
    const state = { ...refused, refusedAt: at(1000) }
    expect(earlierLook({ state: { status: 'active' } }, at(5000))).toBe('none')
    expect(earlierLook({ state }, at(1000 + CONFIRMATION_SECONDS - 1))).toBe('recent')
    expect(earlierLook({ state }, at(1000 + CONFIRMATION_SECONDS))).toBe('confirming')
  })

  test('what ended before there were second looks needs no confirmation', () => {
    expect(earlierLook({ state: refused }, at(5000))).toBe('confirming')
  })

  test('an ended connection is looked at five times, the last time after a week', () => {
    const looks: number[] = []
    for (let now = 1000; ; now = looks.at(-1) ?? 0) {
      const next = nextLookAt(at(1000), at(now))
      if (next === undefined) break
      looks.push(next)
    }
    expect(looks.map((look) => look - 1000)).toEqual(LOOKS_SECONDS)
  })
})
