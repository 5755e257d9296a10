// Bounded concurrency, overall and in lanes. Each lane begins with one piece of work at a time, widens while all goes
// well, narrows at trouble and can be closed, so that a slow or failing lane takes nothing from the others.

/** good: the lane may go wider. trouble: one at a time from here on. closed: nothing more of this lane in this run. */
export type LaneSignal = 'good' | 'trouble' | 'closed'

export interface LaneLimits {
  readonly overall: number
  readonly perLane: number
  /** How many pieces may wait in memory before reading on stops. */
  readonly waiting: number
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
  const lanes = new Lanes(laneOf, run, limits)
  let exhausted = false
  while (mayGoOn()) {
    if (lanes.beginNext()) continue
    if (!exhausted && lanes.hasRoom()) {
      const page = await nextPage()
      if (page === undefined) exhausted = true
      else for (const work of page) lanes.enter(work)
    } else if (lanes.running.size > 0) await Promise.race(lanes.running)
    else break
  }
  await Promise.all(lanes.running)
  return lanes.left
}

class Lanes<T> {
  readonly running = new Set<Promise<void>>()
  /** Pieces of work that were not begun because their lane was closed. */
  left = 0
  #waiting = 0
  readonly #lanes = new Map<string, Lane<T>>()
  readonly #laneOf: (work: T) => string
  readonly #run: (work: T) => Promise<LaneSignal>
  readonly #limits: LaneLimits

  constructor(laneOf: (work: T) => string, run: (work: T) => Promise<LaneSignal>, limits: LaneLimits) {
    this.#laneOf = laneOf
    this.#run = run
    this.#limits = limits
  }

  hasRoom(): boolean {
    return this.running.size < this.#limits.overall && this.#waiting < this.#limits.waiting
  }

  enter(work: T): void {
    const name = this.#laneOf(work)
    const lane = this.#lanes.get(name) ?? new Lane<T>()
    this.#lanes.set(name, lane)
    if (lane.closed) this.left += 1
    else {
      lane.waiting.push(work)
      this.#waiting += 1
    }
  }

  /** Begins the next piece of work; false when nothing may begin now. */
  beginNext(): boolean {
    if (this.running.size >= this.#limits.overall) return false
    const [name, lane] = this.#firstReady() ?? []
    const work = lane?.waiting.shift()
    if (name === undefined || lane === undefined || work === undefined) return false
    this.#waiting -= 1
    lane.running += 1
    // To the end of the line: lanes take turns.
    this.#lanes.delete(name)
    this.#lanes.set(name, lane)
    const done = this.#run(work).then((signal) => {
      this.running.delete(done)
      this.#end(lane, signal)
    })
    this.running.add(done)
    return true
  }

  #firstReady(): [string, Lane<T>] | undefined {
    for (const entry of this.#lanes) if (entry[1].isReady()) return entry
    return undefined
  }

  #end(lane: Lane<T>, signal: LaneSignal): void {
    lane.running -= 1
    const dropped = lane.adjust(signal, this.#limits.perLane)
    this.#waiting -= dropped
    this.left += dropped
  }
}

class Lane<T> {
  readonly waiting: T[] = []
  running = 0
  closed = false
  #width = 1

  isReady(): boolean {
    return !this.closed && this.waiting.length > 0 && this.running < this.#width
  }

  /** Makes the lane wider, narrower or closed. Gives the number of waiting pieces that were dropped. */
  adjust(signal: LaneSignal, maxWidth: number): number {
    this.#width = signal === 'good' ? Math.min(this.#width * 2, maxWidth) : 1
    this.closed ||= signal === 'closed'
    return this.closed ? this.waiting.splice(0).length : 0
  }
}
