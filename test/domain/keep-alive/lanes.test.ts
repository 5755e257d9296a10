import { describe, expect, test } from 'vitest'
import { type LaneSignal, type LeftReason, runInLanes } from '#domain/keep-alive/lanes.ts'

interface Work {
  readonly lane: string
  readonly number: number
}
const LIMITS = { overall: 6, perLane: 2, waiting: 50, waitingPerLane: 100 }
const works = (lane: string, count: number): Work[] =>
  Array.from({ length: count }, (_, number) => ({ lane, number }))

/** Runs pages of work. Gives the order, and how much was under way at once, overall and by lane. */
async function drive(
  pages: readonly (readonly Work[])[],
  signalOf: (work: Work) => LaneSignal = () => 'good',
  turnsOf: (work: Work) => number = () => 3,
  mayGoOn: (begun: readonly Work[]) => boolean = () => true,
  limits = LIMITS,
) {
  const rest = [...pages]
  const begun: Work[] = []
  const active = new Map<string, number>()
  const most = new Map<string, number>()
  const move = (name: string, by: number) => {
    active.set(name, (active.get(name) ?? 0) + by)
    most.set(name, Math.max(most.get(name) ?? 0, active.get(name) ?? 0))
  }
  const left = { closed: 0, crowded: 0, time: 0 }
  await runInLanes(
    async () => rest.shift(),
    ({ lane }) => lane,
    async (work) => {
      begun.push(work)
      move(work.lane, 1)
      move('all', 1)
      for (let turn = 0; turn < turnsOf(work); turn++) await Promise.resolve()
      move(work.lane, -1)
      move('all', -1)
      return signalOf(work)
    },
    () => mayGoOn(begun),
    limits,
    (_, reason: LeftReason) => {
      left[reason] += 1
    },
  )
  return { begun, most, left, pagesLeft: rest.length }
}

describe('lanes', () => {
  test('do every piece of every page once', async () => {
    const { begun, left } = await drive([works('a', 20), works('b', 20), [], works('a', 5)])
    expect(begun).toHaveLength(45)
    expect(new Set(begun).size).toBe(45)
    expect(left).toEqual({ closed: 0, crowded: 0, time: 0 })
  })

  test('keep within the limits, overall and each', async () => {
    const three = await drive([works('a', 40), works('b', 40), works('c', 40)])
    expect(three.most.get('all')).toBe(LIMITS.overall)
    expect(three.most.get('a')).toBe(LIMITS.perLane)
  })

  test('use what others leave free, and keep room for one that comes later', async () => {
    const { most } = await drive([works('a', 40)])
    expect(most.get('a')).toBe(LIMITS.overall - LIMITS.perLane)
  })

  test('with too much work are left for a later run, so that the work behind is reached', async () => {
    const pages = [...Array.from({ length: 10 }, () => works('a', 20)), works('b', 7)]
    const { begun, left } = await drive(
      pages,
      () => 'good',
      () => 30,
      () => true,
      { ...LIMITS, waitingPerLane: 40 },
    )
    expect(begun.slice(0, 60).filter(({ lane }) => lane === 'b')).toHaveLength(7)
    expect(left).toEqual({ closed: 0, crowded: 207 - begun.length, time: 0 })
    expect(left.crowded).toBeGreaterThan(0)
  })

  test('begin one at a time and widen with success', async () => {
    const { most } = await drive([works('a', 3)])
    expect(most.get('a')).toBe(2)
  })

  test('stay one at a time while there is trouble', async () => {
    const { most, begun } = await drive([works('a', 20)], () => 'trouble')
    expect(most.get('a')).toBe(1)
    expect(begun).toHaveLength(20)
  })

  test('that are closed leave the rest of their work, and take nothing from others', async () => {
    const signal = ({ lane, number }: Work) => (lane === 'a' && number === 2 ? 'closed' : 'trouble')
    const { begun, left } = await drive([works('a', 20), works('b', 7), works('a', 10)], signal)
    expect(begun.filter(({ lane }) => lane === 'a')).toHaveLength(3)
    expect(begun.filter(({ lane }) => lane === 'b')).toHaveLength(7)
    expect(left).toEqual({ closed: 27, crowded: 0, time: 0 })
  })

  test('that are closed stay closed when what was under way ends well', async () => {
    // Two run side by side from the second piece on: the one that closes the lane ends before the other. The page with
    // more of that lane is read after both have ended, since the work of another lane fills the memory till then.
    const signal = ({ lane, number }: Work) => (lane === 'a' && number === 1 ? 'closed' : 'good')
    const turns = ({ lane, number }: Work) => (lane === 'a' && number === 2 ? 20 : 3)
    const pages = [works('a', 60), works('b', 60), works('a', 7)]
    const { begun, left } = await drive(pages, signal, turns)
    expect(begun.filter(({ lane }) => lane === 'a').map(({ number }) => number)).toEqual([0, 1, 2])
    expect(left).toEqual({ closed: 64, crowded: 0, time: 0 })
  })

  test('take turns, so that a slow lane does not delay another one', async () => {
    const turns = ({ lane }: Work) => (lane === 'slow' ? 400 : 1)
    const { begun } = await drive([works('slow', 40), works('quick', 10)], () => 'good', turns)
    const last = begun.findLastIndex(({ lane }) => lane === 'quick')
    expect(begun.slice(0, last).filter(({ lane }) => lane === 'slow').length).toBeLessThan(5)
  })

  test('read no further while enough is waiting', async () => {
    let begunBefore = 0
    const stop = (begun: readonly Work[]) => {
      begunBefore = begun.length
      return begun.length < 3
    }
    const pages = Array.from({ length: 10 }, () => works('a', 20))
    const { pagesLeft } = await drive(
      pages,
      () => 'trouble',
      () => 1,
      stop,
    )
    expect(begunBefore).toBe(3)
    expect(pagesLeft).toBeGreaterThanOrEqual(6)
  })

  test('begin nothing new when told to stop, and end what was begun', async () => {
    const { begun, most, left } = await drive(
      [works('a', 30)],
      () => 'good',
      () => 3,
      (so) => so.length < 10,
    )
    expect(begun.length).toBe(10)
    expect(left).toEqual({ closed: 0, crowded: 0, time: 20 })
    expect(most.get('all')).toBeGreaterThan(1)
  })
})
