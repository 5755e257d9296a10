// A recovery queue in memory.
import type { RecoveryQueue, TokenRotation } from '#domain/tokens/recovery-queue.ts'

export class FakeRecoveryQueue implements RecoveryQueue {
  readonly sent: TokenRotation[] = []
  readonly redelivered: { readonly receipt: string; readonly deliveries: number }[] = []

  async send(rotation: TokenRotation): Promise<void> {
    this.sent.push(structuredClone(rotation))
  }

  async redeliver(receipt: string, deliveries: number): Promise<void> {
    this.redelivered.push({ receipt, deliveries })
  }

  messageOf(rotation: TokenRotation): string {
    return JSON.stringify(rotation)
  }
}
