// The operator's routes: tenants, their apps, and the keys of the vault. API Gateway checks the IAM signature.
import { checkIdentityProvider, registerIdentityProvider } from '#domain/identity-provider.ts'
import { findKeys, rotateRootKeys, rotateTenantKey, shredTenant } from '#domain/key-operations.ts'
import { createApp, createTenant, findApp, findTenant, updateApp, updateTenant } from '#domain/onboarding.ts'
import { json, noContent } from '#http/answer.ts'
import { identityProviderJson } from '#http/identity-provider-json.ts'
import { keyRingJson } from '#http/keys-json.ts'
import { parseBody, pathId } from '#http/parse.ts'
import { type ApiRequest, jsonBody } from '#http/request.ts'
import { httpHandler } from '#http/stack.ts'
import {
  appChangeSchema,
  appJson,
  newAppSchema,
  newTenantSchema,
  tenantChangeSchema,
  tenantJson,
} from '#http/tenant-json.ts'
import { onLambda } from '#runtime/lambda.ts'
import { createStoreServices, type StoreServices } from '#runtime/services.ts'

const tenantOf = ({ pathParameters }: ApiRequest) => pathId('tenant', pathParameters.tenant_id, 'tenant')
const appOf = ({ pathParameters }: ApiRequest) => pathId('app', pathParameters.app_id, 'app')

export const tenants = (services: StoreServices) =>
  httpHandler<'tenants'>(services, {
    'POST /v1/tenants': async (request) => {
      const { identityProvider, ...input } = parseBody(newTenantSchema, jsonBody(request))
      // Before the tenant is there: a provider that is somebody else's must not leave a tenant behind without one.
      if (identityProvider !== undefined) await checkIdentityProvider(services, identityProvider)
      const tenant = await createTenant(services, input)
      const provider =
        identityProvider && (await registerIdentityProvider(services, tenant.id, identityProvider))
      return json(201, {
        ...tenantJson(tenant),
        ...(provider && { identity_provider: identityProviderJson(provider) }),
      })
    },

    'GET /v1/tenants/{tenant_id}': async (request) =>
      json(200, tenantJson(await findTenant(services, tenantOf(request)))),

    'PATCH /v1/tenants/{tenant_id}': async (request) => {
      const change = parseBody(tenantChangeSchema, jsonBody(request))
      return json(200, tenantJson(await updateTenant(services, tenantOf(request), change)))
    },

    'POST /v1/tenants/{tenant_id}/apps': async (request) => {
      const input = parseBody(newAppSchema, jsonBody(request))
      return json(201, appJson(await createApp(services, tenantOf(request), input), services.publicUrl))
    },

    'GET /v1/tenants/{tenant_id}/apps': async (request) => {
      const { id } = await findTenant(services, tenantOf(request))
      const apps = await services.apps.list(id)
      return json(200, { data: apps.map((app) => appJson(app, services.publicUrl)) })
    },

    'GET /v1/tenants/{tenant_id}/apps/{app_id}': async (request) =>
      json(200, appJson(await findApp(services, tenantOf(request), appOf(request)), services.publicUrl)),

    'PATCH /v1/tenants/{tenant_id}/apps/{app_id}': async (request) => {
      const change = parseBody(appChangeSchema, jsonBody(request))
      const app = await updateApp(services, tenantOf(request), appOf(request), change)
      return json(200, appJson(app, services.publicUrl))
    },

    'GET /v1/tenants/{tenant_id}/keys': async (request) =>
      json(200, keyRingJson(await findKeys(services, tenantOf(request)))),

    'POST /v1/tenants/{tenant_id}/keys/rotate': async (request) =>
      json(200, keyRingJson(await rotateTenantKey(services, tenantOf(request)))),

    'DELETE /v1/tenants/{tenant_id}/keys': async (request) => {
      await shredTenant(services, tenantOf(request))
      return noContent
    },

    'POST /v1/root-keys/rotate': async () => json(200, { version: await rotateRootKeys(services) }),
  })

export const handler = await onLambda('tenants', createStoreServices, tenants)
