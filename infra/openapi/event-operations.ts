// The event log.
import type { RouteKey } from '#http/routes.ts'
import type { Operation } from './operation.ts'
import { VAULT } from './parts.ts'

export const EVENT_OPERATIONS = {
  'GET /v1/events': {
    id: 'listEvents',
    summary: 'Read the event log',
    more: 'Lists what happened to connections, connect sessions and apps, oldest first. With a JWT, only the events of its end user. To follow the log, send each `next_cursor` as `after` of the next request. A reader who does so misses no event and sees none twice. A page may have fewer events than `limit`, or none, although there are more: if `next_cursor` has changed, read on at once, else wait.',
    query: 'EventQuery',
    answers: { 200: { says: 'A page of events.', schema: 'EventPage', example: 'EventPage' } },
    problems: ['validation_failed'],
  },
  'POST /v1/clickfunnels-events/{ingest_id}': {
    id: 'receiveClickFunnelsEvent',
    summary: 'Deliver an event of ClickFunnels',
    more: 'Called by ClickFunnels, not by your product. The URL is made by this service, one for each connection or app. ClickFunnels signs the request. An event is stored once, however often it is delivered, and then answered. It goes to the event log of the tenant.',
    parameters: [
      {
        name: 'X-Webhook-ClickFunnels-Timestamp',
        in: 'header',
        says: 'When the attempt was made, in seconds since 1970. At most 600 seconds from the time of this service.',
        schema: { type: 'string' },
        required: true,
      },
      {
        name: 'X-Webhook-ClickFunnels-Signature',
        in: 'header',
        says: "Hex HMAC-SHA256 of `<timestamp>.<raw body>` with the endpoint's secret.",
        schema: { type: 'string' },
        required: true,
      },
    ],
    body: { schema: 'ClickFunnelsEvent', example: 'ClickFunnelsEvent' },
    answers: {
      202: {
        says: 'The event is stored, now or by an earlier delivery.',
        schema: 'ClickFunnelsEventReceipt',
        example: 'ClickFunnelsEventReceipt',
      },
      204: {
        says: 'The signature is right, but the connection has ended, or the app does not want events of this type.',
      },
    },
    problems: ['not_found', 'invalid_credential', ...VAULT],
  },
} as const satisfies Partial<Record<RouteKey, Operation>>
