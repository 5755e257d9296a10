// The events of a grant: a connection is created, or gets new tokens.
import type { EventDraft } from '../events/event.ts'
import type { Connection } from './connection.ts'
import { connectionEvent } from './connection-events.ts'
import { type ConnectionChange, changed } from './connection-store.ts'

/** The first event of a connection. */
export function creationEvent(created: Connection): EventDraft {
  const more = created.importedFrom ? ({ imported: true } as const) : {}
  return connectionEvent({ ...created, eventCount: 0 }, 'connection.created', more)
}

/** The event of a new grant, which may bring another name of the end user, and other tags. */
export function reconnectionEvent(known: Connection, change: ConnectionChange): EventDraft {
  const more = change.importedFrom ? ({ imported: true } as const) : {}
  return connectionEvent(changed(known, change), 'connection.reconnected', more)
}
