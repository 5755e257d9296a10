// Refreshing needs the recovery queue, whether it is lazy, and what the process remembers: opened tokens, and token rotations that it holds.
import type { LazyRefreshPorts } from '../connections/lazy-refresh.ts'
import type { HeldRotations, RecoveryQueue } from './recovery-queue.ts'
import type { TokenMemory } from './token-memory.ts'

export interface TokenPorts extends LazyRefreshPorts {
  readonly recoveryQueue: RecoveryQueue
  readonly heldRotations: HeldRotations
  readonly tokenMemory: TokenMemory
}
