// What the operator calls: tenants, their apps and connections, API keys and keys of the vault.

import type { RouteKey } from '#http/routes.ts'
import type { Operation } from './operation.ts'
import { OPERATOR_CONNECTION_OPERATIONS } from './operator-connections.ts'
import { VAULT } from './parts.ts'

export const OPERATOR_OPERATIONS = {
  'POST /v1/tenants': {
    id: 'createTenant',
    summary: 'Create a tenant',
    body: { schema: 'TenantRequest', example: 'TenantRequest' },
    answers: { 201: { says: 'The tenant.', schema: 'CreatedTenant', example: 'Tenant' } },
    problems: ['kms_key_unavailable', 'identity_provider_taken'],
  },
  'GET /v1/tenants': {
    id: 'listTenants',
    summary: 'List tenants',
    more: 'Newest first. A deleted tenant is on no list; it can still be shown.',
    query: 'TenantListQuery',
    answers: { 200: { says: 'A page of tenants.', schema: 'TenantPage', example: 'TenantPage' } },
    problems: ['validation_failed'],
  },
  'GET /v1/tenants/{tenant_id}': {
    id: 'getTenant',
    summary: 'Show a tenant',
    answers: { 200: { says: 'The tenant.', schema: 'Tenant', example: 'Tenant' } },
    problems: ['not_found'],
  },
  'PATCH /v1/tenants/{tenant_id}': {
    id: 'updateTenant',
    summary: 'Change, suspend or resume a tenant',
    more: 'Members that are left out stay as they are.',
    body: { schema: 'TenantChange', example: 'TenantChange' },
    answers: { 200: { says: 'The tenant.', schema: 'Tenant', example: 'Tenant' } },
    problems: ['not_found', 'tenant_deleted', ...VAULT],
  },
  'DELETE /v1/tenants/{tenant_id}': {
    id: 'deleteTenant',
    summary: 'Delete a suspended tenant for good',
    more: 'Its tokens are revoked at ClickFunnels, its keys deleted, its items erased. A call works for some seconds: send it again until `status` is `deleted`.',
    body: { schema: 'TenantDeletionRequest', example: 'TenantDeletionRequest' },
    answers: {
      200: { says: 'How far it has come.', schema: 'TenantDeletion', example: 'TenantDeletion' },
    },
    problems: ['not_found', 'tenant_not_suspended'],
  },
  'POST /v1/tenants/{tenant_id}/apps': {
    id: 'createApp',
    summary: 'Register a ClickFunnels application',
    more: 'The answer names the redirect URI to enter at ClickFunnels.',
    body: { schema: 'AppRequest', example: 'AppRequest' },
    answers: { 201: { says: 'The app.', schema: 'App', example: 'App' } },
    problems: ['not_found', 'tenant_deleted', ...VAULT],
  },
  'GET /v1/tenants/{tenant_id}/apps': {
    id: 'listApps',
    summary: "List a tenant's apps",
    answers: { 200: { says: 'The apps.', schema: 'AppList', example: 'AppList' } },
    problems: ['not_found'],
  },
  'GET /v1/tenants/{tenant_id}/apps/{app_id}': {
    id: 'getApp',
    summary: 'Show an app',
    answers: { 200: { says: 'The app.', schema: 'App', example: 'App' } },
    problems: ['not_found'],
  },
  'PATCH /v1/tenants/{tenant_id}/apps/{app_id}': {
    id: 'updateApp',
    summary: 'Rename, suspend or resume an app, or give it a new client secret',
    more: 'A new secret is put before the present one, which goes on working beside it.',
    body: { schema: 'AppChange', example: 'AppChange' },
    answers: { 200: { says: 'The app.', schema: 'App', example: 'App' } },
    problems: ['not_found', ...VAULT],
  },
  'DELETE /v1/tenants/{tenant_id}/apps/{app_id}': {
    id: 'deleteApp',
    summary: 'Delete an app',
    more: 'One that is suspended, has no connections and owes no revocation, which its client secrets are needed for.',
    answers: { 204: { says: 'It is gone.' } },
    problems: ['not_found', 'app_in_use', 'tenant_deleted'],
  },
  'DELETE /v1/tenants/{tenant_id}/apps/{app_id}/client-secrets/{serial}': {
    id: 'deleteClientSecret',
    summary: 'Remove a client secret after a rotation',
    query: 'ClientSecretRemoval',
    answers: { 200: { says: 'The app.', schema: 'App', example: 'App' } },
    problems: ['not_found', 'validation_failed', 'client_secret_in_use'],
  },
  ...OPERATOR_CONNECTION_OPERATIONS,
  'POST /v1/tenants/{tenant_id}/api-keys': {
    id: 'createApiKey',
    summary: 'Issue an API key',
    body: { schema: 'ApiKeyRequest', example: 'ApiKeyRequest' },
    answers: { 201: { says: 'The key, told this once.', schema: 'ApiKey', example: 'IssuedApiKey' } },
    problems: ['not_found', 'tenant_deleted'],
  },
  'GET /v1/tenants/{tenant_id}/api-keys': {
    id: 'listApiKeys',
    summary: "List a tenant's API keys",
    answers: {
      200: { says: 'The keys, without their secrets.', schema: 'ApiKeyList', example: 'ApiKeyList' },
    },
    problems: ['not_found'],
  },
  'POST /v1/tenants/{tenant_id}/api-keys/{key_id}/rotate': {
    id: 'rotateApiKey',
    summary: 'Put a new API key in the place of one',
    more: 'The new key has the same name and scopes. Both work until the overlap is over.',
    body: { schema: 'ApiKeyRotation', example: 'ApiKeyRotation' },
    answers: { 201: { says: 'The new key, told this once.', schema: 'ApiKey', example: 'IssuedApiKey' } },
    problems: ['not_found', 'api_key_not_rotatable', 'tenant_deleted'],
  },
  'DELETE /v1/tenants/{tenant_id}/api-keys/{key_id}': {
    id: 'deleteApiKey',
    summary: 'Revoke an API key',
    more: 'It ends within 60 seconds.',
    answers: { 204: { says: 'It is revoked.' } },
    problems: ['not_found'],
  },
  'POST /v1/tenants/{tenant_id}/identity-providers': {
    id: 'createIdentityProvider',
    summary: "Register a tenant's identity provider",
    more: 'Its end users then call with JWTs of that issuer for that audience; the pair belongs to one tenant.',
    body: { schema: 'IdentityProviderRequest', example: 'IdentityProviderRequest' },
    answers: {
      201: { says: 'The identity provider.', schema: 'IdentityProvider', example: 'IdentityProvider' },
    },
    problems: ['not_found', 'identity_provider_taken'],
  },
  'GET /v1/tenants/{tenant_id}/identity-providers': {
    id: 'listIdentityProviders',
    summary: "List a tenant's identity providers",
    answers: {
      200: {
        says: 'The identity providers.',
        schema: 'IdentityProviderList',
        example: 'IdentityProviderList',
      },
    },
    problems: ['not_found'],
  },
  'GET /v1/tenants/{tenant_id}/identity-providers/{provider_id}': {
    id: 'getIdentityProvider',
    summary: 'Show an identity provider',
    answers: {
      200: { says: 'The identity provider.', schema: 'IdentityProvider', example: 'IdentityProvider' },
    },
    problems: ['not_found'],
  },
  'PATCH /v1/tenants/{tenant_id}/identity-providers/{provider_id}': {
    id: 'updateIdentityProvider',
    summary: 'Change how tokens of an identity provider are read',
    more: 'Issuer and audience do not change. Takes effect within 60 seconds.',
    body: { schema: 'IdentityProviderChange', example: 'IdentityProviderChange' },
    answers: {
      200: { says: 'The identity provider.', schema: 'IdentityProvider', example: 'IdentityProvider' },
    },
    problems: ['not_found'],
  },
  'DELETE /v1/tenants/{tenant_id}/identity-providers/{provider_id}': {
    id: 'deleteIdentityProvider',
    summary: 'Remove an identity provider',
    more: 'Its tokens are refused within 60 seconds.',
    answers: { 204: { says: 'It is removed.' } },
    problems: ['not_found'],
  },
  'GET /v1/tenants/{tenant_id}/keys': {
    id: 'getTenantKeys',
    summary: "Show the versions of a tenant's key",
    answers: { 200: { says: 'The versions; never a key.', schema: 'KeyRing', example: 'KeyRing' } },
    problems: ['not_found'],
  },
  'DELETE /v1/tenants/{tenant_id}/keys': {
    id: 'shredTenantKeys',
    summary: "Delete a tenant's keys for good",
    more: 'What they sealed (tokens, client secrets) can then be opened by nobody. Only for a suspended tenant.',
    answers: { 204: { says: 'They are gone.' } },
    problems: ['not_found', 'tenant_not_suspended'],
  },
  'POST /v1/tenants/{tenant_id}/keys/rotate': {
    id: 'rotateTenantKey',
    summary: "Rotate a tenant's key",
    answers: { 200: { says: 'The versions.', schema: 'KeyRing', example: 'KeyRing' } },
    problems: ['not_found', ...VAULT],
  },
  'POST /v1/root-keys/rotate': {
    id: 'rotateRootKeys',
    summary: 'Rotate the root keys',
    answers: { 200: { says: 'The version that wraps new keys.', schema: 'RootKey', example: 'RootKey' } },
  },
} as const satisfies Partial<Record<RouteKey, Operation>>
