// A tenant's webhook endpoints and their deliveries, for its back end and for the operator. The function makes secrets and cannot open them.

import { findTenant } from '#domain/tenants/manage-tenants.ts'
import { listDeliveries, resend } from '#domain/webhooks/manage-deliveries.ts'
import {
  createEndpoint,
  findEndpoint,
  removeEndpoint,
  rotateSecret,
  updateEndpoint,
} from '#domain/webhooks/manage-endpoints.ts'
import { replay } from '#domain/webhooks/replay.ts'
import { sendTest } from '#domain/webhooks/test-event.ts'
import { changesOf } from '#http/audit.ts'
import { authentication } from '#http/credentials/authenticate.ts'
import { created, json, noContent } from '#http/message/answer.ts'
import { parseBody, parseQuery } from '#http/message/parse.ts'
import { pathId, tenantOf } from '#http/message/path-id.ts'
import { type ApiRequest, jsonBody, queryParameters } from '#http/message/request.ts'
import { httpHandler } from '#http/stack.ts'
import { pageJson } from '#http/wire/shaped.ts'
import { deliveryJson, deliveryQuerySchema, replayJson, replaySchema } from '#http/wire/webhooks/delivery.ts'
import {
  newWebhookEndpointSchema,
  webhookEndpointChangeSchema,
  webhookEndpointJson,
} from '#http/wire/webhooks/endpoint.ts'
import { onLambda } from '#runtime/lambda.ts'
import { createWebhookServices, type WebhookServices } from '#runtime/webhook-services.ts'

export const webhookEndpoints = (services: WebhookServices) => {
  /** The caller's tenant. Only an operator, who is no caller, names a tenant in the path. */
  const ownerOf = async (request: ApiRequest) =>
    request.caller?.tenant.id ?? (await findTenant(services, tenantOf(request))).id
  const refOf = async (request: ApiRequest) => ({
    tenantId: await ownerOf(request),
    endpointId: pathId('endpoint', request.pathParameters.endpoint_id),
  })

  const create = async (request: ApiRequest) => {
    const input = parseBody(newWebhookEndpointSchema, jsonBody(request))
    const { endpoint, secret } = await createEndpoint(services, await ownerOf(request), input)
    return created(webhookEndpointJson(endpoint, secret))
  }
  const list = async (request: ApiRequest) => {
    const found = await services.endpoints.list(await ownerOf(request))
    return json(200, { data: found.map((endpoint) => webhookEndpointJson(endpoint)) })
  }
  const show = async (request: ApiRequest) =>
    json(200, webhookEndpointJson(await findEndpoint(services, await refOf(request))))
  const update = async (request: ApiRequest) => {
    const change = parseBody(webhookEndpointChangeSchema, jsonBody(request))
    const endpoint = await updateEndpoint(services, await refOf(request), change)
    return { ...json(200, webhookEndpointJson(endpoint)), reason: changesOf(change) }
  }
  const remove = async (request: ApiRequest) => {
    await removeEndpoint(services, await refOf(request))
    return noContent
  }
  const rotate = async (request: ApiRequest) => {
    const { endpoint, secret } = await rotateSecret(services, await refOf(request))
    return json(200, webhookEndpointJson(endpoint, secret))
  }

  const test = async (request: ApiRequest) =>
    json(202, deliveryJson(await sendTest(services, await refOf(request))))
  const deliveries = async (request: ApiRequest) => {
    const { limit, after } = parseQuery(deliveryQuerySchema, queryParameters(request))
    const { items, next } = await listDeliveries(services, await refOf(request), limit, after)
    return json(200, pageJson(items.map(deliveryJson), next))
  }
  const again = async (request: ApiRequest) => {
    const ref = await refOf(request)
    const id = pathId('delivery', request.pathParameters.delivery_id)
    return { ...json(202, deliveryJson(await resend(services, ref, id))), reason: id }
  }
  const replayed = async (request: ApiRequest) => {
    const wanted = parseBody(replaySchema, jsonBody(request))
    const report = await replay(services, await refOf(request), wanted)
    return { ...json(202, replayJson(report)), reason: `${report.deliveries} events` }
  }

  return httpHandler<'webhook-endpoints'>(
    { ...services, ...authentication(services) },
    {
      'POST /v1/webhook-endpoints': create,
      'GET /v1/webhook-endpoints': list,
      'GET /v1/webhook-endpoints/{endpoint_id}': show,
      'PATCH /v1/webhook-endpoints/{endpoint_id}': update,
      'DELETE /v1/webhook-endpoints/{endpoint_id}': remove,
      'POST /v1/webhook-endpoints/{endpoint_id}/rotate-secret': rotate,
      'POST /v1/webhook-endpoints/{endpoint_id}/test': test,
      'GET /v1/webhook-endpoints/{endpoint_id}/deliveries': deliveries,
      'POST /v1/webhook-endpoints/{endpoint_id}/deliveries/{delivery_id}/resend': again,
      'POST /v1/webhook-endpoints/{endpoint_id}/replay': replayed,
      'POST /v1/tenants/{tenant_id}/webhook-endpoints': create,
      'GET /v1/tenants/{tenant_id}/webhook-endpoints': list,
      'GET /v1/tenants/{tenant_id}/webhook-endpoints/{endpoint_id}': show,
      'PATCH /v1/tenants/{tenant_id}/webhook-endpoints/{endpoint_id}': update,
      'DELETE /v1/tenants/{tenant_id}/webhook-endpoints/{endpoint_id}': remove,
      'POST /v1/tenants/{tenant_id}/webhook-endpoints/{endpoint_id}/rotate-secret': rotate,
      'POST /v1/tenants/{tenant_id}/webhook-endpoints/{endpoint_id}/test': test,
      'GET /v1/tenants/{tenant_id}/webhook-endpoints/{endpoint_id}/deliveries': deliveries,
      'POST /v1/tenants/{tenant_id}/webhook-endpoints/{endpoint_id}/deliveries/{delivery_id}/resend': again,
      'POST /v1/tenants/{tenant_id}/webhook-endpoints/{endpoint_id}/replay': replayed,
    },
  )
}

export const handler = await onLambda('webhook-endpoints', createWebhookServices, webhookEndpoints)
