// What a tenant calls: connect sessions, connections, and the ClickFunnels API behind a connection.

import { CALL_SECONDS } from '#domain/proxy/proxy-request.ts'
import type { RouteKey } from '#http/routes.ts'
import type { Operation } from './operation.ts'
import { UPSTREAM, VAULT } from './parts.ts'

const TOKEN = [
  'app_suspended',
  'connection_suspended',
  'reauthorization_required',
  'app_credentials_refused',
  'refresh_failed',
  'recovering',
] as const

const LIMITS = ['tenant_limit_exceeded', 'end_user_limit_exceeded'] as const

const PROXIED = [
  'malformed_request',
  'validation_failed',
  'not_found',
  'rate_limited',
  ...LIMITS,
  'upstream_response_too_large',
  ...TOKEN,
  ...UPSTREAM,
  ...VAULT,
] as const

const MIN_VALIDITY = {
  name: 'Funnel-Connect-Min-Validity',
  in: 'header',
  says: 'Seconds for which the access token should still be valid when the call is made, 0 to 86,400 (one day). The service refreshes the token first if it would expire earlier. At most 80 % of the lifetime of a token can be asked for. Use it if ClickFunnels takes long to carry out the call. Default: 5.',
  schema: { type: 'integer', minimum: 0, maximum: 86_400 },
} as const

const TIMEOUT = {
  name: 'Funnel-Connect-Timeout',
  in: 'header',
  says: 'Seconds that the call may take with everything that belongs to it: a refresh of the token, waiting, and retries. After that it fails with `upstream_timeout`. Default: 25, or what the operator allows the tenant.',
  schema: { type: 'integer', minimum: 1, maximum: CALL_SECONDS },
} as const

/** What calls that change something can have besides. */
export const KEYED = {
  parameters: [
    {
      name: 'Idempotency-Key',
      in: 'header',
      says: 'Makes it safe to repeat the call: it is carried out once, and for 24 hours every repetition with the same key gets the same answer, marked with `Funnel-Connect-Idempotent-Replay: true`. Use a new UUID for each call, such as `8e03978e-40d5-43e8-bc93-6894a57f9324`. A key has 1 to 255 ASCII characters without spaces, commas, quotes and backslashes. Default: none; a repetition is then carried out again.',
      schema: { type: 'string', maxLength: 255 },
    },
  ],
  problems: [
    'idempotency_in_progress',
    'idempotency_outcome_unknown',
    'idempotency_answer_not_kept',
    'idempotency_key_reused',
  ],
} as const

const PASSED_ON =
  "Answers of ClickFunnels, errors included, are passed on unchanged and carry the header `Funnel-Connect-Answer-By: clickfunnels`. Answers without that header are this service's own."

const PASSED_ANSWER = {
  says: "ClickFunnels' answer, exactly as ClickFunnels sent it.",
  content: '*/*',
  headers: [
    'Pagination-Next',
    'Link',
    'Retry-After',
    'Funnel-Connect-Answer-By',
    'Funnel-Connect-Idempotent-Replay',
  ],
} as const

export const TENANT_OPERATIONS = {
  'POST /v1/connect-sessions': {
    id: 'createConnectSession',
    summary: 'Start a connect session',
    more: "Starts one attempt of one end user to connect a ClickFunnels workspace. Send the end user's browser to the `connect_url` of the answer within 30 minutes. To reconnect a connection, send its `connection_id`.",
    body: { schema: 'ConnectSessionRequest', example: 'ConnectSessionRequest' },
    answers: {
      201: { says: 'The session was started.', schema: 'ConnectSession', example: 'StartedSession' },
    },
    problems: ['return_url_not_registered', 'app_suspended', ...LIMITS, ...VAULT],
  },
  'GET /v1/connect-sessions/{id}': {
    id: 'getConnectSession',
    summary: 'Get a connect session',
    more: 'Shows the current status of the session. A page may poll this route every few seconds while the end user is at ClickFunnels. A session stays readable for 7 days after it has ended.',
    answers: { 200: { says: 'The session.', schema: 'ConnectSession', example: 'ConnectSession' } },
    problems: ['not_found'],
  },
  'POST /v1/connect-sessions/{id}/complete': {
    id: 'completeConnectSession',
    summary: 'Complete a verified connect session',
    more: 'Exchanges the authorization code for tokens and creates or updates the connection. Call it when the browser is back at the `return_url` with `status=awaiting_completion`, within 9 minutes. Send its `completion_code`, and name the end user who is logged in now. If the code is missing or wrong, the answer is `completion_code_mismatch` and the session stays as it is. If the code is right and the end user is not that of the session, the session fails and nothing is connected. Completing a session that is already `connected` gives the same connection again.',
    body: { schema: 'CompletionRequest', example: 'CompletionRequest' },
    answers: { 200: { says: 'The connection.', schema: 'Connection', example: 'Connection' } },
    problems: [
      'not_found',
      'end_user_mismatch',
      'completion_code_mismatch',
      'session_not_completable',
      'workspace_mismatch',
      'app_suspended',
      'tenant_limit_exceeded',
      'grant_refused',
      'app_credentials_refused',
      ...UPSTREAM,
      ...VAULT,
    ],
  },
  'POST /v1/manage-links': {
    id: 'createManageLink',
    summary: 'Make a link to the manage page',
    more: 'Makes a link to a page of this service on which one end user connects, reconnects and disconnects workspaces, for products without such a page. Make it when the end user asks for it, and redirect their browser to the `manage_url`. The link works once and for 30 minutes; the page is then open in that browser for 30 minutes. Never send it by e-mail. For API keys only.',
    body: { schema: 'ManageLinkRequest', example: 'ManageLinkRequest' },
    answers: { 201: { says: 'The link.', schema: 'ManageLink', example: 'ManageLink' } },
    problems: ['return_url_not_registered', 'app_suspended', 'tenant_limit_exceeded'],
  },
  'POST /v1/connections/import': {
    id: 'importConnections',
    summary: 'Import connections from another system',
    more: "Takes tokens that another system holds. The service asks ClickFunnels with each access token and stores only what ClickFunnels accepts; the workspace is taken from ClickFunnels' answer. It never presents a refresh token. For API keys with the scope `connections:import` only, which a key does not have by default. The body may have 1 MiB. An item that breaks a rule is `refused`, and the others are imported all the same. To repeat the request is harmless: an end user has one connection to a workspace, and a connection that works keeps its tokens. The guide is docs/migrate.md.",
    body: { schema: 'ImportRequest', example: 'ImportRequest' },
    answers: {
      200: {
        says: 'The results, one for each item, in the order given.',
        schema: 'ImportResults',
        example: 'ImportResults',
      },
    },
    problems: ['app_suspended', ...VAULT],
  },
  'GET /v1/connections': {
    id: 'listConnections',
    summary: 'List connections',
    more: 'Newest first. An API key lists the connections of all end users of the tenant, a JWT only those of its own end user.',
    query: 'ListQuery',
    answers: { 200: { says: 'A page of connections.', schema: 'ConnectionPage', example: 'ConnectionPage' } },
    problems: ['validation_failed'],
  },
  'GET /v1/connections/{id}': {
    id: 'getConnection',
    summary: 'Get a connection',
    answers: { 200: { says: 'The connection.', schema: 'Connection', example: 'Connection' } },
    problems: ['not_found'],
  },
  'GET /v1/connections/{id}/timeline': {
    id: 'getTimeline',
    summary: 'Get what happened to a connection',
    more: 'Newest first, at most the last 200 entries of 90 days. It tells who connected, refreshed, suspended or disconnected the connection, what ClickFunnels answered to requests for tokens, and how long they took. An API key can also read the timeline of a connection that was deleted. Calls with a token that works are not in it. An entry of a refresh appears a moment after the refresh.',
    query: 'TimelineQuery',
    answers: { 200: { says: 'The entries.', schema: 'Timeline', example: 'Timeline' } },
    problems: ['not_found', 'validation_failed'],
  },
  'PATCH /v1/connections/{id}': {
    id: 'updateConnection',
    summary: 'Change the tags and the label of a connection',
    more: 'Fields that are left out stay as they are. `tags` replaces all tags of the connection. For API keys only: an end user may read tags and labels, but not change them. To repeat the request is harmless.',
    body: { schema: 'ConnectionUpdate', example: 'ConnectionUpdate' },
    answers: { 200: { says: 'The connection.', schema: 'Connection', example: 'Connection' } },
    problems: ['not_found'],
  },
  'POST /v1/connections/{id}/refresh': {
    id: 'refreshConnection',
    summary: "Refresh a connection's access token now",
    more: 'Not needed before calls, because the service refreshes access tokens by itself. Use it to check a connection. A token that was refreshed less than 60 seconds ago is left as it is. If the access token cannot be refreshed, the service checks whether ClickFunnels still accepts it.',
    answers: {
      200: { says: 'The connection; its access token works.', schema: 'Connection', example: 'Connection' },
    },
    problems: ['not_found', ...LIMITS, ...TOKEN, ...UPSTREAM, ...VAULT],
  },
  'DELETE /v1/connections/{id}': {
    id: 'deleteConnection',
    summary: 'Delete a connection',
    more: 'Removes the connection at once and revokes its tokens at ClickFunnels. If ClickFunnels cannot be reached, the service retries the revocation in the background for about a week.',
    answers: { 204: { says: 'The connection was deleted.' } },
    problems: ['not_found', ...VAULT],
  },
  'GET /v1/connections/{id}/funnels': {
    id: 'listFunnels',
    summary: "List the workspace's funnels",
    more: `Calls ClickFunnels for the funnels of the connected workspace; you need not know the workspace's id. All query parameters are passed on to ClickFunnels unchanged. ${PASSED_ON}`,
    parameters: [
      {
        name: 'after',
        in: 'query',
        says: 'The header `Pagination-Next` of the previous page. Default: the first page.',
        schema: { type: 'string' },
      },
      MIN_VALIDITY,
      TIMEOUT,
    ],
    answers: {
      200: {
        says: 'A page of funnels, exactly as ClickFunnels sent it.',
        schema: 'FunnelPage',
        example: 'FunnelPage',
        headers: ['Pagination-Next', 'Link', 'Funnel-Connect-Answer-By'],
      },
    },
    passesAnswer: PASSED_ANSWER,
    problems: PROXIED,
  },
  'ANY /v1/connections/{id}/proxy/{path+}': {
    id: 'proxy',
    summary: 'Call the ClickFunnels API',
    more: `Calls the ClickFunnels API with a valid access token of the connection. Method, query, body and headers are passed on unchanged. For types, use ClickFunnels' own OpenAPI document with \`https://<this service>/v1/connections/{id}/proxy\` as its server. ${PASSED_ON}`,
    parameters: [MIN_VALIDITY, TIMEOUT],
    answers: {},
    passesAnswer: PASSED_ANSWER,
    problems: ['path_not_allowed', 'request_too_large', ...PROXIED],
  },
} as const satisfies Partial<Record<RouteKey, Operation>>
