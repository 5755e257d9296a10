// A recovery queue in memory.
import type { RecoveryQueue, TokenRotation } from '#domain/tokens/recovery-queue.ts'

export class FakeRecoveryQueue implements RecoveryQueue {
  readonly sent: TokenRotation[] = []

  async send(rotation: TokenRotation): Promise<void> {
    this.sent.push(structuredClone(rotation))
  }
}
