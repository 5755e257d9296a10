// A clock that stands still until it is moved. Sleeping moves it, and lets other tasks run in the meantime.
import { setImmediate as turn } from 'node:timers/promises'
import { type Clock, type EpochSeconds, epochSeconds } from '#domain/time.ts'

export class FakeClock {
  #milliseconds = Date.UTC(2026, 0, 1)
  readonly #waiting = new Set<{ readonly moment: EpochSeconds; readonly wake: () => void }>()

  readonly now: Clock = () => epochSeconds(this.#milliseconds / 1000)

  readonly milliseconds = (): number => this.#milliseconds

  /** Tasks that begin to sleep at the same time wake at the same time. */
  readonly sleep = async (milliseconds: number): Promise<void> => {
    const wake = this.#milliseconds + milliseconds
    await turn()
    this.#moveTo(Math.max(this.#milliseconds, wake))
  }

  advance(seconds: number): void {
    this.#moveTo(this.#milliseconds + seconds * 1000)
  }

  /** Waits until the clock was moved to a moment or beyond. It does not move the clock. */
  async reached(moment: EpochSeconds): Promise<undefined> {
    if (this.now() >= moment) return
    await new Promise<void>((wake) => this.#waiting.add({ moment, wake }))
    // Work that ends at this moment comes first.
    await turn()
  }

  #moveTo(milliseconds: number): void {
    this.#milliseconds = milliseconds
    for (const waiting of this.#waiting) {
      if (this.now() < waiting.moment) continue
      this.#waiting.delete(waiting)
      waiting.wake()
    }
  }
}
