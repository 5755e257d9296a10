// Connections need their store, the stores of revocations and of feeds, and the pace at which each may be called.
import type { Connections, Revocations } from './connection-store.ts'
import type { Feeds } from './feed.ts'
import type { Pacer } from './pace.ts'

export interface ConnectionPorts {
  readonly connections: Connections
  readonly revocations: Revocations
  readonly feeds: Feeds
  readonly pacer: Pacer
}
