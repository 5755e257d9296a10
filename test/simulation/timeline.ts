// Virtual time. What happens later is an event; the events run one at a time, and what is due at the same moment runs in an
// order that the seed decides. Everything that follows from an event in promises is over before the next one runs.
import { setImmediate as settled } from 'node:timers/promises'

/** What an event belongs to, besides the world itself: a process of ours. */
export interface Owner {
  readonly name: string
  /** frozen: Lambda has stopped it between two calls, and its events wait. dead: its events never run. */
  state: 'running' | 'frozen' | 'dead'
  /** How far its wall clock is ahead, in milliseconds. */
  readonly skew: number
  /** For how many milliseconds its monotonic clock stood still. */
  stoodStill: number
  readonly random: () => number
}

export interface Event {
  readonly at: number
  readonly order: number
  readonly owner: Owner | undefined
  readonly run: () => void
  isOver: boolean
}

export class Timeline {
  /** Milliseconds since the beginning of the run. */
  now = 0
  /** The process whose code runs now. */
  current: Owner | undefined
  /** How many events have run. */
  steps = 0
  readonly #order: () => number
  #events: Event[] = []

  constructor(order: () => number) {
    this.#order = order
  }

  after(milliseconds: number, run: () => void, owner: Owner | undefined = this.current): Event {
    // Node rounds a delay below one millisecond up to one. A whole number keeps the trace readable.
    const at = this.now + Math.max(0, Math.round(milliseconds))
    return this.#add({ at, order: this.#order(), owner, run, isOver: false })
  }

  /** After everything else that is due now: Node runs immediates after it has read from all sockets. */
  immediately(run: () => void): Event {
    const order = Number.POSITIVE_INFINITY
    return this.#add({ at: this.now, order, owner: this.current, run, isOver: false })
  }

  #add(event: Event): Event {
    this.#events.push(event)
    return event
  }

  /** Something that happens outside of our processes. */
  outside(milliseconds: number, run: () => void): Event {
    const before = this.current
    this.current = undefined
    const event = this.after(milliseconds, run)
    this.current = before
    return event
  }

  sleep(milliseconds: number): Promise<void> {
    return new Promise((resolve) => this.outside(milliseconds, resolve))
  }

  cancel(event: Event): void {
    if (!event.isOver) this.#events = this.#events.filter((one) => one !== event)
    event.isOver = true
  }

  /** Drops the events of a process that ended. */
  forget(owner: Owner): void {
    this.#events = this.#events.filter((one) => one.owner !== owner)
  }

  /**
   * Runs the next event, and waits until all that follows from it at once is over.
   * @param before may keep an event of a process from running, because the process ends there
   * @returns false if there is nothing left to happen
   */
  async step(before: (event: Event) => boolean): Promise<boolean> {
    const event = this.#take()
    if (event === undefined) return false
    this.now = Math.max(this.now, event.at)
    this.steps += 1
    if (!before(event)) return true
    this.current = event.owner
    event.run()
    await settled()
    this.current = undefined
    return true
  }

  #take(): Event | undefined {
    let next: Event | undefined
    for (const event of this.#events) {
      if (event.owner !== undefined && event.owner.state !== 'running') continue
      if (next === undefined || isBefore(event, next, this.now)) next = event
    }
    if (next === undefined) return undefined
    next.isOver = true
    this.#events = this.#events.filter((one) => one !== next)
    return next
  }
}

/** Events that waited in a frozen process are all due at once when it goes on. */
function isBefore(one: Event, other: Event, now: number): boolean {
  const difference = Math.max(one.at, now) - Math.max(other.at, now)
  return difference < 0 || (difference === 0 && one.order < other.order)
}
