// Reads the timeline of a connection. An event and the audit event of the same act become one entry, which says who did it.
import type { Ambient } from '../ambient.ts'
import type { AuditActor } from '../audit/event.ts'
import type { ConnectionPorts } from './ports.ts'
import { isInReach, noSuchConnection, type Reach } from './reach.ts'
import {
  type AuditEntry,
  type EventEntry,
  MAX_TIMELINE_ENTRIES,
  type TimelineEntry,
  type ToldAction,
  type ToldEventType,
  type WorkEntry,
} from './timeline.ts'

/** An entry as it is told. */
export type ToldEntry = WorkEntry | AuditEntry | (EventEntry & { readonly actor?: AuditActor })

/** The audit trail notes an act when it is over: a disconnection after the first attempt at its revocation. */
const SAME_ACT_SECONDS = 60

const ACTION_OF: Readonly<Partial<Record<ToldEventType, ToldAction>>> = {
  'connection.created': 'connection.create',
  'connection.reconnected': 'connection.reconnect',
  'connection.broken': 'connection.require_reauthorization',
  'connection.recovered': 'connection.recover',
  'connection.suspended': 'connection.switch',
  'connection.resumed': 'connection.switch',
  'connection.disconnected': 'connection.delete',
}

/**
 * Newest first, at most `limit`. The timeline of a connection that was deleted can be read, except by end users: whose it was is
 * not known any more.
 * @throws ServiceError not_found
 */
export async function readTimeline(
  { connections, timeline, now }: Pick<Ambient & ConnectionPorts, 'connections' | 'timeline' | 'now'>,
  reach: Reach,
  limit: number = MAX_TIMELINE_ENTRIES,
): Promise<readonly ToldEntry[]> {
  const connection = await connections.get(reach)
  const isHidden = connection === undefined ? reach.endUserId !== undefined : !isInReach(reach, connection)
  if (isHidden) throw noSuchConnection()
  const entries = await timeline.newest(reach, MAX_TIMELINE_ENTRIES, now())
  if (connection === undefined && entries.length === 0) throw noSuchConnection()
  return withActors(entries).slice(0, limit)
}

function withActors(entries: readonly TimelineEntry[]): readonly ToldEntry[] {
  const merged = new Set<TimelineEntry>()
  const told = entries.map((entry): ToldEntry => {
    if (entry.kind !== 'event') return entry
    const act = entries.find((other) => !merged.has(other) && isSameAct(entry, other))
    if (act?.kind !== 'audit') return entry
    merged.add(act)
    return { ...entry, actor: act.actor }
  })
  return told.filter((_, place) => !merged.has(entries[place] as TimelineEntry))
}

function isSameAct(event: EventEntry, other: TimelineEntry): boolean {
  return (
    other.kind === 'audit' &&
    other.result === 'ok' &&
    other.action === (event.imported ? 'connection.import' : ACTION_OF[event.type]) &&
    Math.abs(other.at - event.at) <= SAME_ACT_SECONDS
  )
}
