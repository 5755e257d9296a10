// The operator's routes for a tenant's ClickFunnels applications.

import { createApp, findApp, removeClientSecret, updateApp } from '#domain/apps/manage-apps.ts'
import { keepAppSecret } from '#domain/feeds/app-feed.ts'
import { removeApp } from '#domain/operator/remove-app.ts'
import { switchApp } from '#domain/operator/switches.ts'
import { findTenant } from '#domain/tenants/manage-tenants.ts'
import { changesOf } from '#http/audit.ts'
import { created, json, noContent } from '#http/message/answer.ts'
import { parseBody, parseQuery } from '#http/message/parse.ts'
import { pathId, tenantOf } from '#http/message/path-id.ts'
import { type ApiRequest, jsonBody, queryParameters } from '#http/message/request.ts'
import { httpHandler } from '#http/stack.ts'
import { appChangeSchema, appJson, newAppSchema, secretRemovalSchema } from '#http/wire/app.ts'
import { onLambda } from '#runtime/lambda.ts'
import { createStoreServices, type StoreServices } from '#runtime/services.ts'

const appOf = ({ pathParameters }: ApiRequest) => pathId('app', pathParameters.app_id)

export const apps = (services: StoreServices) =>
  httpHandler<'apps'>(services, {
    'POST /v1/tenants/{tenant_id}/apps': async (request) => {
      const tenant = await findTenant(services, tenantOf(request))
      const app = await createApp(services, tenant.id, parseBody(newAppSchema, jsonBody(request)))
      return created(appJson(app, tenant, services.publicUrl))
    },

    'GET /v1/tenants/{tenant_id}/apps': async (request) => {
      const tenant = await findTenant(services, tenantOf(request))
      const found = await services.apps.list(tenant.id)
      return json(200, { data: found.map((app) => appJson(app, tenant, services.publicUrl)) })
    },

    'GET /v1/tenants/{tenant_id}/apps/{app_id}': async (request) => {
      const tenant = await findTenant(services, tenantOf(request))
      return json(
        200,
        appJson(await findApp(services, tenant.id, appOf(request)), tenant, services.publicUrl),
      )
    },

    'PATCH /v1/tenants/{tenant_id}/apps/{app_id}': async (request) => {
      const given = parseBody(appChangeSchema, jsonBody(request))
      const { status, webhookSecret, ...change } = given
      const app = await updateApp(services, tenantOf(request), appOf(request), change)
      if (webhookSecret) await keepAppSecret(services, app, webhookSecret)
      const tenant = status
        ? await switchApp(services, app, status)
        : await findTenant(services, app.tenantId)
      return { ...json(200, appJson(app, tenant, services.publicUrl)), reason: changesOf(given) }
    },

    'DELETE /v1/tenants/{tenant_id}/apps/{app_id}': async (request) => {
      await removeApp(services, tenantOf(request), appOf(request))
      return noContent
    },

    'DELETE /v1/tenants/{tenant_id}/apps/{app_id}/client-secrets/{serial}': async (request) => {
      const { force } = parseQuery(secretRemovalSchema, queryParameters(request))
      const tenant = await findTenant(services, tenantOf(request))
      const serial = Number(request.pathParameters.serial)
      const forced = force === 'true'
      const app = await removeClientSecret(services, tenant.id, appOf(request), serial, forced)
      const reason = `serial ${serial}${forced ? ', forced' : ''}`
      return { ...json(200, appJson(app, tenant, services.publicUrl)), reason }
    },
  })

export const handler = await onLambda('apps', createStoreServices, apps)
