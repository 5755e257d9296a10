// Connections need their store, the stores of revocations, of feeds and of timelines, and the pace at which each may be called.
import type { Connections, Revocations } from './connection-store.ts'
import type { Feeds } from './feed.ts'
import type { Pacer } from './pace.ts'
import type { Timeline } from './timeline.ts'

export interface ConnectionPorts {
  readonly connections: Connections
  readonly revocations: Revocations
  readonly feeds: Feeds
  readonly timeline: Timeline
  readonly pacer: Pacer
}
