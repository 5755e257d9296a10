// The ClickFunnels API behind a connection.
import { parseApiPath } from '#domain/api-path.ts'
import { keyedCall } from '#domain/keyed-call.ts'
import type { Services } from '#domain/ports.ts'
import { proxyCall } from '#domain/proxy.ts'
import { authentication } from '#http/authenticate.ts'
import { pathId } from '#http/parse.ts'
import { idempotencyKey, keptAnswer, proxiedPath, toProxyRequest, upstreamAnswer } from '#http/proxied.ts'
import type { ApiRequest } from '#http/request.ts'
import { httpHandler } from '#http/stack.ts'
import { onLambda } from '#runtime/lambda.ts'
import { createServices } from '#runtime/services.ts'

const idOf = ({ pathParameters }: ApiRequest) => pathId('connection', pathParameters.id, 'connection')

export const proxy = (services: Services) =>
  httpHandler<'proxy'>(
    { ...services, ...authentication(services) },
    {
      'ANY /v1/connections/{id}/proxy/{path+}': async (request, caller) => {
        const segments = parseApiPath(proxiedPath(request))
        const call = { ...toProxyRequest(request, idOf(request)), segments }
        const key = idempotencyKey(request)
        if (key === undefined) return upstreamAnswer(await proxyCall(services, caller, call))
        return keptAnswer(await keyedCall(services, caller, call, key))
      },

      'GET /v1/connections/{id}/funnels': async (request, caller) =>
        upstreamAnswer(await proxyCall(services, caller, toProxyRequest(request, idOf(request)))),
    },
  )

export const handler = onLambda('proxy', createServices, proxy)
