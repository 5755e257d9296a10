// Calls of the ClickFunnels API through a connection.

import { type Caller, requesterOf } from '#domain/callers/caller.ts'
import { parseApiPath } from '#domain/proxy/api-path.ts'
import type { IdempotencyKey } from '#domain/proxy/idempotency.ts'
import { proxyCall } from '#domain/proxy/proxy.ts'
import type { ProxyRequest } from '#domain/proxy/proxy-request.ts'
import type { Deadline } from '#domain/time.ts'
import { authentication } from '#http/credentials/authenticate.ts'
import type { Answer } from '#http/message/answer.ts'
import { connectionOf } from '#http/message/path-id.ts'
import { idempotencyKey, keptAnswer, proxiedPath, toProxyRequest, upstreamAnswer } from '#http/proxied.ts'
import { httpHandler } from '#http/stack.ts'
import { onLambda } from '#runtime/lambda.ts'
import { createProxyServices, type ProxyServices } from '#runtime/proxy-services.ts'

export const proxy = (services: ProxyServices) => {
  /** A well-formed call counts towards the tenant's limit, however it ends. */
  const within = (caller: Caller, call: () => Promise<Answer>) =>
    services.rateLimiter.withinRate(requesterOf(caller), call)

  return httpHandler<'proxy'>(
    { ...services, ...authentication(services) },
    {
      'ANY /v1/connections/{id}/proxy/{path+}': async (request, caller) => {
        const segments = parseApiPath(proxiedPath(request))
        const call = { ...toProxyRequest(request, connectionOf(request)), segments }
        const key = idempotencyKey(request)
        return within(caller, async () =>
          key === undefined
            ? upstreamAnswer(await proxyCall(services, caller, call, request.deadline))
            : keyed(services, caller, call, key, request.deadline),
        )
      },

      'GET /v1/connections/{id}/funnels': async (request, caller) =>
        within(caller, async () =>
          upstreamAnswer(
            await proxyCall(
              services,
              caller,
              toProxyRequest(request, connectionOf(request)),
              request.deadline,
            ),
          ),
        ),
    },
  )
}

/** Loaded by the first call with an Idempotency-Key. Most calls have none, so a cold start does not load it. */
async function keyed(
  services: ProxyServices,
  caller: Caller,
  call: ProxyRequest,
  key: IdempotencyKey,
  deadline: Deadline,
) {
  const { keyedCall } = await import('#domain/proxy/keyed-call.ts')
  return keptAnswer(await keyedCall(services, caller, call, key, deadline))
}

export const handler = await onLambda(
  'proxy',
  createProxyServices,
  proxy,
  () => import('#runtime/extension.ts'),
)
