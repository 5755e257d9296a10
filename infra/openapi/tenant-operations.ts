// What a tenant calls, and the two stops of an end user's browser.

import type { RouteKey } from '#http/routes.ts'
import type { Operation } from './operation.ts'
import { UPSTREAM, VAULT } from './parts.ts'

const TOKEN = [
  'app_suspended',
  'connection_suspended',
  'reauthorization_required',
  'app_credentials_refused',
  'refresh_failed',
] as const

const PROXIED = [
  'malformed_request',
  'validation_failed',
  'not_found',
  'rate_limited',
  'tenant_limit_exceeded',
  'upstream_response_too_large',
  ...TOKEN,
  ...UPSTREAM,
  ...VAULT,
] as const

const MIN_VALIDITY = {
  name: 'Funnel-Connect-Min-Validity',
  in: 'header',
  says: 'Seconds for which the token has to be good: for a job that takes long.',
  schema: { type: 'integer', minimum: 1, maximum: 86_400 },
} as const

/** What calls that change something can have besides. */
export const KEYED = {
  parameters: [
    {
      name: 'Idempotency-Key',
      in: 'header',
      says: 'The call is carried out once; for 24 hours, whoever sends it again gets the first answer.',
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

const FAULT_PAGE = { says: 'A page: a fault of the service, and what to do.', content: 'text/html' } as const

export const TENANT_OPERATIONS = {
  'POST /v1/connect-sessions': {
    id: 'createConnectSession',
    summary: 'Start a connect session',
    more: "Send the end user's browser to `connect_url` of the answer. With `connection_id`, that connection is connected again.",
    body: { schema: 'ConnectSessionRequest', example: 'ConnectSessionRequest' },
    answers: { 201: { says: 'The session.', schema: 'ConnectSession', example: 'StartedSession' } },
    problems: ['return_url_not_registered', 'not_found', 'app_suspended', 'tenant_limit_exceeded', ...VAULT],
  },
  'GET /v1/connect-sessions/{id}': {
    id: 'getConnectSession',
    summary: 'Show how a connect session stands',
    more: 'A page may poll it: no message of a popup is needed.',
    answers: { 200: { says: 'The session.', schema: 'ConnectSession', example: 'ConnectSession' } },
    problems: ['not_found'],
  },
  'POST /v1/connect-sessions/{id}/complete': {
    id: 'completeConnectSession',
    summary: 'Complete a verified connect session',
    more: 'Says who is logged in now. When it is not the end user of the session, the authorization code is thrown away unspent. Completing twice gives the same connection.',
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
  'GET /v1/authorize': {
    id: 'followConnectLink',
    summary: 'Follow a connect link',
    more: 'For browsers: the `connect_url` of a session. A confirmed session shows a page first, whose form comes back with `confirmation`.',
    parameters: [
      {
        name: 'session',
        in: 'query',
        says: "The link's secret.",
        schema: { type: 'string' },
        required: true,
      },
      {
        name: 'confirmation',
        in: 'query',
        says: 'What the confirmation page sends.',
        schema: { type: 'string' },
      },
      {
        name: 'decision',
        in: 'query',
        says: 'Of the confirmation page, too: it is not my account.',
        schema: { enum: ['decline'] },
      },
    ],
    answers: {
      200: { says: 'The page that names product and account.', content: 'text/html' },
      302: { says: 'To ClickFunnels; or back, when it was declined.', headers: ['Location'] },
      403: { says: 'A page: the tenant or its app is suspended.', content: 'text/html' },
      404: { says: 'A page: there is no such link.', content: 'text/html' },
      410: { says: 'A page: the link was used or has expired.', content: 'text/html' },
      default: FAULT_PAGE,
    },
  },
  'GET /v1/callback/{app_id}': {
    id: 'receiveAuthorizationResponse',
    summary: 'Receive the answer of ClickFunnels',
    more: 'For browsers: the redirect URI of an app (RFC 6749 section 4.1.2).',
    parameters: ['state', 'code', 'error', 'iss'].map((name) => ({
      name,
      in: 'query' as const,
      says: `The \`${name}\` of the authorization response.`,
      schema: { type: 'string' },
    })),
    answers: {
      302: {
        says: "To the session's `return_url`, with `connect_session`, `status`, `connection_id` and `error` where there are any.",
        headers: ['Location'],
      },
      400: { says: 'A page: the answer is meant for another application.', content: 'text/html' },
      403: { says: 'A page: it was started in another browser.', content: 'text/html' },
      404: { says: 'A page: nothing is known of it, or it was received before.', content: 'text/html' },
      410: { says: 'A page: it took too long.', content: 'text/html' },
      default: FAULT_PAGE,
    },
  },
  'GET /v1/connections': {
    id: 'listConnections',
    summary: 'List connections',
    more: 'Newest first. Never a token, sealed or not.',
    query: 'ListQuery',
    answers: { 200: { says: 'A page of connections.', schema: 'ConnectionPage', example: 'ConnectionPage' } },
    problems: ['validation_failed'],
  },
  'GET /v1/connections/{id}': {
    id: 'getConnection',
    summary: 'Show a connection',
    answers: { 200: { says: 'The connection.', schema: 'Connection', example: 'Connection' } },
    problems: ['not_found'],
  },
  'POST /v1/connections/{id}/refresh': {
    id: 'refreshConnection',
    summary: 'Refresh a connection now',
    more: 'Not needed for calls: those get a fresh token by themselves. What cannot be refreshed is probed.',
    answers: { 200: { says: 'The connection.', schema: 'Connection', example: 'Connection' } },
    problems: ['not_found', ...TOKEN, ...UPSTREAM, ...VAULT],
  },
  'DELETE /v1/connections/{id}': {
    id: 'deleteConnection',
    summary: 'Disconnect',
    more: 'The tokens are revoked at ClickFunnels; a revocation that fails is tried again in the background.',
    answers: { 204: { says: 'It is disconnected.' } },
    problems: ['not_found', ...VAULT],
  },
  'GET /v1/connections/{id}/funnels': {
    id: 'listFunnels',
    summary: "List the workspace's funnels",
    more: "Every query parameter passes to ClickFunnels as it is. ClickFunnels' own 4xx and 5xx pass, too; they carry `Funnel-Connect-Answer-By: clickfunnels` and are no problem documents.",
    parameters: [
      {
        name: 'after',
        in: 'query',
        says: 'The `Pagination-Next` of the page before.',
        schema: { type: 'string' },
      },
      MIN_VALIDITY,
    ],
    answers: {
      200: {
        says: 'A page of funnels, as ClickFunnels gives it.',
        schema: 'FunnelPage',
        example: 'FunnelPage',
        headers: ['Pagination-Next', 'Link', 'Funnel-Connect-Answer-By'],
      },
    },
    problems: PROXIED,
  },
  'ANY /v1/connections/{id}/proxy/{path+}': {
    id: 'proxy',
    summary: 'Call the ClickFunnels API',
    more: "`path` is what follows `/api/v2/` in ClickFunnels' documentation, slashes included: OpenAPI has no way to say so, and a client that encodes them as `%2F` gets there all the same. Query, body and headers pass as they are, and so do the answers of ClickFunnels, whatever their status; they carry `Funnel-Connect-Answer-By: clickfunnels`. For types, use ClickFunnels' own document with `…/v1/connections/{id}/proxy` as its server.",
    parameters: [MIN_VALIDITY],
    answers: {
      default: {
        says: "ClickFunnels' answer.",
        content: '*/*',
        headers: ['Pagination-Next', 'Link', 'Retry-After', 'Funnel-Connect-Answer-By'],
      },
    },
    problems: ['path_not_allowed', 'request_too_large', ...PROXIED],
  },
} as const satisfies Partial<Record<RouteKey, Operation>>
