// A recovery queue that keeps what it is sent.
import type { RecoveryQueue, TokenRotation } from '#domain/tokens/recovery-queue.ts'

export class FakeRecoveryQueue implements RecoveryQueue {
  readonly sent: TokenRotation[] = []

  async send(rotation: TokenRotation): Promise<void> {
    this.sent.push(structuredClone(rotation))
  }
}
