// What every operation may need from the process it runs in: time, chance, ids, sleep, work in the background, the public
// URL and the log.
import type { AppId, MintId, TenantId } from './ids.ts'
import type { Clock, EpochSeconds, Stopwatch } from './time.ts'

/** A number in [0, 1). */
export type Chance = () => number

export interface Log {
  info(message: string, fields?: Readonly<Record<string, unknown>>): void
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void
  error(message: string, fields?: Readonly<Record<string, unknown>>): void
}

/** The members by which a log line names what it is about: its tenant, its app, and itself. */
export function namesOf(
  what: 'connection' | 'session' | 'revocation' | 'feed',
  { tenantId, appId, id }: { readonly tenantId: TenantId; readonly appId: AppId; readonly id: string },
): Readonly<Record<string, string>> {
  return { tenant: tenantId, app: appId, [what]: id }
}

/** Work that goes on after the caller has its answer. */
export interface Background {
  /**
   * Waits for work until a moment. Work that takes longer goes on, also after the caller has its answer.
   * @returns `undefined` if the moment came first
   * @throws what the work throws before the moment
   */
  within<T extends object>(work: Promise<T>, until: EpochSeconds): Promise<T | undefined>
  /** Starts work that no caller waits for. Its failure is logged. */
  start(work: () => Promise<void>): void
  /** Waits until nothing is under way, for so many seconds at most. */
  settled(seconds?: number): Promise<void>
}

export interface Ambient {
  readonly now: Clock
  readonly stopwatch: Stopwatch
  readonly newId: MintId
  readonly randomBytes: (size: number) => Uint8Array
  readonly chance: Chance
  readonly sleep: (milliseconds: number) => Promise<void>
  readonly background: Background
  readonly publicUrl: string
  readonly log: Log
}
