// The event log.
import type { RouteKey } from '#http/routes.ts'
import type { Operation } from './operation.ts'

export const EVENT_OPERATIONS = {
  'GET /v1/events': {
    id: 'listEvents',
    summary: 'Read the event log',
    more: 'Lists what happened to connections, connect sessions and apps, oldest first. With a JWT, only the events of its end user. To follow the log, send each `next_cursor` as `after` of the next request. A reader who does so misses no event and sees none twice. A page may have fewer events than `limit`, or none, although there are more: if `next_cursor` has changed, read on at once, else wait.',
    query: 'EventQuery',
    answers: { 200: { says: 'A page of events.', schema: 'EventPage', example: 'EventPage' } },
    problems: ['validation_failed'],
  },
} as const satisfies Partial<Record<RouteKey, Operation>>
