// The port of the recovery queue. It holds rotated tokens, sealed, whose commit to the table failed.
import type { ConnectionRef, Credential } from '../connections/connection.ts'
import type { AppId } from '../ids.ts'
import type { EpochSeconds } from '../time.ts'

/** Rotated tokens whose commit failed, on their way to be committed later. Holds seals only. */
export interface TokenRotation {
  readonly ref: ConnectionRef
  /** The connection as it was when the provider rotated: its app owns the tokens, its generation is the fence. */
  readonly appId: AppId
  readonly generation: number
  readonly credential: Credential
  readonly scopes: readonly string[]
  readonly rotatedAt: EpochSeconds
}

export interface RecoveryQueue {
  send(rotation: TokenRotation): Promise<void>
}
