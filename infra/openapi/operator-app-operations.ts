// What the operator calls about a tenant's ClickFunnels applications.

import type { RouteKey } from '#http/routes.ts'
import type { Operation } from './operation.ts'
import { VAULT } from './parts.ts'

export const OPERATOR_APP_OPERATIONS = {
  'POST /v1/tenants/{tenant_id}/apps': {
    id: 'createApp',
    summary: 'Register a ClickFunnels application',
    more: 'Registers a platform application that the tenant has at ClickFunnels. Enter the `redirect_uri` of the answer in the settings of that application.',
    body: { schema: 'AppRequest', example: 'AppRequest' },
    answers: { 201: { says: 'The app was registered.', schema: 'App', example: 'App' } },
    problems: ['not_found', 'tenant_deleted', ...VAULT],
  },
  'GET /v1/tenants/{tenant_id}/apps': {
    id: 'listApps',
    summary: "List a tenant's apps",
    answers: { 200: { says: 'All apps, oldest first.', schema: 'AppList', example: 'AppList' } },
    problems: ['not_found'],
  },
  'GET /v1/tenants/{tenant_id}/apps/{app_id}': {
    id: 'getApp',
    summary: 'Get an app',
    answers: { 200: { says: 'The app.', schema: 'App', example: 'App' } },
    problems: ['not_found'],
  },
  'PATCH /v1/tenants/{tenant_id}/apps/{app_id}': {
    id: 'updateApp',
    summary: 'Rename, suspend or resume an app, or add a client secret',
    more: 'Fields that are left out stay unchanged. A new client secret is added; the old one keeps working until it is removed.',
    body: { schema: 'AppChange', example: 'AppChange' },
    answers: { 200: { says: 'The app with its changes.', schema: 'App', example: 'App' } },
    problems: ['not_found', ...VAULT],
  },
  'DELETE /v1/tenants/{tenant_id}/apps/{app_id}': {
    id: 'deleteApp',
    summary: 'Delete an app',
    more: 'The app must be suspended, have no connections, and have no revocation that ClickFunnels has not confirmed yet: revocations need its client secrets.',
    answers: { 204: { says: 'The app was deleted.' } },
    problems: ['not_found', 'app_in_use', 'tenant_deleted'],
  },
  'DELETE /v1/tenants/{tenant_id}/apps/{app_id}/client-secrets/{serial}': {
    id: 'deleteClientSecret',
    summary: 'Remove a client secret',
    more: 'Removes the old client secret after a new one was added. It is refused while no other client secret is known to work.',
    query: 'ClientSecretRemoval',
    answers: { 200: { says: 'The app without that client secret.', schema: 'App', example: 'App' } },
    problems: ['not_found', 'validation_failed', 'client_secret_in_use'],
  },
} as const satisfies Partial<Record<RouteKey, Operation>>
