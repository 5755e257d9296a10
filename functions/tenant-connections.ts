// The operator's routes for a tenant's connections: show, suspend, resume, annotate, look at, revoke, export. And the deletion of a tenant, which revokes
// them all.

import { tenantConnection } from '#domain/connections/list-connections.ts'
import { noSuchConnection } from '#domain/connections/reach.ts'
import { validationFailed } from '#domain/errors.ts'
import { changeConnection } from '#domain/operator/change-connection.ts'
import { findTenant } from '#domain/tenants/manage-tenants.ts'
import { changesOf } from '#http/audit.ts'
import { json, noContent } from '#http/message/answer.ts'
import { parseBody, parseQuery } from '#http/message/parse.ts'
import { pathId, tenantOf } from '#http/message/path-id.ts'
import { type ApiRequest, jsonBody, queryParameters } from '#http/message/request.ts'
import { httpHandler } from '#http/stack.ts'
import { connectionJson, connectionSwitchSchema, lookJson } from '#http/wire/connection.ts'
import { deletionJson, deletionSchema, revocationJson, revocationSchema } from '#http/wire/deletion.ts'
import { listQuerySchema } from '#http/wire/list-query.ts'
import { pageJson } from '#http/wire/shaped.ts'
import type { Services } from '#runtime/all-services.ts'
import { onLambda } from '#runtime/lambda.ts'
import { createServices } from '#runtime/services.ts'

const refOf = (request: ApiRequest) => ({
  tenantId: tenantOf(request),
  connectionId: pathId('connection', request.pathParameters.connection_id),
})

export const tenantConnections = (services: Services) =>
  httpHandler<'tenant-connections'>(services, {
    'GET /v1/tenants/{tenant_id}/connections': async (request) => {
      const { filter, limit, after } = parseQuery(listQuerySchema, queryParameters(request))
      const { id } = await findTenant(services, tenantOf(request))
      const { items, next } = await services.connections.list(id, filter, limit, after)
      return json(200, pageJson(items.map(connectionJson), next))
    },

    'GET /v1/tenants/{tenant_id}/connections/{connection_id}': async (request) =>
      json(200, connectionJson(await tenantConnection(services, refOf(request)))),

    'GET /v1/tenants/{tenant_id}/connections/{connection_id}/timeline': async (request) => {
      const [{ readTimeline }, { timelineJson, timelineQuerySchema }] = await Promise.all([
        import('#domain/connections/read-timeline.ts'),
        import('#http/wire/history/timeline.ts'),
      ])
      const { limit } = parseQuery(timelineQuerySchema, queryParameters(request))
      return json(200, timelineJson(await readTimeline(services, refOf(request), limit), 'operator'))
    },

    'PATCH /v1/tenants/{tenant_id}/connections/{connection_id}': async (request) => {
      const change = parseBody(connectionSwitchSchema, jsonBody(request))
      const connection = await changeConnection(services, refOf(request), change)
      return {
        ...json(200, connectionJson(connection)),
        action: change.status === undefined ? 'connection.update' : 'connection.switch',
        reason: changesOf(change),
      }
    },

    'POST /v1/tenants/{tenant_id}/connections/{connection_id}/look': async (request) => {
      // A cold start loads only what shows connections and suspends them. The other routes load their own parts.
      const { lookNow } = await import('#domain/operator/look-now.ts')
      return json(200, lookJson(await lookNow(services, refOf(request))))
    },

    'DELETE /v1/tenants/{tenant_id}/connections/{connection_id}': async (request) => {
      const { disconnectNow } = await import('#domain/tokens/disconnect.ts')
      if ((await disconnectNow(services, refOf(request), 'operator')) === 'no_connection')
        throw noSuchConnection()
      return noContent
    },

    'POST /v1/tenants/{tenant_id}/connections/revoke': async (request) => {
      const { filter, after } = parseBody(revocationSchema, jsonBody(request))
      const { id } = await findTenant(services, tenantOf(request))
      const { revokeMany } = await import('#domain/operator/mass-revocation.ts')
      const report = await revokeMany(services, id, filter, after)
      return { ...json(200, revocationJson(report)), reason: changesOf(filter) || 'all' }
    },

    'POST /v1/tenants/{tenant_id}/connections/export': async (request) => {
      const [{ exportConnections }, { exportPageJson, exportRequestSchema, exportTally }, tools] =
        await Promise.all([
          import('#domain/exports/export-connections.ts'),
          import('#http/wire/exports/export-page.ts'),
          services.exportTools(),
        ])
      const order = parseBody(exportRequestSchema, jsonBody(request))
      const { operator: id } = request
      const actor = id === undefined ? undefined : ({ kind: 'operator', id } as const)
      const page = await exportConnections({ ...services, ...tools }, tenantOf(request), order, actor)
      return { ...json(200, exportPageJson(page)), reason: exportTally(page) }
    },

    'DELETE /v1/tenants/{tenant_id}': async (request) => {
      const { confirm, revoke } = parseBody(deletionSchema, jsonBody(request))
      const id = tenantOf(request)
      if (confirm !== id)
        throw validationFailed({ pointer: '#/confirm', detail: 'must be the id of the tenant to delete' })
      const { deleteTenant } = await import('#domain/operator/tenant-deletion.ts')
      const report = await deleteTenant(services, id, revoke)
      return { ...json(200, deletionJson(id, report)), ...(!revoke && { reason: 'without revoking' }) }
    },
  })

export const handler = await onLambda('tenant-connections', createServices, tenantConnections)
