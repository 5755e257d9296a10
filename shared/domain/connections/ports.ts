// Connections need their store, the store of revocations, and the pace at which each may be called.
import type { Connections, Revocations } from './connection-store.ts'
import type { Pacer } from './pace.ts'

export interface ConnectionPorts {
  readonly connections: Connections
  readonly revocations: Revocations
  readonly pacer: Pacer
}
