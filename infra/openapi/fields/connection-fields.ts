// What the members of connections, of lists of them and of funnels mean.
import { PAGE_LIMIT } from '#http/wire/list-query.ts'
import { type Field, time } from './field.ts'

export const CONNECTION_FIELDS: Readonly<Record<string, Field>> = {
  'Connection.app_id': { description: 'Id of the app through which the workspace was connected.' },
  'Connection.status': {
    description:
      'Current status. `active`: calls can be made. `reauthorization_required`: ClickFunnels no longer accepts the tokens; start a connect session with the id of this connection as `connection_id`.',
  },
  status_reason: {
    description:
      'Why the status is `reauthorization_required`: `grant_refused` (ClickFunnels refused the refresh token), `access_token_rejected` (ClickFunnels refused the access token), or `answer_lost` (an answer of ClickFunnels that may have held the next refresh token was lost). Absent while the connection is active.',
  },
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
    description: 'State of the access token, which the service keeps alive. The token itself is never shown.',
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
  limit: {
    description: `Maximum number of items on the page, ${PAGE_LIMIT.min} to ${PAGE_LIMIT.max}. Default: ${PAGE_LIMIT.default}.`,
    type: 'integer',
    minimum: PAGE_LIMIT.min,
    maximum: PAGE_LIMIT.max,
    default: PAGE_LIMIT.default,
    pattern: undefined,
  },
  cursor: { description: 'The `next_cursor` of the previous page. Default: the first page.' },

  'Funnel.id': { description: "ClickFunnels' id of the funnel." },
  public_id: { description: "ClickFunnels' public id of the funnel." },
  workspace_id: { description: "ClickFunnels' id of the workspace that the funnel belongs to." },
  'Funnel.name': { description: 'Name of the funnel.' },
  current_path: { description: 'Path of the funnel on its site, such as `/spring-workshop`.' },
  live_mode: { description: 'True if the funnel is live.' },
  'Funnel.created_at': time('When the funnel was created.'),
  'Funnel.updated_at': time('When the funnel was last changed.'),
}
