// What a check of a credential finds out: the caller, and when the credential expires.
import type { Caller } from '#domain/callers/caller.ts'
import type { EpochSeconds } from '#domain/time.ts'

/** A caller whose credential was valid when it was checked. */
export interface Admitted {
  readonly caller: Caller
  readonly expiresAt: EpochSeconds | undefined
}
