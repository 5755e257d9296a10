// A clock that stands still until it is moved. Sleeping moves it, and lets other tasks run in the meantime.
import { setImmediate as turn } from 'node:timers/promises'
import { type Clock, epochSeconds } from '#domain/time.ts'

export class FakeClock {
  #milliseconds = Date.UTC(2026, 0, 1)

  readonly now: Clock = () => epochSeconds(this.#milliseconds / 1000)

  readonly milliseconds = (): number => this.#milliseconds

  /** Tasks that begin to sleep at the same time wake at the same time. */
  readonly sleep = async (milliseconds: number): Promise<void> => {
    const wake = this.#milliseconds + milliseconds
    await turn()
    this.#milliseconds = Math.max(this.#milliseconds, wake)
  }

  advance(seconds: number): void {
    this.#milliseconds += seconds * 1000
  }
}
