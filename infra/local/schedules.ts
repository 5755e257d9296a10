// Stands in for EventBridge Scheduler: invokes functions at the template's rates, or all of them at once on demand.
import type { ScheduleDefinition } from './cloudformation/template.ts'

export interface ScheduleRun {
  readonly schedule: string
  readonly function: string
  readonly input: unknown
  /** The function's result; absent when it failed. */
  readonly result?: unknown
  readonly error?: Error
}

export class Schedules {
  readonly #schedules: readonly ScheduleDefinition[]
  readonly #invoke: (name: string, event: unknown) => Promise<unknown>
  #timers: NodeJS.Timeout[] = []

  constructor(
    schedules: readonly ScheduleDefinition[],
    invoke: (name: string, event: unknown) => Promise<unknown>,
  ) {
    this.#schedules = schedules
    this.#invoke = invoke
  }

  /** Starts the timers. A failed run is in the function's log; the next one follows as usual. */
  start(): void {
    this.#timers = this.#schedules.map((schedule) =>
      setInterval(() => void this.#run(schedule), schedule.everyMinutes * 60_000),
    )
  }

  stop(): void {
    for (const timer of this.#timers) clearInterval(timer)
  }

  /** Runs every schedule once, now. */
  runAll(): Promise<ScheduleRun[]> {
    return Promise.all(this.#schedules.map((schedule) => this.#run(schedule)))
  }

  async #run({ logicalId, function: target, input }: ScheduleDefinition): Promise<ScheduleRun> {
    const run = { schedule: logicalId, function: target, input }
    try {
      return { ...run, result: await this.#invoke(target, input) }
    } catch (error) {
      return { ...run, error: error as Error }
    }
  }
}
