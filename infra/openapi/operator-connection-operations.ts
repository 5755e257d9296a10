// What the operator calls about a tenant's connections.

import type { RouteKey } from '#http/routes.ts'
import type { Operation } from './operation.ts'
import { VAULT } from './parts.ts'

export const OPERATOR_CONNECTION_OPERATIONS = {
  'GET /v1/tenants/{tenant_id}/connections': {
    id: 'listTenantConnections',
    summary: "List a tenant's connections",
    more: 'Newest first.',
    query: 'ListQuery',
    answers: { 200: { says: 'A page of connections.', schema: 'ConnectionPage', example: 'ConnectionPage' } },
    problems: ['not_found', 'validation_failed'],
  },
  'GET /v1/tenants/{tenant_id}/connections/{connection_id}': {
    id: 'getTenantConnection',
    summary: "Get a tenant's connection",
    answers: { 200: { says: 'The connection.', schema: 'Connection', example: 'Connection' } },
    problems: ['not_found'],
  },
  'GET /v1/tenants/{tenant_id}/connections/{connection_id}/timeline': {
    id: 'getTenantTimeline',
    summary: "Get what happened to a tenant's connection",
    more: 'Newest first, at most the last 200 entries of 90 days, also of a connection that was deleted.',
    query: 'TimelineQuery',
    answers: { 200: { says: 'The entries.', schema: 'Timeline', example: 'Timeline' } },
    problems: ['not_found', 'validation_failed'],
  },
  'PATCH /v1/tenants/{tenant_id}/connections/{connection_id}': {
    id: 'switchConnection',
    summary: 'Suspend or resume a connection, or change its tags and label',
    more: 'A suspended connection is neither called nor refreshed. Its tokens are kept. Fields that are left out stay as they are; at least one is required.',
    body: { schema: 'ConnectionSwitch', example: 'ConnectionSwitch' },
    answers: { 200: { says: 'The connection.', schema: 'Connection', example: 'Connection' } },
    problems: ['not_found'],
  },
  'POST /v1/tenants/{tenant_id}/connections/{connection_id}/look': {
    id: 'lookAtConnection',
    summary: 'Look at a connection now',
    more: 'Asks ClickFunnels at once whether it accepts the tokens: refreshes them, or checks them if there is no refresh token. A connection that was refused works again if ClickFunnels accepts them.',
    answers: {
      200: { says: 'What the look found.', schema: 'ConnectionLook', example: 'ConnectionLook' },
    },
    problems: ['not_found', ...VAULT],
  },
  'DELETE /v1/tenants/{tenant_id}/connections/{connection_id}': {
    id: 'revokeConnection',
    summary: "Revoke a tenant's connection",
    more: 'Removes the connection at once and revokes its tokens at ClickFunnels. If ClickFunnels cannot be reached, the service retries the revocation in the background for about a week.',
    answers: { 204: { says: 'The connection was removed.' } },
    problems: ['not_found', ...VAULT],
  },
  'POST /v1/tenants/{tenant_id}/connections/revoke': {
    id: 'revokeConnections',
    summary: 'Revoke many connections',
    more: "Removes all of the tenant's connections, or those of an app, of an end user, or of an end user with an app, and revokes their tokens at ClickFunnels. A call works for about 8 seconds: send the `next_cursor` of its answer as `cursor` until there is none.",
    body: { schema: 'MassRevocationRequest', example: 'MassRevocationRequest' },
    answers: {
      200: { says: 'What this call did.', schema: 'MassRevocation', example: 'MassRevocation' },
    },
    problems: ['not_found'],
  },
} as const satisfies Partial<Record<RouteKey, Operation>>
