// Virtual time for many processes. Each wait has a length, and the wait that ends first goes on. Everything that
// follows from it is over before the next one goes on, so that a seed decides everything.
import { setImmediate as settled } from 'node:timers/promises'
import type { FakeClock } from '../fakes/clock.ts'

interface Turn {
  readonly at: number
  /** Decides between waits that end at the same moment. */
  readonly order: number
  readonly go: () => void
}

export class Turns {
  readonly #clock: FakeClock
  readonly #chance: () => number
  #waiting: Turn[] = []

  constructor(clock: FakeClock, chance: () => number) {
    this.#clock = clock
    this.#chance = chance
  }

  wait(milliseconds: number): Promise<void> {
    return new Promise((resolve) => this.after(milliseconds, resolve))
  }

  /** Lets something happen later, even if the process that asked for it was killed by then. */
  after(milliseconds: number, go: () => void): void {
    this.#waiting.push({ at: this.#clock.milliseconds() + milliseconds, order: this.#chance(), go })
  }

  /** Runs until all tasks are done. Looks at the world after every turn. */
  async run(tasks: readonly Promise<unknown>[], look: () => Promise<void>): Promise<void> {
    let left = tasks.length
    let failure: { readonly error: unknown } | undefined
    for (const task of tasks) {
      task.then(
        () => left--,
        (error) => {
          failure ??= { error }
        },
      )
    }
    for (;;) {
      await settled()
      await look()
      if (failure !== undefined) throw failure.error
      if (left === 0) return
      const next = this.#take()
      if (next === undefined) throw new Error('All processes wait for something that never happens')
      this.#clock.advance(Math.max(0, next.at - this.#clock.milliseconds()) / 1000)
      next.go()
    }
  }

  #take(): Turn | undefined {
    let next = this.#waiting[0]
    for (const turn of this.#waiting) {
      if (next === undefined || turn.at < next.at || (turn.at === next.at && turn.order < next.order))
        next = turn
    }
    this.#waiting = this.#waiting.filter((turn) => turn !== next)
    return next
  }
}
