// Bounded concurrency, overall and in lanes: each lane begins with one piece of work at a time, widens while all goes
// well, narrows at trouble and can be closed, so that one that is slow or failing takes nothing from the others.

/** good: the lane may go wider. trouble: one at a time from here on. closed: nothing more of this lane in this run. */
export type LaneSignal = 'good' | 'trouble' | 'closed'

export interface LaneLimits {
  readonly overall: number
  readonly perLane: number
  /** How many pieces may wait in memory before reading on stops. */
  readonly waiting: number
}

class Lane<T> {
  readonly waiting: T[] = []
  running = 0
  width = 1
  closed = false

  isReady(): boolean {
    return !this.closed && this.waiting.length > 0 && this.running < this.width
  }

  adjust(signal: LaneSignal, widest: number): number {
    if (signal === 'good') this.width = Math.min(this.width * 2, widest)
    else this.width = 1
    if (signal !== 'closed') return 0
    this.closed = true
    return this.waiting.splice(0).length
  }
}

/**
 * Runs work from pages in lanes, until there is no more or `mayGoOn` says to begin nothing new.
 * @param nextPage gives the next page, or nothing after the last
 * @returns how many pieces were left because their lane was closed
 */
export async function runInLanes<T>(
  nextPage: () => Promise<readonly T[] | undefined>,
  laneOf: (work: T) => string,
  run: (work: T) => Promise<LaneSignal>,
  mayGoOn: () => boolean,
  limits: LaneLimits,
): Promise<number> {
  const lanes = new Map<string, Lane<T>>()
  const running = new Set<Promise<void>>()
  let waiting = 0
  let left = 0
  let exhausted = false

  const enter = (work: T) => {
    const name = laneOf(work)
    const lane = lanes.get(name) ?? new Lane<T>()
    lanes.set(name, lane)
    if (lane.closed) left += 1
    else {
      lane.waiting.push(work)
      waiting += 1
    }
  }
  const begin = (name: string, lane: Lane<T>) => {
    const work = lane.waiting.shift()
    if (work === undefined) return
    waiting -= 1
    lane.running += 1
    // To the end of the line: lanes take turns.
    lanes.delete(name)
    lanes.set(name, lane)
    const done = run(work).then((signal) => {
      lane.running -= 1
      const dropped = lane.adjust(signal, limits.perLane)
      waiting -= dropped
      left += dropped
      running.delete(done)
    })
    running.add(done)
  }

  while (mayGoOn()) {
    const ready = running.size < limits.overall ? firstReady(lanes) : undefined
    if (ready !== undefined) begin(...ready)
    else if (!exhausted && running.size < limits.overall && waiting < limits.waiting) {
      const page = await nextPage()
      if (page === undefined) exhausted = true
      else page.forEach(enter)
    } else if (running.size > 0) await Promise.race(running)
    else break
  }
  await Promise.all(running)
  return left
}

function firstReady<T>(lanes: ReadonlyMap<string, Lane<T>>): [string, Lane<T>] | undefined {
  for (const entry of lanes) if (entry[1].isReady()) return entry
  return undefined
}
