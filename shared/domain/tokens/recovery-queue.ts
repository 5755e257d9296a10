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
  /**
   * Delivers a message that was not recovered again: after 5 s the first time, and after twice as long each time, up to
   * the queue's minute.
   * @param receipt names this delivery of the message
   * @param deliveries how often the message was delivered, this time included
   */
  redeliver(receipt: string, deliveries: number): Promise<void>
}
