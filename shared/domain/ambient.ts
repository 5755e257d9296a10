// What every operation may need from the process it runs in: time, chance, ids, sleep, the public URL and the log.
import type { MintId } from './ids.ts'
import type { Clock } from './time.ts'

/** A number in [0, 1). */
export type Chance = () => number

export interface Log {
  info(message: string, fields?: Readonly<Record<string, unknown>>): void
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void
  error(message: string, fields?: Readonly<Record<string, unknown>>): void
}

export interface Ambient {
  readonly now: Clock
  readonly newId: MintId
  readonly randomBytes: (size: number) => Uint8Array
  readonly chance: Chance
  readonly sleep: (milliseconds: number) => Promise<void>
  readonly publicUrl: string
  readonly log: Log
}
