// What the operator calls about a tenant's connections.

import type { RouteKey } from '#http/routes.ts'
import type { Operation } from './operation.ts'
import { VAULT } from './parts.ts'

export const OPERATOR_CONNECTION_OPERATIONS = {
  'GET /v1/tenants/{tenant_id}/connections': {
    id: 'listTenantConnections',
    summary: "List a tenant's connections",
    query: 'ListQuery',
    answers: { 200: { says: 'A page of connections.', schema: 'ConnectionPage', example: 'ConnectionPage' } },
    problems: ['not_found', 'validation_failed'],
  },
  'GET /v1/tenants/{tenant_id}/connections/{connection_id}': {
    id: 'getTenantConnection',
    summary: 'Show a connection of a tenant',
    answers: { 200: { says: 'The connection.', schema: 'Connection', example: 'Connection' } },
    problems: ['not_found'],
  },
  'PATCH /v1/tenants/{tenant_id}/connections/{connection_id}': {
    id: 'switchConnection',
    summary: 'Suspend or resume a connection',
    body: { schema: 'ConnectionSwitch', example: 'ConnectionSwitch' },
    answers: { 200: { says: 'The connection.', schema: 'Connection', example: 'Connection' } },
    problems: ['not_found'],
  },
  'DELETE /v1/tenants/{tenant_id}/connections/{connection_id}': {
    id: 'revokeConnection',
    summary: 'Revoke a connection of a tenant',
    more: 'Its tokens are revoked at ClickFunnels; a revocation that fails is tried again in the background.',
    answers: { 204: { says: 'It is disconnected.' } },
    problems: ['not_found', ...VAULT],
  },
  'POST /v1/tenants/{tenant_id}/connections/revoke': {
    id: 'revokeConnections',
    summary: 'Revoke many connections',
    more: 'Says whose: `all`, or those of an app, an end user, or both. A call works for some seconds: send `next_cursor` of its answer as `cursor` until there is none.',
    body: { schema: 'MassRevocationRequest', example: 'MassRevocationRequest' },
    answers: {
      200: { says: 'What became of them.', schema: 'MassRevocation', example: 'MassRevocation' },
    },
    problems: ['not_found'],
  },
} as const satisfies Partial<Record<RouteKey, Operation>>
