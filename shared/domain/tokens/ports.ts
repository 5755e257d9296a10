// Refreshing needs the recovery queue, and the memory of tokens that proved valid.
import type { RecoveryQueue } from './recovery-queue.ts'
import type { TokenMemory } from './token-memory.ts'

export interface TokenPorts {
  readonly recoveryQueue: RecoveryQueue
  readonly tokenMemory: TokenMemory
}
