// A recovery queue that keeps what it is sent.
import type { RecoverableRotation, RecoveryQueue } from '#domain/tokens/recovery-queue.ts'

export class FakeRecoveryQueue implements RecoveryQueue {
  readonly sent: RecoverableRotation[] = []

  async send(rotation: RecoverableRotation): Promise<void> {
    this.sent.push(structuredClone(rotation))
  }
}
