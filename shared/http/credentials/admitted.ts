// The result of checking a credential: the caller, and when the credential ends.
import type { Caller } from '#domain/callers/caller.ts'
import type { EpochSeconds } from '#domain/time.ts'

/** A caller whose credential was good when it was looked at. */
export interface Admitted {
  readonly caller: Caller
  readonly expiresAt: EpochSeconds | undefined
}
