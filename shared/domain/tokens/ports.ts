// Refreshing needs the recovery queue, and what the process remembers: opened tokens, and token rotations that it holds.
import type { HeldRotations, RecoveryQueue } from './recovery-queue.ts'
import type { TokenMemory } from './token-memory.ts'

export interface TokenPorts {
  readonly recoveryQueue: RecoveryQueue
  readonly heldRotations: HeldRotations
  readonly tokenMemory: TokenMemory
}
