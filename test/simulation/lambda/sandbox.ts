// One Lambda process: our code, evaluated anew, with clocks, random numbers and an environment of its own.
import * as crypto from 'node:crypto'
import type { FunctionName } from '#runtime/env.ts'
import type { Evaluate } from '../bundle.ts'
import type { Chance } from '../chance.ts'
import { simulatedHttps } from '../socket.ts'
import type { Owner } from '../timeline.ts'
import { RuntimeApi } from './runtime-api.ts'

export interface Context {
  readonly awsRequestId: string
  getRemainingTimeInMillis(): number
}
export type Handler = (event: unknown, context: Context) => Promise<unknown>

export class Sandbox implements Owner {
  readonly name: string
  readonly functionName: FunctionName
  readonly skew: number
  readonly random: () => number
  /** Promised by the evaluated code, when its INIT phase is over. */
  handler: Promise<Handler> | undefined
  readonly api = new RuntimeApi()
  state: Owner['state'] = 'running'
  stoodStill = 0
  stoppedAt = 0
  isBusy = false
  /** How many calls it was given. */
  calls = 0
  /** When its present call began. */
  calledAt = 0
  /** For how long it got no CPU in its present call, in milliseconds. */
  starved = 0
  /** When it was killed. */
  endedAt: number | undefined
  readonly #chance: Chance

  constructor(name: string, functionName: FunctionName, skew: number, chance: Chance) {
    this.name = name
    this.functionName = functionName
    this.skew = skew
    this.random = chance.next
    this.#chance = chance
  }

  /** Evaluates the code. To be called in an event of this process. */
  start(
    evaluate: Evaluate,
    libraries: ReadonlyMap<string, unknown>,
    environment: Readonly<Record<string, string>>,
    write: (line: string) => void,
  ): void {
    const own = new Map<string, unknown>([
      ['node:crypto', this.#crypto()],
      ['node:http', this.api.http],
      ['node:timers/promises', { setTimeout: pause }],
    ])
    const module: { exports: { handler?: Promise<Handler> } } = { exports: {} }
    evaluate(module, (name) => own.get(name) ?? libraries.get(name), this.#process(environment, write))
    this.handler = module.exports.handler
    // A process that is killed while it starts leaves a promise that fails unseen.
    this.handler?.catch(() => {})
  }

  #crypto(): object {
    const { bytes } = this.#chance
    return { ...crypto, randomBytes: (size: number) => Buffer.from(bytes(size)) }
  }

  #process(env: Readonly<Record<string, string>>, write: (line: string) => void): object {
    const getBuiltinModule = (name: string) =>
      name === 'node:https' ? simulatedHttps : process.getBuiltinModule(name)
    return overlay({ env, getBuiltinModule, stdout: { write } })
  }
}

/** The members of `own` before those of this process. */
function overlay(own: object): object {
  return new Proxy(process, { get: (target, name) => Reflect.get(name in own ? own : target, name) })
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}
