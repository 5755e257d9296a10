// Lambda: calls functions in processes of theirs, one call at a time in each, stops a process between its calls, and ends
// it when a call takes too long.
import type { FunctionName } from '#runtime/env.ts'
import type { Bundle } from '../bundle.ts'
import { Chance } from '../chance.ts'
import type { Event, Timeline } from '../timeline.ts'
import type { Weather } from '../weather.ts'
import { Sandbox } from './sandbox.ts'

export type Outcome =
  | { readonly kind: 'answered'; readonly result: unknown }
  | { readonly kind: 'failed'; readonly error: unknown }
  | { readonly kind: 'killed' | 'timed_out' }

export interface HostPorts {
  readonly timeline: Timeline
  readonly weather: Weather
  readonly seed: number
  readonly bundle: Bundle
  readonly libraries: ReadonlyMap<string, unknown>
  readonly environment: (name: FunctionName) => Readonly<Record<string, string>>
  readonly onLog: (sandbox: Sandbox, line: string) => void
  /** Called when a call of a process has ended, however. */
  readonly onEnd: (sandbox: Sandbox, outcome: Outcome) => void
}

const STARVED_MILLISECONDS = 1_000

interface Call {
  readonly sandbox: Sandbox
  readonly limit: Event
  readonly settle: (outcome: Outcome) => void
}

export class LambdaHost {
  readonly sandboxes: Sandbox[] = []
  readonly #ports: HostPorts
  readonly #calls = new Map<Sandbox, Call>()
  readonly #chance: Chance

  constructor(ports: HostPorts) {
    this.#ports = ports
    this.#chance = new Chance(ports.seed, 'lambda')
  }

  /** Calls a function. @param timeout milliseconds */
  invoke(name: FunctionName, event: unknown, timeout: number): Promise<Outcome> {
    const { timeline } = this.#ports
    const sandbox = this.#sandbox(name)
    sandbox.isBusy = true
    sandbox.calls += 1
    sandbox.starved = 0
    return new Promise((resolve) => {
      let isSettled = false
      const settle = (outcome: Outcome) => {
        if (!isSettled) timeline.outside(1, () => resolve(outcome))
        isSettled = true
      }
      // A new process starts before the time of its first call begins to count.
      const isNew = sandbox.handler === undefined
      const limit = timeline.outside(timeout + (isNew ? 10_000 : 0), () => {
        // A call that got no CPU for seconds is not to blame for its length.
        this.kill(sandbox, sandbox.starved > STARVED_MILLISECONDS ? 'killed' : 'timed_out')
      })
      this.#calls.set(sandbox, { sandbox, limit, settle })
      timeline.after(1, () => this.#start(sandbox, event, timeout), sandbox)
    })
  }

  /** Ends a process at once. */
  kill(sandbox: Sandbox, kind: 'killed' | 'timed_out' = 'killed'): void {
    sandbox.state = 'dead'
    sandbox.endedAt = this.#ports.timeline.now
    this.#ports.timeline.forget(sandbox)
    this.#end(sandbox, { kind })
  }

  async #start(sandbox: Sandbox, event: unknown, timeout: number): Promise<void> {
    const { timeline, bundle, libraries, environment, onLog } = this.#ports
    const { functionName } = sandbox
    try {
      if (sandbox.handler === undefined) {
        const evaluate = bundle.functions.get(functionName)
        if (evaluate === undefined) throw new Error(`"${functionName}" is not bundled`)
        sandbox.start(evaluate, libraries, environment(functionName), (line) => onLog(sandbox, line))
      }
      const handler = await sandbox.handler
      sandbox.calledAt = timeline.now
      const end = timeline.now + timeout
      const awsRequestId = `${sandbox.name} ${sandbox.calls}`
      const context = { awsRequestId, getRemainingTimeInMillis: () => end - timeline.now }
      sandbox.api.invoke(awsRequestId)
      const result = await handler?.(event, context)
      this.#stop(sandbox, { kind: 'answered', result })
    } catch (error) {
      this.#stop(sandbox, { kind: 'failed', error })
    }
  }

  /** Gives the answer to the caller, and stops the process when its work in the background has ended, too. */
  #stop(sandbox: Sandbox, outcome: Outcome): void {
    if (sandbox.state === 'dead') return
    this.#calls.get(sandbox)?.settle(outcome)
    const stop = () => {
      if (sandbox.state === 'dead') return
      sandbox.api.onAsked = undefined
      sandbox.state = 'frozen'
      sandbox.stoppedAt = this.#ports.timeline.now
      this.#end(sandbox, outcome)
    }
    if (sandbox.api.isIdle()) stop()
    else sandbox.api.onAsked = stop
  }

  #end(sandbox: Sandbox, outcome: Outcome): void {
    const call = this.#calls.get(sandbox)
    if (call === undefined) return
    this.#calls.delete(sandbox)
    sandbox.isBusy = false
    this.#ports.timeline.cancel(call.limit)
    this.#ports.onEnd(sandbox, outcome)
    call.settle(outcome)
  }

  #sandbox(name: FunctionName): Sandbox {
    const idle = this.sandboxes.find(
      (one) => one.functionName === name && one.state === 'frozen' && !one.isBusy,
    )
    if (idle !== undefined) {
      idle.stoodStill += this.#ports.timeline.now - idle.stoppedAt
      idle.state = 'running'
      return idle
    }
    const number = this.sandboxes.length + 1
    const skew = this.#chance.pick([0, 0, 0, 900, -900, 2_000])
    const chance = new Chance(this.#ports.seed, `process ${number}`)
    const sandbox = new Sandbox(`${name}-${number}`, name, skew, chance)
    this.sandboxes.push(sandbox)
    return sandbox
  }
}
