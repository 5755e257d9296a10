// Events of the log.
import {
  clickfunnelsEventReceiptSchema,
  clickfunnelsEventSchema,
  eventPageSchema,
  eventQuerySchema,
  eventSchema,
} from '#http/wire/event.ts'
import { type Bodies, time } from './body.ts'
import { APP, CONNECTION, LABEL, TAGS } from './samples.ts'

const event = {
  id: 'evt_01k2q8v4000123456789abcdef',
  type: 'connection.broken',
  timestamp: '2026-03-01T09:10:00Z',
  data: {
    connection_id: CONNECTION,
    app_id: APP,
    end_user: { id: 'user-4711' },
    tags: TAGS,
    label: LABEL,
    sequence: 3,
    reason: 'refresh_rejected',
  },
}

export const events = {
  schemas: {
    ClickFunnelsEvent: clickfunnelsEventSchema,
    ClickFunnelsEventReceipt: clickfunnelsEventReceiptSchema,
    EventQuery: eventQuerySchema,
    Event: eventSchema,
    EventPage: eventPageSchema,
  },
  examples: {
    ClickFunnelsEvent: {
      event_id: '60df598e-94fd-4d53-8f20-2bbc1e05fa38',
      event_type: 'contact.identified',
      subject_id: 356,
      subject_type: 'Contact',
      workspace_id: 20417,
      data: { id: 246579500, email_address: 'bobby@example.com' },
    },
    ClickFunnelsEventReceipt: { status: 'stored' },
    EventPage: { data: [event], next_cursor: '1204' },
  },
  fields: {
    after: {
      description:
        'The `next_cursor` of an earlier page, or `latest` to skip all events that are there. Default: the oldest event that is still there.',
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
    'data.webhook_endpoint_id': { description: 'Id of the webhook endpoint.' },
    'data.tags': { description: 'Tags of the connection or connect session. Absent if there are none.' },
    'data.label': {
      description: 'Label of the connection or connect session. Absent if there is none.',
    },
    'data.sequence': {
      description:
        'Number of the event among those about the same connection, connect session, app, tenant or webhook endpoint: 1, 2, 3 and so on.',
    },
    'data.reason': { description: 'Why it happened. docs/events.md lists the reasons of each type.' },
    'ClickFunnelsEvent.event_id': {
      description: "ClickFunnels' id of the event, the same for every delivery.",
    },
    'ClickFunnelsEvent.event_type': { description: 'Type of the event at ClickFunnels.' },
    'ClickFunnelsEventReceipt.status': {
      description: '`stored`: the event is new. `repeated`: it was stored before.',
    },
    'data.event_id': { description: "ClickFunnels' id of the event. Only in events of ClickFunnels." },
    'data.body': {
      description:
        'The event as ClickFunnels sent it: JSON, as text, unchanged. Only in events of ClickFunnels.',
    },
    'data.repaired': {
      description:
        '`true` if ClickFunnels did not deliver the event, and this service fetched it from the list of events. Absent otherwise.',
    },
    'data.imported': {
      description:
        '`true` if the tokens came with an import (`POST /v1/connections/import`), not from an end user. Absent otherwise.',
    },
    by: { description: 'Who disconnected the connection.' },
    'EventPage.data': { description: 'The events of this page, oldest first.' },
    'EventPage.next_cursor': {
      description: 'Send it as `after` to read on. It is always there, also when no event is new.',
    },
  },
} satisfies Bodies
