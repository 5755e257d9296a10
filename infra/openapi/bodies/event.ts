// Events of the log.
import { eventPageSchema, eventQuerySchema, eventSchema } from '#http/wire/event.ts'
import { type Bodies, time } from './body.ts'
import { APP, CONNECTION } from './samples.ts'

const event = {
  id: 'evt_01k2q8v4000123456789abcdef',
  type: 'connection.broken',
  timestamp: '2026-03-01T09:10:00Z',
  data: {
    connection_id: CONNECTION,
    app_id: APP,
    end_user: { id: 'user-4711' },
    sequence: 3,
    reason: 'refresh_rejected',
  },
}

export const events = {
  schemas: { EventQuery: eventQuerySchema, Event: eventSchema, EventPage: eventPageSchema },
  examples: { EventPage: { data: [event], next_cursor: '1204' } },
  fields: {
    after: {
      description: 'The `next_cursor` of an earlier page. Default: the oldest event that is still there.',
    },
    types: {
      description:
        'Lists only events of these types, separated by commas: `connection.created,connection.broken`. Default: all types.',
      type: 'string',
    },
    'EventQuery.connection_id': { description: 'Lists only events of this connection. Default: all.' },
    'EventQuery.end_user_id': { description: 'Lists only events of this end user. Default: all.' },
    'Event.type': { description: 'What happened. Programs should ignore types that they do not know.' },
    timestamp: time('When it happened.'),
    'Event.data': { description: 'Whom and what it is about. Members that do not apply are absent.' },
    'data.connection_id': { description: 'Id of the connection.' },
    'data.connect_session_id': { description: 'Id of the connect session.' },
    'data.app_id': { description: 'Id of the app.' },
    'data.end_user': { description: 'The end user.' },
    'data.sequence': {
      description:
        'Number of the event among those about the same connection, connect session or app: 1, 2, 3 and so on.',
    },
    'data.reason': { description: 'Why it happened. docs/events.md lists the reasons of each type.' },
    by: { description: 'Who disconnected the connection.' },
    'EventPage.data': { description: 'The events of this page, oldest first.' },
    'EventPage.next_cursor': {
      description: 'Send it as `after` to read on. It is always there, also when no event is new.',
    },
  },
} satisfies Bodies
