// Bounded concurrency, overall and in lanes. Each lane begins with one piece of work at a time, widens while all goes
// well, narrows at trouble and can be closed, so that a slow or failing lane takes nothing from the others.

/** good: the lane may go wider. trouble: one at a time from here on. closed: nothing more of this lane in this run. */
export type LaneSignal = 'good' | 'trouble' | 'closed'

export interface LaneLimits {
  readonly overall: number
  /**
   * What each lane may always run. Lanes also share what is free, except for this many: a lane that comes later begins
   * at once.
   */
  readonly perLane: number
  /** How many pieces may wait in memory before reading on stops. */
  readonly waiting: number
  /** How many of them may be of one lane. The rest of its work is left, so that the work behind it is reached. */
  readonly waitingPerLane: number
}

/** Why pieces were not begun: trouble closed their lane, too many of their lane were waiting, or time was up. */
export type LeftReason = 'closed' | 'crowded' | 'time'

/**
 * Runs work from pages in lanes, until there is no more or `mayGoOn` says to begin nothing new. Pages are read while
 * earlier work runs.
 * @param nextPage gives the next page, or nothing after the last
 * @param leave is called with each piece that was read and not begun
 */
export async function runInLanes<T>(
  nextPage: () => Promise<readonly T[] | undefined>,
  laneOf: (work: T) => string,
  run: (work: T) => Promise<LaneSignal>,
  mayGoOn: () => boolean,
  limits: LaneLimits,
  leave: (work: T, reason: LeftReason) => void,
): Promise<void> {
  const lanes = new Lanes(laneOf, run, limits, leave)
  let exhausted = false
  let reading: Promise<void> | undefined
  const read = async () => {
    const page = await nextPage()
    if (page === undefined) exhausted = true
    else for (const work of page) lanes.enter(work)
    reading = undefined
  }
  while (mayGoOn()) {
    if (lanes.beginNext()) continue
    if (!exhausted && lanes.hasRoom()) reading ??= read()
    const under = reading === undefined ? [...lanes.running] : [...lanes.running, reading]
    if (under.length === 0) break
    await Promise.race(under)
  }
  await Promise.all([...lanes.running, reading])
  lanes.leaveRest()
}

class Lanes<T> {
  readonly running = new Set<Promise<void>>()
  #waiting = 0
  readonly #lanes = new Map<string, Lane<T>>()
  readonly #laneOf: (work: T) => string
  readonly #run: (work: T) => Promise<LaneSignal>
  readonly #limits: LaneLimits
  readonly #leave: (work: T, reason: LeftReason) => void

  constructor(
    laneOf: (work: T) => string,
    run: (work: T) => Promise<LaneSignal>,
    limits: LaneLimits,
    leave: (work: T, reason: LeftReason) => void,
  ) {
    this.#laneOf = laneOf
    this.#run = run
    this.#limits = limits
    this.#leave = leave
  }

  hasRoom(): boolean {
    return this.#waiting < this.#limits.waiting
  }

  enter(work: T): void {
    const name = this.#laneOf(work)
    const lane = this.#lanes.get(name) ?? new Lane<T>()
    this.#lanes.set(name, lane)
    if (lane.closed) this.#leave(work, 'closed')
    else if (lane.waiting.length >= this.#limits.waitingPerLane) this.#leave(work, 'crowded')
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
    const share = this.#share()
    for (const entry of this.#lanes) if (entry[1].isReady(share)) return entry
    return undefined
  }

  /** How many pieces one lane may run now. */
  #share(): number {
    const { overall, perLane } = this.#limits
    let busy = 0
    for (const lane of this.#lanes.values()) if (lane.isBusy()) busy += 1
    return Math.max(perLane, Math.floor((overall - perLane) / busy))
  }

  #end(lane: Lane<T>, signal: LaneSignal): void {
    lane.running -= 1
    const dropped = lane.adjust(signal, this.#limits.overall)
    this.#waiting -= dropped.length
    for (const work of dropped) this.#leave(work, 'closed')
  }

  /** Gives up what still waits, when the time for new work is over. */
  leaveRest(): void {
    for (const { waiting } of this.#lanes.values())
      for (const work of waiting.splice(0)) this.#leave(work, 'time')
    this.#waiting = 0
  }
}

class Lane<T> {
  readonly waiting: T[] = []
  running = 0
  closed = false
  #width = 1

  isReady(share: number): boolean {
    return !this.closed && this.waiting.length > 0 && this.running < Math.min(this.#width, share)
  }

  isBusy(): boolean {
    return this.running > 0 || this.waiting.length > 0
  }

  /** Makes the lane wider, narrower or closed. Gives the waiting pieces that were dropped. */
  adjust(signal: LaneSignal, maxWidth: number): T[] {
    this.#width = signal === 'good' ? Math.min(this.#width * 2, maxWidth) : 1
    this.closed ||= signal === 'closed'
    return this.closed ? this.waiting.splice(0) : []
  }
}
