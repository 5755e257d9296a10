// Events of the log on the wire, and the query that reads them.
import * as z from 'zod/mini'
import type { TenantEvent } from '#domain/events/event.ts'
import type { EventPage } from '#domain/events/event-log.ts'
import type { EventRequest } from '#domain/events/list-events.ts'
import { toRfc3339 } from '#domain/time.ts'
import { annotated } from './annotations.ts'
import { eventType, MAX_TYPES, wantedType } from './event-types.ts'
import { endUserId, id } from './fields.ts'
import { pageLimit } from './page-limit.ts'
import { shaped } from './shaped.ts'

const types = z.pipe(
  z.pipe(
    z.string(),
    z.transform((value) => value.split(',')),
  ),
  z.array(wantedType).check(z.maxLength(MAX_TYPES)),
)

/** Positions have 12 digits in the table. */
const after = z.pipe(
  z.string().check(z.regex(/^(\d{1,11}|latest)$/, 'must be the next_cursor of an earlier page, or "latest"')),
  z.transform((value) => (value === 'latest' ? value : Number(value))),
)

export const eventQuerySchema = z.pipe(
  z.object({
    after: z._default(after, 0),
    types: z.optional(types),
    connection_id: z.optional(id('connection')),
    end_user_id: z.optional(endUserId),
    limit: pageLimit,
  }),
  z.transform(
    ({ after, types, connection_id, end_user_id, limit }): EventRequest => ({
      filter: {
        ...(types && { types }),
        ...(connection_id && { connectionId: connection_id }),
        ...(end_user_id && { endUserId: end_user_id }),
      },
      limit,
      after,
    }),
  ),
)

export const eventSchema = z.object({
  id: z.string(),
  type: eventType,
  timestamp: z.string(),
  data: z.object({
    connection_id: z.optional(z.string()),
    connect_session_id: z.optional(z.string()),
    app_id: z.optional(z.string()),
    end_user: z.optional(z.object({ id: z.string() })),
    webhook_endpoint_id: z.optional(z.string()),
    ...annotated,
    sequence: z.number(),
    reason: z.optional(z.string()),
    by: z.optional(z.enum(['api_key', 'end_user', 'operator'])),
    imported: z.optional(z.literal(true)),
    event_id: z.optional(z.string()),
    body: z.optional(z.string()),
    repaired: z.optional(z.literal(true)),
  }),
})

/** What this service reads of ClickFunnels' events. Their other members are passed on. */
export const clickfunnelsEventSchema = z.looseObject({ event_id: z.string(), event_type: z.string() })
export const clickfunnelsEventReceiptSchema = z.object({ status: z.enum(['stored', 'repeated']) })

export const eventPageSchema = z.object({ data: z.array(eventSchema), next_cursor: z.string() })

export function eventPageJson({ events, next }: EventPage) {
  return { data: events.map(eventJson), next_cursor: String(next) }
}

/** The event as a tenant gets it, from the log and in a webhook. */
export function eventJson({ id, type, at, data }: TenantEvent) {
  return shaped(eventSchema, {
    id,
    type,
    timestamp: toRfc3339(at),
    data: {
      connection_id: data.connectionId,
      connect_session_id: data.connectSessionId,
      app_id: data.appId,
      end_user: data.endUserId && { id: data.endUserId },
      webhook_endpoint_id: data.endpointId,
      tags: data.tags,
      label: data.label,
      sequence: data.sequence,
      reason: data.reason,
      by: data.by,
      imported: data.imported,
      event_id: data.eventId,
      body: data.body,
      repaired: data.repaired,
    },
  })
}
