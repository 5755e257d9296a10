// A process is killed at each of the calls of its refresh, and worse. Many more runs: npm run faults -- --runs 10000
import { describe, expect, test } from 'vitest'
import { runPlan } from './harness.ts'
import { killAt, MODES, planOf } from './plan.ts'
import { Summary } from './summary.ts'

/** Where a refresh by keep-alive waits, so that the process can be killed there. */
const POINTS = [
  'dueIndex.due',
  'connections.get',
  'apps.get',
  'tenants.get',
  'connections.acquireLease',
  'vault.sealer',
  'vault.open',
  'provider.refresh',
  'connections.update',
].flatMap((call) => [`${call} before`, `${call} after`])

describe.each(MODES)('with %s tokens', (mode) => {
  test('no token set is lost wherever a refresh is killed, at any of its calls', async () => {
    const summary = new Summary(mode)
    for (let gate = 1; ; gate++) {
      const report = await runPlan(killAt(gate, mode))
      if (report.killedAt.length === 0) break
      summary.add(report)
      // A process that is killed between the token rotation and the commit takes the next refresh token with it.
      const [point = ''] = report.killedAt
      const hopeless = mode === 'strict' && HOPELESS.has(point)
      expect([point, report.ending]).toEqual([point, hopeless ? 'answer_lost' : 'active'])
    }
    expect(Object.keys(summary.killedAt)).toEqual(expect.arrayContaining(POINTS))
  })

  test('no token set is lost whatever goes wrong, in many seeded runs', async () => {
    const summary = new Summary(mode)
    for (let seed = 1; seed <= 400; seed++) summary.add(await runPlan(planOf(seed, mode)))
    // The runs met what they are for.
    expect(Object.keys(summary.killedAt).length).toBeGreaterThan(20)
    expect(Object.keys(summary.faults).length).toBeGreaterThan(15)
    expect(summary.endings.answer_lost ?? 0).toBeGreaterThan(mode === 'strict' ? 10 : -1)
  })

  test('a seed replays exactly', async () => {
    for (const seed of [3, 14, 159]) {
      const [one, other] = [await runPlan(planOf(seed, mode)), await runPlan(planOf(seed, mode))]
      expect(one.trace).toEqual(other.trace)
    }
  })
})

const HOPELESS: ReadonlySet<string> = new Set([
  'provider.refresh under way',
  'provider.refresh after',
  'connections.update before',
])
