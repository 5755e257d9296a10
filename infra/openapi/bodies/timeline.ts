// The timeline of a connection.

import { timelineEntrySchema, timelineQuerySchema } from '#http/wire/history/timeline.ts'
import { listOf } from '#http/wire/shaped.ts'
import { type Bodies, time } from './body.ts'
import { API_KEY } from './samples.ts'

export const timelines = {
  schemas: {
    TimelineQuery: timelineQuerySchema,
    TimelineEntry: timelineEntrySchema,
    Timeline: listOf(timelineEntrySchema),
  },
  examples: {
    Timeline: {
      data: [
        {
          id: 'tle_01k2q8v4000123456789abcdef',
          at: '2026-03-01T09:10:00Z',
          code: 'tokens.refused',
          says: 'ClickFunnels refused the refresh token (invalid_grant, status 400).',
          cause: 'schedule',
          error: 'invalid_grant',
          status: 400,
          seconds: 1,
        },
        {
          id: 'aud_01k2q8v3000123456789abcdef',
          at: '2026-03-01T08:00:00Z',
          code: 'connection.update',
          says: 'A back end of the tenant changed the connection (label).',
          by: { type: 'api_key', id: API_KEY },
          reason: 'label',
          result: 'ok',
        },
      ],
    },
  },
  fields: {
    'TimelineQuery.limit': {
      description: 'The maximum number of entries, 1 to 200. Default: 50.',
      type: 'integer',
      minimum: 1,
      maximum: 200,
      default: 50,
    },
    'TimelineEntry.at': time('When it happened.'),
    'TimelineEntry.code': {
      description:
        '`tokens.…`: a request of this service to ClickFunnels about the tokens, and how it ended. The others are types of events and actions of the audit trail. Programs should ignore codes that they do not know.',
    },
    'TimelineEntry.says': {
      description: 'What happened, in a sentence for people. It may be worded differently later.',
    },
    'TimelineEntry.by': { description: 'Who did it. Absent for what the service does by itself.' },
    'by.type': {
      description:
        'Kind of actor. `api_key`: a back end of the tenant. `end_user`: an end user with a JWT. `operator`: the operator of the service. `browser`: the browser of an end user, on its way from ClickFunnels. `service`: the service by itself.',
    },
    'by.id': {
      description:
        'Id of the API key, the end user, the connect session (for a browser), the IAM principal (ARN), or the name of the function. Absent if it is not known, and if the operator acted and the tenant reads it.',
    },
    'TimelineEntry.cause': {
      description:
        'Why the service asked ClickFunnels. `schedule`: before the access token expires, or to see whether it works. `call`: a call needed a token. `refused_call`: ClickFunnels answered a call with 401. Only with `tokens.…`.',
    },
    'TimelineEntry.reason': { description: 'The reason of the event, or the names of the changed fields.' },
    'TimelineEntry.error': {
      description:
        "ClickFunnels' error code (RFC 6749 section 5.2), such as `invalid_grant`, or this service's name for what went wrong, such as `provider_down`. Never a text of ClickFunnels. Absent if nothing went wrong.",
    },
    'TimelineEntry.status': {
      description: 'The HTTP status of that answer of ClickFunnels. Absent if there was none.',
    },
    'TimelineEntry.seconds': { description: 'How long it took, in whole seconds. Only with `tokens.…`.' },
    'TimelineEntry.result': {
      description: '`ok`, or the code of the error that the caller got. Only of requests to this service.',
    },
    'Timeline.data': { description: 'The entries, newest first.' },
  },
} satisfies Bodies
