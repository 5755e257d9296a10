// What goes wrong in one run. The seed decides all of it.
import { seededRandom } from '../fakes/random.ts'

export type Mode = 'rotating' | 'strict'
export const MODES: readonly Mode[] = ['rotating', 'strict']

export type Part = 'store' | 'vault' | 'queue' | 'provider'
/** Whether a call that fails had its effect. "repeated": the SDK sends it twice and gets the second answer only. */
export type CallFault = 'before' | 'after' | 'repeated'

/** A time in which a part fails, always or sometimes. */
export interface Trouble {
  readonly part: Part
  /** What the times, in milliseconds, count from: the beginning, or the last time the provider issued tokens. */
  readonly since: 'start' | 'token_rotation'
  readonly from: number
  readonly until: number
  readonly likelihood: number
  readonly faults: readonly CallFault[]
}

export type Act = 'keep_alive' | 'use' | 'refresh_now' | 'deliver'
export type UserAct = 'reconnect' | 'disconnect'

export interface Plan {
  readonly seed: number
  readonly mode: Mode
  /** How many seconds after the connection's due time the run begins. */
  readonly late: number
  /** For each worker what it does, one after the other, with pauses in milliseconds. */
  readonly workers: readonly { readonly act: Act; readonly pause: number }[][]
  readonly users: readonly { readonly act: UserAct; readonly at: number }[]
  readonly troubles: readonly Trouble[]
  /** The probability that a token request goes wrong. */
  readonly providerTrouble: number
  /** The longest time that one call of the store or vault takes, in milliseconds. */
  readonly slowest: number
  /** At which of its calls each process is killed, in the order in which they start. */
  readonly kills: readonly (number | undefined)[]
  /** At which call a process stands still for a long time, like a suspended machine. */
  readonly freeze:
    | { readonly process: number; readonly gate: number; readonly milliseconds: number }
    | undefined
  readonly chance: () => number
}

const ACTS: readonly Act[] = [
  'keep_alive',
  'keep_alive',
  'keep_alive',
  'use',
  'use',
  'refresh_now',
  'deliver',
]
const PARTS: readonly Part[] = ['store', 'store', 'store', 'vault', 'queue', 'queue']
const FAULTS: readonly (readonly CallFault[])[] = [
  ['before'],
  ['after'],
  ['repeated'],
  ['before', 'after', 'repeated'],
]
const MAX_GATES = 45

export function planOf(seed: number, mode: Mode): Plan {
  const { chance } = seededRandom(Math.imul(seed + 1, 0x9e3779b1) ^ (mode === 'strict' ? 0x5bd1e995 : 0))
  const pick = <T>(choices: readonly T[]): T => choices[Math.floor(chance() * choices.length)] as T
  const upTo = (most: number) => Math.floor(chance() * most)
  const many = <T>(count: number, make: () => T) => Array.from({ length: count }, make)
  const trouble = (): Trouble => {
    const from = pick([0, 0, 1, 1, 30]) * upTo(1000)
    const until = from + pick([100, 1000, 10_000, 60_000])
    const since = pick(['start', 'token_rotation'] as const)
    return {
      part: pick(PARTS),
      since,
      from: since === 'start' ? from : 0,
      until,
      likelihood: pick([0.2, 0.6, 1]),
      faults: pick(FAULTS),
    }
  }
  const act = () => ({ act: pick(ACTS), pause: pick([0, 100, 3000, 35_000, 70_000]) * chance() })
  return {
    seed,
    mode,
    late: pick([0, 0, 1800]),
    workers: many(1 + upTo(3), () => many(1 + upTo(4), act)),
    users:
      chance() < 0.75
        ? []
        : pick([['reconnect'], ['reconnect'], ['disconnect'], ['reconnect', 'disconnect']] as const).map(
            (what) => ({ act: what, at: upTo(40_000) }),
          ),
    troubles: many(pick([0, 0, 1, 2, 3, 4]), trouble),
    providerTrouble: pick([0, 0, 0.3, 0.7]),
    slowest: pick([20, 20, 20, 400, 7000]),
    kills: many(4, () => (chance() < 0.55 ? 1 + upTo(MAX_GATES) : undefined)),
    freeze:
      chance() < 0.1
        ? { process: upTo(3), gate: 1 + upTo(MAX_GATES), milliseconds: 10_000 + upTo(80_000) }
        : undefined,
    chance,
  }
}

/** One process that refreshes alone and is killed at one call; nothing else goes wrong. */
export function killAt(gate: number, mode: Mode): Plan {
  return {
    ...planOf(gate, mode),
    late: 0,
    workers: [[{ act: 'keep_alive', pause: 0 }]],
    users: [],
    troubles: [],
    providerTrouble: 0,
    slowest: 20,
    kills: [gate],
    freeze: undefined,
  }
}
