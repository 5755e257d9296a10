// The timeline of a connection: what happened to it, for people who ask why. It has three sources. The store of connections adds
// an entry with each event, in the same transaction. Work on the tokens adds one after its commit (tokens/note-work.ts), and the
// audit trail one that says who did something. An entry is never changed, and holds no token. See docs/adr/0030.
import type { AuditAction, AuditActor, AuditEvent } from '../audit/event.ts'
import type { Disconnecter, TenantEvent } from '../events/event.ts'
import type { OwnEventType } from '../events/event-types.ts'
import type { AuditEventId, ConnectionId, EventId, TenantId, TimelineEntryId } from '../ids.ts'
import { DAY_SECONDS, type EpochSeconds, later } from '../time.ts'
import type { ConnectionRef } from './connection.ts'

/** How long an entry is shown. */
export const TIMELINE_DAYS = 90
/** How many entries are shown at the most. */
export const MAX_TIMELINE_ENTRIES = 200

export type ToldEventType = OwnEventType & `connection.${string}`
export type ToldAction = AuditAction & `connection.${string}`

/** What became of a refresh or a probe. */
export const WORK_CODES = [
  'tokens.refreshed',
  'tokens.refresh_failed',
  'tokens.refused',
  'tokens.probed',
  'tokens.probe_failed',
] as const

/** One request for tokens, or one question whether they work. */
export interface Work {
  readonly code: (typeof WORK_CODES)[number]
  /** refused_call: ClickFunnels answered a call with 401. */
  readonly cause: 'schedule' | 'call' | 'refused_call'
  readonly what: 'refresh' | 'probe'
  /** ClickFunnels' own error code (RFC 6749 section 5.2), or ours for what went wrong. Never a text of ClickFunnels. */
  readonly error?: string
  /** The status that ClickFunnels answered with. */
  readonly status?: number
  readonly seconds: number
}

interface Entry {
  readonly id: TimelineEntryId | EventId | AuditEventId
  readonly tenantId: TenantId
  readonly connectionId: ConnectionId
  readonly at: EpochSeconds
  readonly expiresAt: EpochSeconds
}
export interface WorkEntry extends Entry {
  readonly kind: 'work'
  readonly work: Work
}
export interface EventEntry extends Entry {
  readonly kind: 'event'
  readonly type: ToldEventType
  readonly reason?: string
  readonly by?: Disconnecter
  readonly imported?: true
}
export interface AuditEntry extends Entry {
  readonly kind: 'audit'
  readonly action: ToldAction
  readonly actor: AuditActor
  readonly result: string
  readonly reason?: string
}
export type TimelineEntry = WorkEntry | EventEntry | AuditEntry

export interface Timeline {
  add(entry: WorkEntry): Promise<void>
  /** Newest first, at most `limit`, without those that have expired by `now`. */
  newest(ref: ConnectionRef, limit: number, now: EpochSeconds): Promise<readonly TimelineEntry[]>
}

export function expiryAt(at: EpochSeconds): EpochSeconds {
  return later(at, TIMELINE_DAYS * DAY_SECONDS)
}

/** The entry of an event; `undefined` if the event is not about a connection, or is one that ClickFunnels sent. */
export function entryOfEvent({ id, tenantId, at, type, data }: TenantEvent): EventEntry | undefined {
  const { connectionId, reason, by, imported } = data
  if (connectionId === undefined || !type.startsWith('connection.')) return undefined
  return {
    ...{
      kind: 'event',
      id,
      tenantId,
      connectionId,
      at,
      expiresAt: expiryAt(at),
      type: type as ToldEventType,
    },
    ...(reason !== undefined && { reason }),
    ...(by && { by }),
    ...(imported && { imported }),
  }
}

/** The entry of an audit event. Attempts on connections that do not exist have none. */
export function entryOfAudit(event: AuditEvent): AuditEntry | undefined {
  const { id, tenantId, at, action, actor, resource, result, reason } = event
  const isTold = resource.type === 'connection' && action.startsWith('connection.') && result !== 'not_found'
  if (!isTold || resource.id === undefined) return undefined
  const connectionId = resource.id as ConnectionId
  return {
    ...{ kind: 'audit', id, tenantId, connectionId, at, expiresAt: expiryAt(at) },
    ...{ action: action as ToldAction, actor, result },
    ...(reason !== undefined && { reason }),
  }
}
