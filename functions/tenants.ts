// The operator's routes for tenants and the keys of the vault. API Gateway checks the IAM signature.

import { checkIdentityProvider, registerIdentityProvider } from '#domain/callers/manage-identity-providers.ts'
import { findKeys, rotateRootKeys, rotateTenantKey, shredTenant } from '#domain/keys/key-operations.ts'
import { removeLogo, setLogo } from '#domain/tenants/manage-logo.ts'
import { createTenant, findTenant, listTenants, updateTenant } from '#domain/tenants/manage-tenants.ts'
import { changesOf } from '#http/audit.ts'
import { created, json, noContent } from '#http/message/answer.ts'
import { parseBody, parseQuery } from '#http/message/parse.ts'
import { tenantOf } from '#http/message/path-id.ts'
import { jsonBody, queryParameters } from '#http/message/request.ts'
import { httpHandler } from '#http/stack.ts'
import { identityProviderJson } from '#http/wire/identity-provider.ts'
import { keyRingJson, rootKeySchema } from '#http/wire/key-ring.ts'
import { tenantListSchema } from '#http/wire/list-query.ts'
import { pageJson, shaped } from '#http/wire/shaped.ts'
import { logoSchema, newTenantSchema, tenantChangeSchema, tenantJson } from '#http/wire/tenant.ts'
import { onLambda } from '#runtime/lambda.ts'
import { createTenantServices, type TenantServices } from '#runtime/tenant-services.ts'

export const tenants = (services: TenantServices) =>
  httpHandler<'tenants'>(services, {
    'POST /v1/tenants': async (request) => {
      const { identityProvider, ...input } = parseBody(newTenantSchema, jsonBody(request))
      // Before the tenant is created: an identity provider that is taken must not leave behind a tenant without one.
      if (identityProvider !== undefined) await checkIdentityProvider(services, identityProvider)
      const tenant = await createTenant(services, input)
      const provider =
        identityProvider && (await registerIdentityProvider(services, tenant.id, identityProvider))
      const answer = created({
        ...tenantJson(tenant),
        ...(provider && { identity_provider: identityProviderJson(provider) }),
      })
      return { ...answer, ...(provider && { reason: `identity_provider ${provider.id}` }) }
    },

    'GET /v1/tenants': async (request) => {
      const { limit, after } = parseQuery(tenantListSchema, queryParameters(request))
      const { items, next } = await listTenants(services, limit, after)
      return json(200, pageJson(items.map(tenantJson), next))
    },

    'GET /v1/tenants/{tenant_id}': async (request) =>
      json(200, tenantJson(await findTenant(services, tenantOf(request)))),

    'PATCH /v1/tenants/{tenant_id}': async (request) => {
      const change = parseBody(tenantChangeSchema, jsonBody(request))
      const tenant = await updateTenant(services, tenantOf(request), change)
      return { ...json(200, tenantJson(tenant)), reason: changesOf(change) }
    },

    'PUT /v1/tenants/{tenant_id}/logo': async (request) => {
      const { bytes } = parseBody(logoSchema, jsonBody(request))
      const tenant = await setLogo(services, tenantOf(request), bytes)
      return { ...json(200, tenantJson(tenant)), reason: 'logo' }
    },

    'DELETE /v1/tenants/{tenant_id}/logo': async (request) => {
      await removeLogo(services, tenantOf(request))
      return { ...noContent, reason: 'logo removed' }
    },

    'GET /v1/tenants/{tenant_id}/keys': async (request) =>
      json(200, keyRingJson(await findKeys(services, tenantOf(request)))),

    'POST /v1/tenants/{tenant_id}/keys/rotate': async (request) =>
      json(200, keyRingJson(await rotateTenantKey(services, tenantOf(request)))),

    'DELETE /v1/tenants/{tenant_id}/keys': async (request) => {
      await shredTenant(services, tenantOf(request))
      return noContent
    },

    'POST /v1/root-keys/rotate': async () =>
      json(200, shaped(rootKeySchema, { version: await rotateRootKeys(services) })),
  })

export const handler = await onLambda('tenants', createTenantServices, tenants)
