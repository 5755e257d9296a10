// A tenant's connections: list, show, tell what happened, change tags and label, refresh now, disconnect.

import { requesterOf } from '#domain/callers/caller.ts'
import { findConnection, listConnections } from '#domain/connections/list-connections.ts'
import { reachOf } from '#domain/connections/reach.ts'
import { changesOf } from '#http/audit.ts'
import { authentication } from '#http/credentials/authenticate.ts'
import { json, noContent } from '#http/message/answer.ts'
import { parseBody, parseQuery } from '#http/message/parse.ts'
import { connectionOf } from '#http/message/path-id.ts'
import { jsonBody, queryParameters } from '#http/message/request.ts'
import { httpHandler } from '#http/stack.ts'
import { connectionUpdateSchema } from '#http/wire/annotations.ts'
import { connectionJson } from '#http/wire/connection.ts'
import { listQuerySchema } from '#http/wire/list-query.ts'
import { pageJson } from '#http/wire/shaped.ts'
import { onLambda } from '#runtime/lambda.ts'
import { createLimitedServices, type LimitedServices } from '#runtime/limited-services.ts'

export const connections = (services: LimitedServices) =>
  httpHandler<'connections'>(
    { ...services, ...authentication(services) },
    {
      'GET /v1/connections': async (request, caller) => {
        const query = parseQuery(listQuerySchema, queryParameters(request))
        const { items, next } = await listConnections(services, caller, query)
        return json(200, pageJson(items.map(connectionJson), next))
      },

      'GET /v1/connections/{id}': async (request, caller) =>
        json(200, connectionJson(await findConnection(services, caller, connectionOf(request)))),

      'GET /v1/connections/{id}/timeline': async (request, caller) => {
        const [{ readTimeline }, { timelineJson, timelineQuerySchema }] = await Promise.all([
          import('#domain/connections/read-timeline.ts'),
          import('#http/wire/history/timeline.ts'),
        ])
        const { limit } = parseQuery(timelineQuerySchema, queryParameters(request))
        const entries = await readTimeline(services, reachOf(caller, connectionOf(request)), limit)
        return json(200, timelineJson(entries, 'tenant'))
      },

      'PATCH /v1/connections/{id}': async (request, caller) => {
        const change = parseBody(connectionUpdateSchema, jsonBody(request))
        const { annotateConnection } = await import('#domain/connections/annotate-connection.ts')
        const connection = await annotateConnection(services, caller, connectionOf(request), change)
        return { ...json(200, connectionJson(connection)), reason: changesOf(change) }
      },

      'POST /v1/connections/{id}/refresh': async (request, caller) => {
        // Seldom called, so a cold start does not load everything about refreshes.
        const { refreshNow } = await import('#domain/proxy/refresh-now.ts')
        // It asks ClickFunnels, so it counts like a proxied call.
        return services.rateLimiter.withinRate(requesterOf(caller), async () =>
          json(
            200,
            connectionJson(await refreshNow(services, caller, connectionOf(request), request.deadline)),
          ),
        )
      },

      'DELETE /v1/connections/{id}': async (request, caller) => {
        const { disconnect } = await import('#domain/tokens/disconnect.ts')
        await disconnect(services, caller, connectionOf(request))
        return noContent
      },
    },
  )

export const handler = await onLambda(
  'connections',
  createLimitedServices,
  connections,
  () => import('#runtime/extension.ts'),
)
