// Virtual time for many processes: everybody who waits names how long, and the one whose moment comes first goes on.
// One goes on at a time and everything that follows from it is over before the next one does, so a seed decides all.
import { setImmediate as settled } from 'node:timers/promises'
import type { FakeClock } from '../fakes/clock.ts'

interface Turn {
  readonly at: number
  /** Who goes first of those whose moment is the same. */
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

  /** Lets something happen later, whoever lives by then. */
  after(milliseconds: number, go: () => void): void {
    this.#waiting.push({ at: this.#clock.milliseconds() + milliseconds, order: this.#chance(), go })
  }

  /** Runs until all tasks are done; looks at the world after every turn. */
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
      if (next === undefined) throw new Error('Everybody waits for something that never comes')
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
