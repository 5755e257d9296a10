// One request that passed the meter, for as long as it keeps the process busy. A short one is noted when it ends, and reported
// with others. A long one is charged while it lasts, because other processes must know of it before it ends: a second after it
// began, for the rest of the window, and again for each window that it reaches. What it did not use is given back.

import type { Ambient } from '../ambient.ts'
import { WINDOW_SECONDS, windowOf } from './usage.ts'

/** Most answers of ClickFunnels come sooner, and cost no write of their own. */
const LONG_SECONDS = 1

/** Where the time of a request is counted. */
export interface Account {
  /** Keeps seconds of the present window for the next report. */
  note(seconds: number): void
  /** Adds seconds to the sum of a window at once. Never throws. */
  charge(window: number, seconds: number): Promise<void>
}

export class CallUnderWay {
  readonly #services: Pick<Ambient, 'now' | 'stopwatch' | 'sleep'>
  readonly #account: Account
  readonly #began: number
  readonly #charges: Promise<unknown>[]
  /** The last window that was charged. */
  #charged: number | undefined
  #hasEnded = false

  /**
   * @param atOnce whether to charge it without waiting whether it becomes long
   * @param report that is under way
   */
  constructor(
    services: Pick<Ambient, 'now' | 'stopwatch' | 'sleep'>,
    account: Account,
    atOnce: boolean,
    report: Promise<void> | undefined,
  ) {
    this.#services = services
    this.#account = account
    this.#began = services.stopwatch()
    this.#charges = [Promise.resolve(report)]
    void this.#follow(atOnce)
  }

  /** The request has ended. Waits until what it cost is reported, as far as it is at once. */
  async end(): Promise<void> {
    this.#hasEnded = true
    const { now, stopwatch } = this.#services
    const window = windowOf(now())
    if (this.#charged === undefined) this.#account.note(stopwatch() - this.#began)
    else if (this.#charged > window) this.#charge(this.#charged, -WINDOW_SECONDS)
    else if (this.#charged === window) this.#charge(window, -secondsLeft(now()))
    await Promise.all(this.#charges)
  }

  async #follow(atOnce: boolean): Promise<void> {
    if (!atOnce) await this.#services.sleep(LONG_SECONDS * 1000)
    while (!this.#hasEnded) {
      const now = this.#services.now()
      const window = windowOf(now)
      if ((this.#charged ?? 0) < window) {
        const before = this.#charged === undefined ? this.#services.stopwatch() - this.#began : 0
        this.#charge(window, before + secondsLeft(now))
        // Before the next window begins, its sum has to hold the requests that go on in it.
      } else if (this.#charged === window && secondsLeft(now) <= 1) this.#charge(window + 1, WINDOW_SECONDS)
      await this.#services.sleep(LONG_SECONDS * 1000)
    }
  }

  #charge(window: number, seconds: number): void {
    this.#charged = window
    this.#charges.push(this.#account.charge(window, seconds))
  }
}

function secondsLeft(now: number): number {
  return WINDOW_SECONDS - (now % WINDOW_SECONDS)
}
