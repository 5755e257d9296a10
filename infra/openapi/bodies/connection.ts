// Connections, for tenants and for the operator.
import { connectionUpdateSchema } from '#http/wire/annotations.ts'
import { connectionLookSchema, connectionSchema, connectionSwitchSchema } from '#http/wire/connection.ts'
import { listQuerySchema } from '#http/wire/list-query.ts'
import { pageOf } from '#http/wire/shaped.ts'
import { type Bodies, time } from './body.ts'
import { APP, CONNECTION, END_USER, LABEL, TAGS } from './samples.ts'

const connection = {
  id: CONNECTION,
  app_id: APP,
  end_user: END_USER,
  status: 'active',
  workspace: {
    id: '20417',
    name: 'Brightwater Coaching',
    subdomain: 'brightwater',
    team_id: '311',
    team_name: 'Brightwater',
  },
  scopes: [],
  token: {
    expires_at: '2026-03-01T11:02:00Z',
    refreshable: true,
    last_refreshed_at: '2026-03-01T09:02:00Z',
    next_due_at: '2026-03-01T10:47:00Z',
    consecutive_failures: 0,
  },
  tags: TAGS,
  label: LABEL,
  created_at: '2026-03-01T09:02:00Z',
  updated_at: '2026-03-01T09:02:00Z',
}

export const connections = {
  schemas: {
    ListQuery: listQuerySchema,
    Connection: connectionSchema,
    ConnectionPage: pageOf(connectionSchema),
    ConnectionUpdate: connectionUpdateSchema,
    ConnectionSwitch: connectionSwitchSchema,
    ConnectionLook: connectionLookSchema,
  },
  examples: {
    Connection: connection,
    ConnectionPage: { data: [connection], next_cursor: CONNECTION },
    ConnectionUpdate: { tags: TAGS, label: LABEL },
    ConnectionSwitch: { suspended: true },
    ConnectionLook: { found: 'works', connection },
  },
  fields: {
    'Connection.app_id': { description: 'Id of the app through which the workspace was connected.' },
    'Connection.status': {
      description:
        'Current status. `active`: calls can be made. `reauthorization_required`: ClickFunnels no longer accepts the tokens; start a connect session with the id of this connection as `connection_id`.',
    },
    status_reason: {
      description:
        'Why the status is `reauthorization_required`: `grant_refused` (ClickFunnels refused the refresh token), `access_token_rejected` (ClickFunnels refused the access token), or `answer_lost` (an answer of ClickFunnels that may have held the next refresh token was lost). Absent while the connection is active.',
    },
    problem: {
      description: 'What is wrong with the connection, for a page of yours. Absent if all is well.',
    },
    'problem.code': {
      description:
        'What is wrong: `suspended`, or a reason of the events `connection.broken` and `connection.at_risk`.',
    },
    'problem.since': time('Since when. Absent if that is not known.'),
    'problem.message': { description: 'A sentence for the end user, in English.' },
    'problem.action': {
      description:
        '`reconnect`: the end user has to connect again, with the id of this connection as `connection_id`. `wait`: the service tries again by itself. `ask_operator`: only the operator of this service can help.',
    },
    refused_at: time(
      'When ClickFunnels first refused the tokens. Absent while the connection is active, and if it was refused before this field existed.',
    ),
    ended_at: time(
      'When a second refusal, at least a minute after the first, confirmed it. Absent while the connection is active or the second look has not come yet. The service looks again for seven days after it.',
    ),
    found: {
      description:
        'What the look found. `works`: ClickFunnels accepts the tokens. `refused`: it refuses them. `unknown`: it gave no clear answer, and nothing changed. `not_asked`: it was not asked.',
    },
    'ConnectionLook.detail': {
      description:
        'Why the look found nothing, such as `provider_down`, `busy` or `app_suspended`. With `refused`, `connections_refused` says that ClickFunnels refuses so many connections of the app that none is ended. Absent otherwise.',
    },
    'ConnectionLook.connection': { description: 'The connection after the look.' },
    suspended_at: time('When the operator suspended it. Absent if it is not suspended.'),
    workspace: {
      description: 'The ClickFunnels workspace. Fields that ClickFunnels did not give are absent.',
    },
    'workspace.id': { description: "ClickFunnels' id of the workspace, such as `20417`." },
    'workspace.name': { description: 'Name of the workspace.' },
    subdomain: {
      description: 'First label of the host name of the workspace: `acme` for `acme.myclickfunnels.com`.',
    },
    team_id: { description: "ClickFunnels' id of the team that the workspace belongs to." },
    team_name: { description: 'Name of that team.' },
    'Connection.scopes': {
      description: 'OAuth scopes that ClickFunnels granted. Empty if ClickFunnels named none.',
    },
    token: {
      description:
        'State of the access token, which the service keeps alive. The token itself is never shown.',
    },
    'token.expires_at': time('When the current access token expires. Absent if ClickFunnels set no expiry.'),
    refreshable: {
      description:
        'True if ClickFunnels issued a refresh token: the service refreshes the access token before it expires. False if not: the service checks about once a day whether the access token still works.',
    },
    last_refreshed_at: time('When the access token was last refreshed. Absent if it never was.'),
    next_due_at: time(
      'When the service next refreshes or checks the access token by itself. Absent if it will not.',
    ),
    consecutive_failures: {
      description:
        'Number of refreshes or checks that failed in a row. Failures that are not about this connection, such as an outage of ClickFunnels, do not count.',
      minimum: 0,
    },
    last_error: {
      description:
        'Why the last refresh or check failed, such as `rate_limited` or `provider_down`. Absent if it succeeded.',
    },
    'ListQuery.end_user_id': {
      description:
        "Lists only the connections of the end user with this id. Default: all end users. With a JWT, only the caller's own connections are listed in any case.",
    },
    'ListQuery.app_id': {
      description: 'Lists only the connections of the app with this id. Default: all apps.',
    },
    'ListQuery.status': { description: 'Lists only the connections with this status. Default: any status.' },
    'Connection.tags': {
      description:
        'Tags that the tenant set, by key. The end user can read them, too. Absent if there are none.',
    },
    'Connection.label': {
      description: 'Label that the tenant set. The end user can read it, too. Absent if there is none.',
    },
    'ConnectionUpdate.tags': {
      description:
        'New tags, which replace all former ones: up to 10, keys of 1 to 40 and values of 1 to 200 characters. `null` or `{}` removes all. Default: the tags stay.',
      maxProperties: 10,
      propertyNames: { minLength: 1, maxLength: 40 },
    },
    'ConnectionUpdate.label': {
      description: 'New label, 1 to 200 characters. `null` removes it. Default: the label stays.',
    },
    'ConnectionSwitch.tags': {
      description:
        'New tags, which replace all former ones: up to 10, keys of 1 to 40 and values of 1 to 200 characters. `null` or `{}` removes all. Default: the tags stay.',
      maxProperties: 10,
      propertyNames: { minLength: 1, maxLength: 40 },
    },
    'ConnectionSwitch.label': {
      description: 'New label, 1 to 200 characters. `null` removes it. Default: the label stays.',
    },
    suspended: {
      description:
        '`true` suspends the connection: calls stop within 5 seconds, refreshes at once, and nothing is lost. `false` resumes it. Default: it stays as it is.',
    },
  },
} satisfies Bodies
