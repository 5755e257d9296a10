// Deliveries of webhooks, and replays.

import { pageOf } from '#http/wire/shaped.ts'
import {
  deliveryQuerySchema,
  deliverySchema,
  replayReportSchema,
  replaySchema,
} from '#http/wire/webhooks/delivery.ts'
import { type Bodies, time } from './body.ts'
import { DELIVERY, EVENT } from './samples.ts'

const waiting = {
  id: DELIVERY,
  event_id: EVENT,
  event_type: 'connection.broken',
  status: 'waiting',
  attempts: [],
  next_attempt_at: '2026-03-01T09:10:01Z',
  created_at: '2026-03-01T09:10:01Z',
}
const retried = {
  ...waiting,
  attempts: [{ at: '2026-03-01T09:10:01Z', status: 500, milliseconds: 83, answer: 'Internal Server Error' }],
  next_attempt_at: '2026-03-01T09:10:06Z',
}

export const deliveries = {
  schemas: {
    Delivery: deliverySchema,
    DeliveryPage: pageOf(deliverySchema),
    DeliveryQuery: deliveryQuerySchema,
    ReplayRequest: replaySchema,
    ReplayReport: replayReportSchema,
  },
  examples: {
    WaitingDelivery: waiting,
    DeliveryPage: { data: [retried], next_cursor: DELIVERY },
    ReplayRequest: { since: '2026-03-01T09:00:00Z' },
    ReplayReport: { deliveries: 12 },
  },
  fields: {
    'DeliveryPage.data': { description: 'The deliveries of this page, newest first.' },
    'DeliveryQuery.cursor': {
      description: 'The `next_cursor` of an earlier page. Default: the newest delivery.',
    },
    'Delivery.event_id': { description: 'Id of the event.' },
    event_type: { description: 'Type of the event.' },
    'Delivery.status': {
      description:
        '`waiting`: an attempt will be made. `delivered`: the endpoint answered with 2xx. `failed`: no attempt is made any more.',
    },
    failure: {
      description:
        'Why no attempt is made any more. `exhausted`: all attempts failed. `gone`: the endpoint answered 410. `endpoint_disabled`, `endpoint_deleted`: it was not sent for that reason. `event_expired`: the event is no longer in the log. Only with the status `failed`.',
    },
    attempts: { description: 'The last 20 attempts, oldest first.' },
    'attempts.at': time('When the attempt ended.'),
    'attempts.status': { description: 'HTTP status of the answer. Absent if there was none.' },
    'attempts.fault': {
      description:
        'Why there was no answer. `address_refused`: the URL leads to an address that is not public. `unreachable`: no connection. `untrusted`: the certificate does not hold. `timeout`: no answer within 15 seconds. `lost`: the connection broke.',
    },
    'attempts.milliseconds': { description: 'How long the attempt took.' },
    'attempts.answer': { description: 'First KB of the answer. Absent if it was empty.' },
    next_attempt_at: time('When the next attempt is made. Absent if there is none.'),
    'ReplayRequest.since': time('Replays the events since this time, such as `2030-01-31T12:00:00Z`.'),
    event_ids: {
      description: 'Replays these events, up to 100. They are sent whatever types the endpoint asks for.',
    },
    'ReplayRequest.cursor': {
      description: 'The `next_cursor` of an earlier answer. Goes on where that ended.',
    },
    deliveries: { description: 'How many events are sent.' },
    'ReplayReport.next_cursor': {
      description: 'Send it as `cursor` to replay the events after these. Absent if there are no more.',
    },
  },
} satisfies Bodies
