// The port of the recovery queue. It holds the sealed tokens of token rotations whose commit to the table failed. And what
// this process holds because the queue did not take it either.
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
  /** The message as an operator can send it to the queue later. */
  messageOf(rotation: TokenRotation): string
}

/** The token rotations that neither the table nor the queue took. This process tries again at its next invocation. */
export class HeldRotations {
  readonly #attempts = new Set<() => Promise<void>>()

  isEmpty(): boolean {
    return this.#attempts.size === 0
  }

  /** @param attempt stores the rotation or sends it to the queue, and fails if it can do neither */
  hold(attempt: () => Promise<void>): void {
    this.#attempts.add(attempt)
  }

  /** Makes all attempts once. One that fails is made again the next time. */
  async attemptAll(): Promise<void> {
    const attempts = [...this.#attempts]
    this.#attempts.clear()
    await Promise.all(attempts.map((attempt) => attempt().catch(() => this.hold(attempt))))
  }
}
