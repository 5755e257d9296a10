// The timeline of a connection on the wire.
import * as z from 'zod/mini'
import { AUDIT_ACTIONS, type AuditActor } from '#domain/audit/event.ts'
import type { ToldEntry } from '#domain/connections/read-timeline.ts'
import { sentenceOf } from '#domain/connections/tell.ts'
import {
  MAX_TIMELINE_ENTRIES,
  type ToldAction,
  type ToldEventType,
  WORK_CODES,
} from '#domain/connections/timeline.ts'
import { OWN_EVENT_TYPES } from '#domain/events/event-types.ts'
import { toRfc3339 } from '#domain/time.ts'
import { shaped } from '../shaped.ts'

const DEFAULT_ENTRIES = 50

const isOfConnection = (name: string) => name.startsWith('connection.')
const CODES = [
  ...WORK_CODES,
  ...(OWN_EVENT_TYPES.filter(isOfConnection) as ToldEventType[]),
  ...(AUDIT_ACTIONS.filter(isOfConnection) as ToldAction[]),
] as const

export const timelineQuerySchema = z.object({
  limit: z._default(
    z.pipe(
      z.pipe(
        z.string().check(z.regex(/^\d{1,3}$/, `must be a whole number from 1 to ${MAX_TIMELINE_ENTRIES}`)),
        z.transform(Number),
      ),
      z.number().check(z.minimum(1), z.maximum(MAX_TIMELINE_ENTRIES)),
    ),
    DEFAULT_ENTRIES,
  ),
})

export const timelineEntrySchema = z.object({
  id: z.string(),
  at: z.string(),
  code: z.enum(CODES),
  says: z.string(),
  by: z.optional(
    z.object({
      type: z.enum(['api_key', 'end_user', 'operator', 'browser', 'service']),
      id: z.optional(z.string()),
    }),
  ),
  cause: z.optional(z.enum(['schedule', 'call', 'refused_call'])),
  reason: z.optional(z.string()),
  error: z.optional(z.string()),
  status: z.optional(z.number()),
  seconds: z.optional(z.number()),
  result: z.optional(z.string()),
})

/** @param reader a tenant reads that the operator acted, but not which person */
export function timelineJson(entries: readonly ToldEntry[], reader: 'tenant' | 'operator') {
  return { data: entries.map((entry) => entryJson(entry, reader)) }
}

function entryJson(entry: ToldEntry, reader: 'tenant' | 'operator') {
  const work = entry.kind === 'work' ? entry.work : undefined
  return shaped(timelineEntrySchema, {
    id: entry.id,
    at: toRfc3339(entry.at),
    code: codeOf(entry),
    says: sentenceOf(entry),
    by: byOf(entry, reader),
    cause: work?.cause,
    reason: entry.kind === 'work' ? undefined : entry.reason,
    error: work?.error,
    status: work?.status,
    seconds: work?.seconds,
    result: entry.kind === 'audit' ? entry.result : undefined,
  })
}

function codeOf(entry: ToldEntry) {
  switch (entry.kind) {
    case 'work':
      return entry.work.code
    case 'event':
      return entry.type
    case 'audit':
      return entry.action
  }
}

function byOf(entry: ToldEntry, reader: 'tenant' | 'operator') {
  if (entry.kind === 'work') return undefined
  if (entry.actor !== undefined) return actorJson(entry.actor, reader)
  return entry.kind === 'event' && entry.by ? { type: entry.by, id: undefined } : undefined
}

function actorJson({ kind, id }: AuditActor, reader: 'tenant' | 'operator') {
  return { type: kind, id: reader === 'tenant' && kind === 'operator' ? undefined : id }
}
