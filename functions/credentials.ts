// The operator's routes for the credentials of a tenant's callers: API keys, and the identity providers that sign the JWTs of
// its end users. A function of its own, because it needs no key of the vault.

import { issueApiKey, revokeApiKey, rotateApiKey } from '#domain/callers/manage-api-keys.ts'
import {
  findIdentityProvider,
  registerIdentityProvider,
  removeIdentityProvider,
  updateIdentityProvider,
} from '#domain/callers/manage-identity-providers.ts'
import { findTenant } from '#domain/tenants/manage-tenants.ts'
import { changesOf } from '#http/audit.ts'
import { created, json, noContent } from '#http/message/answer.ts'
import { parseBody } from '#http/message/parse.ts'
import { pathId, tenantOf } from '#http/message/path-id.ts'
import { type ApiRequest, jsonBody } from '#http/message/request.ts'
import { httpHandler } from '#http/stack.ts'
import { apiKeyJson, newApiKeySchema, rotationSchema } from '#http/wire/api-key.ts'
import {
  identityProviderChangeSchema,
  identityProviderJson,
  newIdentityProviderSchema,
} from '#http/wire/identity-provider.ts'
import { type CredentialServices, createCredentialServices } from '#runtime/credential-services.ts'
import { onLambda } from '#runtime/lambda.ts'

const providerOf = ({ pathParameters }: ApiRequest) => pathId('identityProvider', pathParameters.provider_id)
const keyOf = ({ pathParameters }: ApiRequest) => pathId('apiKey', pathParameters.key_id)

export const credentials = (services: CredentialServices) =>
  httpHandler<'credentials'>(services, {
    'POST /v1/tenants/{tenant_id}/api-keys': async (request) => {
      const input = parseBody(newApiKeySchema, jsonBody(request))
      const { record, key } = await issueApiKey(services, tenantOf(request), input)
      return created(apiKeyJson(record, services.now(), key))
    },

    'GET /v1/tenants/{tenant_id}/api-keys': async (request) => {
      const { id } = await findTenant(services, tenantOf(request))
      const keys = await services.apiKeys.list(id)
      return json(200, { data: keys.map((key) => apiKeyJson(key, services.now())) })
    },

    'POST /v1/tenants/{tenant_id}/api-keys/{key_id}/rotate': async (request) => {
      const input = parseBody(rotationSchema, jsonBody(request))
      const { record, key } = await rotateApiKey(services, tenantOf(request), keyOf(request), input)
      return { ...created(apiKeyJson(record, services.now(), key)), reason: `successor ${record.id}` }
    },

    'DELETE /v1/tenants/{tenant_id}/api-keys/{key_id}': async (request) => {
      await revokeApiKey(services, tenantOf(request), keyOf(request))
      return noContent
    },

    'POST /v1/tenants/{tenant_id}/identity-providers': async (request) => {
      const input = parseBody(newIdentityProviderSchema, jsonBody(request))
      return created(identityProviderJson(await registerIdentityProvider(services, tenantOf(request), input)))
    },

    'GET /v1/tenants/{tenant_id}/identity-providers': async (request) => {
      const { id } = await findTenant(services, tenantOf(request))
      return json(200, { data: (await services.identityProviders.list(id)).map(identityProviderJson) })
    },

    'GET /v1/tenants/{tenant_id}/identity-providers/{provider_id}': async (request) =>
      json(
        200,
        identityProviderJson(await findIdentityProvider(services, tenantOf(request), providerOf(request))),
      ),

    'PATCH /v1/tenants/{tenant_id}/identity-providers/{provider_id}': async (request) => {
      const change = parseBody(identityProviderChangeSchema, jsonBody(request))
      const provider = await updateIdentityProvider(services, tenantOf(request), providerOf(request), change)
      return { ...json(200, identityProviderJson(provider)), reason: changesOf(change) }
    },

    'DELETE /v1/tenants/{tenant_id}/identity-providers/{provider_id}': async (request) => {
      await removeIdentityProvider(services, tenantOf(request), providerOf(request))
      return noContent
    },
  })

export const handler = await onLambda('credentials', createCredentialServices, credentials)
