// Work in the background, by the clock of the tests.
import type { Background } from '#domain/ambient.ts'
import type { EpochSeconds } from '#domain/time.ts'
import type { FakeClock } from './clock.ts'

export class FakeBackground implements Background {
  readonly #started = new Set<Promise<void>>()
  readonly #clock: FakeClock

  constructor(clock: FakeClock) {
    this.#clock = clock
  }

  async within<T extends object>(work: Promise<T>, until: EpochSeconds): Promise<T | undefined> {
    return Promise.race([work, this.#clock.reached(until)])
  }

  start(work: () => Promise<void>): void {
    // The real one logs a failure, and goes on.
    this.#started.add(work().catch(() => undefined))
  }

  async settled(): Promise<void> {
    await Promise.all(this.#started)
  }
}
