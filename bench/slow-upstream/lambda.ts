// Executions as Lambda has them: each serves one request at a time, an idle one comes before a new one, and there is a limit.
import type { VirtualTime } from '../fleet/virtual-time.ts'

const COLD_START_MS = 400

export class Executions<P> {
  readonly #idle: P[] = []
  readonly #time: VirtualTime
  readonly #limit: number
  readonly #start: () => P
  busy = 0
  most = 0
  refused = 0

  constructor(time: VirtualTime, limit: number, start: () => P) {
    this.#time = time
    this.#limit = limit
    this.#start = start
  }

  /** Serves a request. `undefined` if all executions are busy. */
  async serve<T>(work: (process: P) => Promise<T>): Promise<T | undefined> {
    if (this.busy === this.#limit) {
      this.refused += 1
      return undefined
    }
    this.busy += 1
    this.most = Math.max(this.most, this.busy)
    let process = this.#idle.pop()
    if (process === undefined) {
      await this.#time.sleep(COLD_START_MS)
      process = this.#start()
    }
    try {
      return await work(process)
    } finally {
      this.#idle.push(process)
      this.busy -= 1
    }
  }
}
