// Refreshing needs the recovery queue and the process's memory of opened tokens.
import type { RecoveryQueue } from './recovery-queue.ts'
import type { TokenMemory } from './token-memory.ts'

export interface TokenPorts {
  readonly recoveryQueue: RecoveryQueue
  readonly tokenMemory: TokenMemory
}
