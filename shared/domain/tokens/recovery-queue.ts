// The port of the recovery queue. It holds the sealed tokens of token rotations whose commit to the table failed.
import type { ConnectionRef, Credential } from '../connections/connection.ts'
import type { AppId } from '../ids.ts'
import type { EpochSeconds } from '../time.ts'

/** Tokens that the provider rotated to and that are still to be committed. Holds seals only. */
export interface TokenRotation {
  readonly ref: ConnectionRef
  /** The app that the tokens belong to. */
  readonly appId: AppId
  /** The connection's generation when the provider rotated. The commit happens only while it is still the same. */
  readonly generation: number
  readonly credential: Credential
  readonly scopes: readonly string[]
  readonly rotatedAt: EpochSeconds
}

export interface RecoveryQueue {
  send(rotation: TokenRotation): Promise<void>
}
