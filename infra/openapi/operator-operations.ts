// What the operator calls about tenants and the keys that encrypt their secrets; the rest is in operator-…-operations.ts.

import type { RouteKey } from '#http/routes.ts'
import type { Operation } from './operation.ts'
import { OPERATOR_APP_OPERATIONS } from './operator-app-operations.ts'
import { OPERATOR_CONNECTION_OPERATIONS } from './operator-connection-operations.ts'
import { OPERATOR_CREDENTIAL_OPERATIONS } from './operator-credential-operations.ts'
import { VAULT } from './parts.ts'

export const OPERATOR_OPERATIONS = {
  'POST /v1/tenants': {
    id: 'createTenant',
    summary: 'Create a tenant',
    more: 'The tenant is active at once. Register its app and issue an API key next. If a KMS key or an identity provider is given that cannot be used, no tenant is created.',
    body: { schema: 'TenantRequest', example: 'TenantRequest' },
    answers: { 201: { says: 'The tenant was created.', schema: 'CreatedTenant', example: 'CreatedTenant' } },
    problems: ['kms_key_unavailable', 'identity_provider_taken'],
  },
  'GET /v1/tenants': {
    id: 'listTenants',
    summary: 'List tenants',
    more: 'Newest first. A deleted tenant is not listed, but it can still be shown by its id.',
    query: 'TenantListQuery',
    answers: { 200: { says: 'A page of tenants.', schema: 'TenantPage', example: 'TenantPage' } },
    problems: ['validation_failed'],
  },
  'GET /v1/tenants/{tenant_id}': {
    id: 'getTenant',
    summary: 'Get a tenant',
    answers: { 200: { says: 'The tenant.', schema: 'Tenant', example: 'Tenant' } },
    problems: ['not_found'],
  },
  'PATCH /v1/tenants/{tenant_id}': {
    id: 'updateTenant',
    summary: 'Change, suspend or resume a tenant',
    more: 'Fields that are left out stay unchanged; lists are replaced as a whole. A change takes effect within 60 seconds.',
    body: { schema: 'TenantChange', example: 'TenantChange' },
    answers: { 200: { says: 'The tenant with its changes.', schema: 'Tenant', example: 'Tenant' } },
    problems: ['not_found', 'tenant_deleted', ...VAULT],
  },
  'PUT /v1/tenants/{tenant_id}/logo': {
    id: 'setTenantLogo',
    summary: "Set a tenant's logo",
    more: 'The pages that end users see show it in place of the initials of the tenant. It replaces the logo before, and takes effect at once. The content of the file is checked, not its name.',
    body: { schema: 'LogoRequest', example: 'LogoRequest' },
    answers: { 200: { says: 'The tenant with its logo.', schema: 'Tenant', example: 'Tenant' } },
    problems: ['not_found', 'tenant_deleted'],
  },
  'DELETE /v1/tenants/{tenant_id}/logo': {
    id: 'removeTenantLogo',
    summary: "Remove a tenant's logo",
    more: 'The pages show the initials of the tenant again, at once. It is no error if there is no logo.',
    answers: { 204: { says: 'The tenant has no logo.' } },
    problems: ['not_found', 'tenant_deleted'],
  },
  'DELETE /v1/tenants/{tenant_id}': {
    id: 'deleteTenant',
    summary: 'Delete a suspended tenant for good',
    more: "Revokes the tenant's tokens at ClickFunnels, then deletes its keys, then erases its stored items. Nothing can be restored afterwards. A call works for about 8 seconds: send it again until `status` is `deleted`.",
    body: { schema: 'TenantDeletionRequest', example: 'TenantDeletionRequest' },
    answers: {
      200: {
        says: 'How far the deletion has come, and what this call did.',
        schema: 'TenantDeletion',
        example: 'TenantDeletion',
      },
    },
    problems: ['not_found', 'tenant_not_suspended'],
  },
  ...OPERATOR_APP_OPERATIONS,
  ...OPERATOR_CONNECTION_OPERATIONS,
  ...OPERATOR_CREDENTIAL_OPERATIONS,
  'GET /v1/tenants/{tenant_id}/keys': {
    id: 'getTenantKeys',
    summary: "List the versions of a tenant's key",
    more: "The tenant's key encrypts its tokens and client secrets. The key itself is never shown.",
    answers: { 200: { says: 'All versions, oldest first.', schema: 'KeyRing', example: 'KeyRing' } },
    problems: ['not_found'],
  },
  'DELETE /v1/tenants/{tenant_id}/keys': {
    id: 'shredTenantKeys',
    summary: "Delete a suspended tenant's keys for good",
    more: "The tenant's tokens and client secrets can never be decrypted again. Tokens are not revoked at ClickFunnels; to revoke them, delete the tenant instead.",
    answers: { 204: { says: 'The keys were deleted.' } },
    problems: ['not_found', 'tenant_not_suspended'],
  },
  'POST /v1/tenants/{tenant_id}/keys/rotate': {
    id: 'rotateTenantKey',
    summary: "Rotate a tenant's key",
    more: 'Creates a new version of the key, which encrypts from now on. Older versions still decrypt until nothing needs them. The service also does this by itself every 180 days.',
    answers: { 200: { says: 'All versions, oldest first.', schema: 'KeyRing', example: 'KeyRing' } },
    problems: ['not_found', ...VAULT],
  },
  'POST /v1/root-keys/rotate': {
    id: 'rotateRootKeys',
    summary: 'Rotate the root keys',
    more: "Creates a new version of the service's root keys, which encrypt the tenants' keys. The tenants' keys are encrypted anew in the background. The service also does this by itself every 365 days.",
    answers: { 200: { says: 'The new version.', schema: 'RootKey', example: 'RootKey' } },
  },
} as const satisfies Partial<Record<RouteKey, Operation>>
