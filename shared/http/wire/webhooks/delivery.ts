// Deliveries of webhooks on the wire, and what a replay asks for.
import * as z from 'zod/mini'
import { toRfc3339 } from '#domain/time.ts'
import type { Delivery } from '#domain/webhooks/delivery.ts'
import type { Replay, ReplayRequest } from '#domain/webhooks/replay.ts'
import { id, moment, optionalTime } from '../fields.ts'
import { pageLimit } from '../page-limit.ts'
import { shaped } from '../shaped.ts'

const MAX_EVENT_IDS = 100

export const deliveryQuerySchema = z.pipe(
  z.object({ limit: pageLimit, cursor: z.optional(id('delivery')) }),
  z.transform(({ limit, cursor }) => ({ limit, after: cursor })),
)

export const deliverySchema = z.object({
  id: z.string(),
  event_id: z.string(),
  event_type: z.string(),
  status: z.enum(['waiting', 'delivered', 'failed']),
  failure: z.optional(
    z.enum(['exhausted', 'gone', 'endpoint_disabled', 'endpoint_deleted', 'event_expired']),
  ),
  attempts: z.array(
    z.object({
      at: z.string(),
      status: z.optional(z.int()),
      fault: z.optional(z.enum(['address_refused', 'unreachable', 'untrusted', 'timeout', 'lost'])),
      milliseconds: z.int(),
      answer: z.optional(z.string()),
    }),
  ),
  next_attempt_at: z.optional(z.string()),
  created_at: z.string(),
})

export function deliveryJson({ event, attempts, ...delivery }: Delivery) {
  return shaped(deliverySchema, {
    id: delivery.id,
    event_id: event.id,
    event_type: event.type,
    status: delivery.status,
    failure: delivery.failure,
    attempts: attempts.map(({ at, status, fault, milliseconds, answer }) => ({
      at: toRfc3339(at),
      status,
      fault,
      milliseconds,
      answer,
    })),
    next_attempt_at: optionalTime(delivery.nextAt),
    created_at: toRfc3339(delivery.createdAt),
  })
}

const cursor = z.pipe(
  z.string().check(z.regex(/^\d{1,11}$/, 'must be the next_cursor of an earlier answer')),
  z.transform(Number),
)

export const replaySchema = z.pipe(
  z
    .object({
      since: z.optional(moment),
      event_ids: z.optional(z.array(id('event')).check(z.minLength(1), z.maxLength(MAX_EVENT_IDS))),
      cursor: z.optional(cursor),
    })
    .check(
      z.refine(
        (given) => Object.values(given).filter((one) => one !== undefined).length === 1,
        'must have exactly one of "since", "event_ids" and "cursor"',
      ),
    ),
  z.transform(({ since, event_ids, cursor }): ReplayRequest => {
    if (since !== undefined) return { since }
    return event_ids === undefined ? { after: cursor ?? 0 } : { eventIds: event_ids }
  }),
)

export const replayReportSchema = z.object({ deliveries: z.int(), next_cursor: z.optional(z.string()) })

export function replayJson({ deliveries, next }: Replay) {
  return shaped(replayReportSchema, {
    deliveries,
    next_cursor: next === undefined ? undefined : String(next),
  })
}
