// The API of outgoing webhooks on a workspace's host. The body of a write is wrapped in `webhooks_outgoing_endpoint`.
import { listReply } from './collections.ts'
import type { Workspace } from './data.ts'
import { isObject, json, noContent, type Reply, readBody, type SimulatorRequest } from './http.ts'
import type { ProviderState } from './provider-state.ts'
import { type Endpoint, EVENT_TYPES } from './webhooks.ts'

/** @param path below `/api/v2/`, without the part that names the workspace */
export function webhookReply(
  state: ProviderState,
  request: SimulatorRequest,
  path: readonly string[],
  workspace: Workspace,
  isNested: boolean,
): Reply | undefined {
  const [, , collection, id, ...more] = path
  if (path[0] !== 'webhooks' || path[1] !== 'outgoing' || more.length > 0) return undefined
  if (isNested && id === undefined) {
    if (collection === 'events' && request.method === 'GET')
      return listReply(
        request,
        state.webhooks.eventsOf(workspace.id).map((event) => ({ ...event })),
      )
    if (collection !== 'endpoints') return undefined
    if (request.method === 'GET')
      return listReply(request, state.webhooks.endpointsOf(workspace.id).map(withoutSecret))
    return request.method === 'POST' ? create(state, request, workspace) : undefined
  }
  if (isNested) return undefined
  if (collection === 'event_types' && id === undefined && request.method === 'GET')
    return json(
      200,
      EVENT_TYPES.map((type) => ({ id: type, name: type })),
    )
  const endpoint = collection === 'endpoints' && id ? state.webhooks.find(workspace.id, id) : undefined
  return endpoint && member(state, request, endpoint)
}

function create(state: ProviderState, request: SimulatorRequest, workspace: Workspace): Reply {
  const given = attributes(request)
  if (given === undefined) return missing()
  const { url, name = '', event_type_ids: types = [] } = given
  const error = invalid(url, types)
  if (error !== undefined) return json(422, { error })
  const values = { workspace_id: workspace.id, url: String(url), name: String(name) }
  // The secret is shown in this answer only.
  return json(201, state.webhooks.create({ ...values, event_type_ids: types as string[] }))
}

function member(state: ProviderState, request: SimulatorRequest, endpoint: Endpoint): Reply {
  switch (request.method) {
    case 'GET':
      return json(200, withoutSecret(endpoint))
    case 'DELETE':
      state.webhooks.remove(endpoint)
      return noContent()
    case 'PUT':
    case 'PATCH': {
      const given = attributes(request)
      if (given === undefined) return missing()
      const { url = endpoint.url, event_type_ids: types = endpoint.event_type_ids } = given
      const error = invalid(url, types)
      if (error !== undefined) return json(422, { error })
      const changes = { url: String(url), event_type_ids: types as string[] }
      return json(200, withoutSecret(state.webhooks.change(endpoint, changes)))
    }
    default:
      return json(404, { error: 'Not found: Record missing' })
  }
}

function invalid(url: unknown, types: unknown): string | undefined {
  if (typeof url !== 'string' || !URL.canParse(url)) return 'Url is invalid'
  const known = Array.isArray(types) && types.every((type) => EVENT_TYPES.includes(type))
  return known ? undefined : 'Event type ids is invalid'
}

function attributes(request: SimulatorRequest): Record<string, unknown> | undefined {
  const wrapped = readBody(request)?.webhooks_outgoing_endpoint
  return isObject(wrapped) ? wrapped : undefined
}

function missing(): Reply {
  return json(400, { error: 'param is missing or the value is empty: webhooks_outgoing_endpoint' })
}

function withoutSecret({ webhook_secret: _, ...shown }: Endpoint) {
  return shown
}
