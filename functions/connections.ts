// A tenant's connections: list, show, refresh now, disconnect.
import { disconnect } from '#domain/disconnect.ts'
import { findConnection, listConnections } from '#domain/list-connections.ts'
import type { Services } from '#domain/ports.ts'
import { json, noContent } from '#http/answer.ts'
import { authentication } from '#http/authenticate.ts'
import { connectionJson } from '#http/connection-json.ts'
import { listQuerySchema } from '#http/list-query.ts'
import { parseQuery } from '#http/parse.ts'
import { connectionOf } from '#http/path-id.ts'
import { queryParameters } from '#http/request.ts'
import { httpHandler } from '#http/stack.ts'
import { onLambda } from '#runtime/lambda.ts'
import { createServices } from '#runtime/services.ts'

export const connections = (services: Services) =>
  httpHandler<'connections'>(
    { ...services, ...authentication(services) },
    {
      'GET /v1/connections': async (request, caller) => {
        const query = parseQuery(listQuerySchema, queryParameters(request))
        const { items, next } = await listConnections(services, caller, query)
        return json(200, { data: items.map(connectionJson), ...(next && { next_cursor: next }) })
      },

      'GET /v1/connections/{id}': async (request, caller) =>
        json(200, connectionJson(await findConnection(services, caller, connectionOf(request)))),

      'POST /v1/connections/{id}/refresh': async (request, caller) => {
        // Asked for now and then; everything about refreshes would load with it at every start.
        const { refreshNow } = await import('#domain/fresh-token.ts')
        return json(200, connectionJson(await refreshNow(services, caller, connectionOf(request))))
      },

      'DELETE /v1/connections/{id}': async (request, caller) => {
        await disconnect(services, caller, connectionOf(request))
        return noContent
      },
    },
  )

export const handler = await onLambda('connections', createServices, connections)
