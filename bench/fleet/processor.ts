// The processor of one Lambda process: pieces of work wait for each other.
import type { VirtualTime } from './virtual-time.ts'

/** At this memory, a Lambda function has one whole processor; below it, a share (AWS, "Configure Lambda function memory"). */
const WHOLE_PROCESSOR_MB = 1769

export class Processor {
  readonly #time: VirtualTime
  readonly #slowness: number
  #freeAt = 0

  constructor(time: VirtualTime, memoryMb: number) {
    this.#time = time
    this.#slowness = Math.max(1, WHOLE_PROCESSOR_MB / memoryMb)
  }

  /** @param milliseconds on a whole processor */
  async work(milliseconds: number): Promise<void> {
    this.#freeAt = Math.max(this.#time.now, this.#freeAt) + milliseconds * this.#slowness
    await this.#time.sleep(this.#freeAt - this.#time.now)
  }
}
