// The event by which ClickFunnels reports that a platform application was disconnected. It is a report about one application in
// one workspace, and a workspace has other applications, too.
import type { App } from '../apps/app.ts'
import type { ReceivedEvent } from '../connections/feed.ts'
import type { WorkspaceId } from '../ids.ts'

export const DISCONNECTED = 'platform_application.disconnected'

export interface Disconnection {
  /**
   * ours: the event names our client id, so it counts as evidence. unnamed: it names no client id, so it only leads to a look.
   */
  readonly application: 'ours' | 'unnamed'
  readonly workspaceId?: WorkspaceId
}

type Json = Readonly<Record<string, unknown>>

/** The report in an event; `undefined` if the event is none, or is about another application. */
export function disconnectionIn(
  { eventType }: ReceivedEvent,
  json: Json,
  { clientId }: Pick<App, 'clientId'>,
): Disconnection | undefined {
  if (eventType !== DISCONNECTED) return undefined
  const data = objectOf(json.data)
  const named = [data, objectOf(data.platform_application), objectOf(data.application)]
    .flatMap(({ uid, client_id }) => [uid, client_id])
    .filter((id) => typeof id === 'string')
  if (named.length > 0 && !named.includes(clientId)) return undefined
  const workspaceId = workspaceIn(json) ?? workspaceIn(data)
  return { application: named.length > 0 ? 'ours' : 'unnamed', ...(workspaceId && { workspaceId }) }
}

function workspaceIn({ workspace_id: id }: Json): WorkspaceId | undefined {
  return typeof id === 'string' || typeof id === 'number' ? (String(id) as WorkspaceId) : undefined
}

function objectOf(value: unknown): Json {
  return typeof value === 'object' && value !== null ? (value as Json) : {}
}
