// What the operator calls about the credentials that a tenant's callers have: API keys and identity providers.

import type { RouteKey } from '#http/routes.ts'
import type { Operation } from './operation.ts'

export const OPERATOR_CREDENTIAL_OPERATIONS = {
  'POST /v1/tenants/{tenant_id}/api-keys': {
    id: 'createApiKey',
    summary: 'Issue an API key',
    more: 'The API key works at once. A tenant may have several.',
    body: { schema: 'ApiKeyRequest', example: 'ApiKeyRequest' },
    answers: {
      201: {
        says: 'The API key was issued. Store `api_key` now: it is not shown again.',
        schema: 'ApiKey',
        example: 'IssuedApiKey',
      },
    },
    problems: ['not_found', 'tenant_deleted'],
  },
  'GET /v1/tenants/{tenant_id}/api-keys': {
    id: 'listApiKeys',
    summary: "List a tenant's API keys",
    answers: {
      200: {
        says: 'All API keys, oldest first. The keys themselves are not shown.',
        schema: 'ApiKeyList',
        example: 'ApiKeyList',
      },
    },
    problems: ['not_found'],
  },
  'POST /v1/tenants/{tenant_id}/api-keys/{key_id}/rotate': {
    id: 'rotateApiKey',
    summary: 'Rotate an API key',
    more: 'Issues a new API key with the same name and scopes. Both work until the overlap is over, then the old one expires. Deploy the new key in that time. An API key can be rotated once.',
    body: { schema: 'ApiKeyRotation', example: 'ApiKeyRotation' },
    answers: {
      201: {
        says: 'The new API key. Store `api_key` now: it is not shown again.',
        schema: 'ApiKey',
        example: 'IssuedApiKey',
      },
    },
    problems: ['not_found', 'api_key_not_rotatable', 'tenant_deleted'],
  },
  'DELETE /v1/tenants/{tenant_id}/api-keys/{key_id}': {
    id: 'deleteApiKey',
    summary: 'Revoke an API key',
    more: 'The API key stops working within 60 seconds.',
    answers: { 204: { says: 'The API key was revoked.' } },
    problems: ['not_found'],
  },
  'POST /v1/tenants/{tenant_id}/identity-providers': {
    id: 'createIdentityProvider',
    summary: "Register a tenant's identity provider",
    more: "The tenant's end users can then call this API with JWTs that the identity provider issued for the audience. A pair of issuer and audience belongs to one tenant.",
    body: { schema: 'IdentityProviderRequest', example: 'IdentityProviderRequest' },
    answers: {
      201: {
        says: 'The identity provider was registered. It works within seconds.',
        schema: 'IdentityProvider',
        example: 'IdentityProvider',
      },
    },
    problems: ['not_found', 'identity_provider_taken', 'tenant_deleted'],
  },
  'GET /v1/tenants/{tenant_id}/identity-providers': {
    id: 'listIdentityProviders',
    summary: "List a tenant's identity providers",
    answers: {
      200: {
        says: 'All identity providers, oldest first.',
        schema: 'IdentityProviderList',
        example: 'IdentityProviderList',
      },
    },
    problems: ['not_found'],
  },
  'GET /v1/tenants/{tenant_id}/identity-providers/{provider_id}': {
    id: 'getIdentityProvider',
    summary: 'Get an identity provider',
    answers: {
      200: { says: 'The identity provider.', schema: 'IdentityProvider', example: 'IdentityProvider' },
    },
    problems: ['not_found'],
  },
  'PATCH /v1/tenants/{tenant_id}/identity-providers/{provider_id}': {
    id: 'updateIdentityProvider',
    summary: 'Change an identity provider',
    more: 'Changes how its tokens are checked. Fields that are left out stay unchanged. Issuer and audience cannot be changed: register another identity provider instead. A change takes effect within 60 seconds.',
    body: { schema: 'IdentityProviderChange', example: 'IdentityProviderChange' },
    answers: {
      200: {
        says: 'The identity provider with its changes.',
        schema: 'IdentityProvider',
        example: 'IdentityProvider',
      },
    },
    problems: ['not_found'],
  },
  'DELETE /v1/tenants/{tenant_id}/identity-providers/{provider_id}': {
    id: 'deleteIdentityProvider',
    summary: 'Remove an identity provider',
    more: 'Its JWTs are refused within 60 seconds.',
    answers: { 204: { says: 'The identity provider was removed.' } },
    problems: ['not_found'],
  },
} as const satisfies Partial<Record<RouteKey, Operation>>
