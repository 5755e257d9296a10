// The import of connections.
import { MAX_IMPORT_ITEMS } from '#domain/imports/import.ts'
import { importRequestSchema, importResultsSchema } from '#http/wire/import.ts'
import { type Bodies, time } from './body.ts'
import { APP, CONNECTION, END_USER, TAGS } from './samples.ts'

export const imports = {
  schemas: { ImportRequest: importRequestSchema, ImportResults: importResultsSchema },
  examples: {
    ImportRequest: {
      app_id: APP,
      dry_run: false,
      connections: [
        {
          end_user: END_USER,
          access_token: 'the-access-token',
          refresh_token: 'the-refresh-token',
          expires_at: '2026-03-01T11:02:00Z',
          tags: TAGS,
        },
        { end_user: { id: 'user-4712' }, access_token: 'a-dead-access-token' },
      ],
    },
    ImportResults: {
      results: [
        { status: 'imported', connection_id: CONNECTION },
        {
          status: 'dead',
          connect_url: 'https://connect.example.com/v1/authorize?session=the-link-secret',
          detail:
            'ClickFunnels refuses the access token (401). With the connect link, the end user can connect again.',
        },
      ],
    },
  },
  fields: {
    'ImportRequest.app_id': {
      description:
        "Id of the tenant's app that the tokens were issued to: the app with the same `client_id` as in the other system. Default: the tenant's first app.",
    },
    dry_run: {
      description:
        '`true` asks ClickFunnels and reports what an import would do, and stores nothing. Default: `false`.',
      default: false,
    },
    'ImportRequest.connections': {
      description: `The connections to import, 1 to ${MAX_IMPORT_ITEMS}. An item that breaks a rule is \`refused\`, and the others are imported all the same.`,
    },
    'connections.end_user': { description: 'The end user whose connection it is.' },
    'connections.access_token': {
      description: 'The access token, 1 to 4,096 visible ASCII characters. ClickFunnels has to accept it.',
    },
    'connections.refresh_token': {
      description:
        'The refresh token, 1 to 4,096 visible ASCII characters. The import stores it and does not present it. Default: none; the access token then counts as one that does not expire, and is checked about once a day.',
    },
    'connections.expires_at': time(
      'When the access token expires. Default: not known; the service then refreshes tokens that have a refresh token within 10 minutes. Without a refresh token it is not used.',
    ),
    'connections.tags': {
      description:
        'Tags of the connection: up to 10, keys of 1 to 40 and values of 1 to 200 characters. They replace the tags of a connection that is there. Default: none, and a connection that is there keeps its tags.',
      maxProperties: 10,
      propertyNames: { minLength: 1, maxLength: 40 },
    },
    results: { description: 'One result for each item, in the order of the request.' },
    'results.status': {
      description:
        '`imported`: a new connection. `updated`: the end user has a connection to the workspace; `detail` says whether it has new tokens. `dead`: ClickFunnels refuses the access token. `unclear`: ClickFunnels gave no clear answer, so send the item again. `refused`: the item cannot be imported, and sending it again would not help.',
    },
    'results.connection_id': {
      description: 'Id of the connection. Absent if there is none, and for a new one in a dry run.',
    },
    'results.connect_url': {
      description:
        "Where to send the browser of the end user to connect again, with a `dead` item. It works once, for 30 minutes, and returns to the tenant's first return URL; the session is a `verified` one. Absent in a dry run, and if the limit of sessions is reached.",
    },
    'results.detail': { description: 'A sentence for people. It never holds a part of a token.' },
  },
} satisfies Bodies
