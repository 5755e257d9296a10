// Work that goes on after the caller has its answer. Lambda freezes a process between invocations, so the handler
// (lambda.ts) makes sure that all of it has ended before that.
import type { Background, Log } from '#domain/ambient.ts'
import type { EpochSeconds } from '#domain/time.ts'

/** No invocation of Lambda lasts longer. */
const MAX_SECONDS = 15 * 60

export class ProcessBackground implements Background {
  readonly #log: Log
  readonly #underWay = new Set<Promise<void>>()

  constructor(log: Log) {
    this.#log = log
  }

  async within<T extends object>(work: Promise<T>, until: EpochSeconds): Promise<T | undefined> {
    let late = false
    let timer: NodeJS.Timeout | undefined
    const moment = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => resolve(undefined), Math.max(0, until * 1000 - Date.now()))
    })
    this.#watch(
      work.then(
        () => {},
        (error) => {
          if (late) this.#log.warn('Work failed after its caller was given up', { error })
        },
      ),
    )
    const done = await Promise.race([work, moment]).finally(() => clearTimeout(timer))
    late = done === undefined
    return done
  }

  start(work: () => Promise<void>): void {
    this.#watch(work().catch((error) => this.#log.error('Work in the background failed', { error })))
  }

  async settled(seconds = MAX_SECONDS): Promise<void> {
    const over = async () => {
      while (this.#underWay.size > 0) await Promise.all(this.#underWay)
    }
    if (this.#underWay.size === 0) return
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, seconds * 1000)
    })
    await Promise.race([over(), late]).finally(() => clearTimeout(timer))
  }

  #watch(ended: Promise<void>): void {
    this.#underWay.add(ended)
    void ended.then(() => this.#underWay.delete(ended))
  }
}
