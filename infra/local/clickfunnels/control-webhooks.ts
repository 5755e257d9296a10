// The control routes of outgoing webhooks: events that happen, the traps of their delivery, and a user who disconnects an app.
import {
  choiceMember,
  controlBody,
  integerMember,
  objectMember,
  required,
  stringMember,
} from './control-body.ts'
import { json, noContent, type Reply, type SimulatorRequest } from './http.ts'
import type { ProviderState } from './provider-state.ts'
import { TRAPS } from './webhook-deliveries.ts'

/** @param path below `/_control` */
export function webhookControl(
  state: ProviderState,
  request: SimulatorRequest,
  path: string,
): Reply | undefined {
  switch (`${request.method} ${path}`) {
    case 'POST /events':
      return happen(state, request)
    case 'GET /deliveries':
      return json(200, { deliveries: state.deliveries.done, under_way: state.deliveries.underWay })
    case 'GET /endpoints':
      return json(200, {
        endpoints: state.workspaceIds.flatMap((id) => state.webhooks.endpointsOf(id)),
      })
    case 'POST /installations/revoke':
      return uninstall(state, request)
    default:
      return undefined
  }
}

/**
 * { workspace_id, type = "contact.identified", data?, subject_type?, count = 1, trap? }
 * The events are delivered in no order. A trap affects each of them.
 */
function happen(state: ProviderState, request: SimulatorRequest): Reply {
  const members = ['workspace_id', 'type', 'data', 'subject_type', 'count', 'trap']
  const body = controlBody(request, members)
  const workspace_id = required(integerMember(body, 'workspace_id'), 'workspace_id')
  const event_type_id = stringMember(body, 'type') ?? 'contact.identified'
  const trap = choiceMember(body, 'trap', TRAPS)
  const subject_type = stringMember(body, 'subject_type') ?? 'Contact'
  const events = Array.from({ length: integerMember(body, 'count') ?? 1 }, (_, place) => {
    const data = { id: place + 1, ...objectMember(body, 'data') }
    return state.webhooks.record({ workspace_id, event_type_id, subject_id: place + 1, subject_type, data })
  }).filter((event) => event !== undefined)
  for (const event of events.toReversed()) {
    for (const endpoint of state.webhooks.receivers(event)) state.deliveries.start(event, endpoint, trap)
  }
  return json(201, { events: events.map(({ id, uuid }) => ({ id, event_id: uuid })) })
}

/** { client_id, workspace_id, trap? }: the user disconnects the app. Its tokens of the workspace end, and ClickFunnels reports it. */
function uninstall(state: ProviderState, request: SimulatorRequest): Reply {
  const body = controlBody(request, ['client_id', 'workspace_id', 'trap'])
  const clientId = required(stringMember(body, 'client_id'), 'client_id')
  const workspace_id = required(integerMember(body, 'workspace_id'), 'workspace_id')
  const trap = choiceMember(body, 'trap', TRAPS)
  const rows = state.tokens
    .all()
    .filter((row) => row.clientId === clientId && row.workspaceId === workspace_id)
  for (const row of rows) state.tokens.revoke(row)
  const name = state.applications.find(clientId)?.name ?? ''
  const event = state.webhooks.record({
    workspace_id,
    event_type_id: 'platform_application.disconnected',
    subject_id: 77,
    subject_type: 'Platform::Application',
    data: { id: 77, name, uid: clientId },
  })
  if (event === undefined) return noContent()
  for (const endpoint of state.webhooks.receivers(event)) state.deliveries.start(event, endpoint, trap)
  return json(201, { event_id: event.uuid })
}
