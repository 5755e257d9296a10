// A tenant's webhook endpoints, for its back end and for the operator. The function makes secrets and cannot open them.

import { findTenant } from '#domain/tenants/manage-tenants.ts'
import {
  createEndpoint,
  findEndpoint,
  removeEndpoint,
  rotateSecret,
  updateEndpoint,
} from '#domain/webhooks/manage-endpoints.ts'
import { changesOf } from '#http/audit.ts'
import { authentication } from '#http/credentials/authenticate.ts'
import { created, json, noContent } from '#http/message/answer.ts'
import { parseBody } from '#http/message/parse.ts'
import { pathId, tenantOf } from '#http/message/path-id.ts'
import { type ApiRequest, jsonBody } from '#http/message/request.ts'
import { httpHandler } from '#http/stack.ts'
import {
  newWebhookEndpointSchema,
  webhookEndpointChangeSchema,
  webhookEndpointJson,
} from '#http/wire/webhook-endpoint.ts'
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

  return httpHandler<'webhook-endpoints'>(
    { ...services, ...authentication(services) },
    {
      'POST /v1/webhook-endpoints': create,
      'GET /v1/webhook-endpoints': list,
      'GET /v1/webhook-endpoints/{endpoint_id}': show,
      'PATCH /v1/webhook-endpoints/{endpoint_id}': update,
      'DELETE /v1/webhook-endpoints/{endpoint_id}': remove,
      'POST /v1/webhook-endpoints/{endpoint_id}/rotate-secret': rotate,
      'POST /v1/tenants/{tenant_id}/webhook-endpoints': create,
      'GET /v1/tenants/{tenant_id}/webhook-endpoints': list,
      'GET /v1/tenants/{tenant_id}/webhook-endpoints/{endpoint_id}': show,
      'PATCH /v1/tenants/{tenant_id}/webhook-endpoints/{endpoint_id}': update,
      'DELETE /v1/tenants/{tenant_id}/webhook-endpoints/{endpoint_id}': remove,
      'POST /v1/tenants/{tenant_id}/webhook-endpoints/{endpoint_id}/rotate-secret': rotate,
    },
  )
}

export const handler = await onLambda('webhook-endpoints', createWebhookServices, webhookEndpoints)
