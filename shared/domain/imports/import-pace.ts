// How fast one import asks ClickFunnels: several questions at once, half as many after each 429, and none while ClickFunnels wants
// a pause.
import type { Ambient } from '../ambient.ts'
import { type EpochSeconds, later, latest } from '../time.ts'

export const IMPORT_LANES = 8
const FIRST_PAUSE_SECONDS = 1

export class ImportPace {
  readonly #services: Pick<Ambient, 'now' | 'sleep'>
  #lanes = IMPORT_LANES
  #pauseSeconds = FIRST_PAUSE_SECONDS
  #until: EpochSeconds

  constructor(services: Pick<Ambient, 'now' | 'sleep'>) {
    this.#services = services
    this.#until = services.now()
  }

  /** How many questions may be under way. */
  get lanes(): number {
    return this.#lanes
  }

  /** Waits until the next question may be asked. False if that would be after `last`. */
  async pass(last: EpochSeconds): Promise<boolean> {
    const { now, sleep } = this.#services
    while (now() < this.#until) {
      if (this.#until > last) return false
      await sleep((this.#until - now()) * 1000)
    }
    return now() <= last
  }

  /** Pauses after a 429. Those of the same moment count once. */
  slow(retryAfterSeconds = this.#pauseSeconds): void {
    const now = this.#services.now()
    if (now < this.#until) return
    this.#until = latest(this.#until, later(now, Math.max(FIRST_PAUSE_SECONDS, retryAfterSeconds)))
    this.#pauseSeconds *= 2
    this.#lanes = Math.max(1, Math.floor(this.#lanes / 2))
  }
}
