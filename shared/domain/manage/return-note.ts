// What became of a connect session that the page started, for the browser that is back. It is taken from the stored session, not from
// the URL, which anybody can write.
import type { Ambient } from '../ambient.ts'
import { visibleStatus } from '../connect/connect-session.ts'
import type { ConnectPorts } from '../connect/ports.ts'
import type { Connection } from '../connections/connection.ts'
import type { ConnectionPorts } from '../connections/ports.ts'
import type { ConnectSessionId } from '../ids.ts'
import { findManaged } from './list-managed.ts'
import type { ManageLink } from './manage-link.ts'

export const RETURN_NOTES = ['connected', 'denied', 'other_workspace', 'full', 'expired', 'failed'] as const

export interface ReturnNote {
  readonly note: (typeof RETURN_NOTES)[number]
  /** The connection as it is now, when the list of the end user's connections may not have it yet. */
  readonly connection?: Connection
}

/** `undefined` if the session is not one of this page, has not ended, or its connection is gone. */
export async function noteOfReturn(
  services: Pick<Ambient & ConnectPorts & ConnectionPorts, 'now' | 'sessions' | 'connections'>,
  link: ManageLink,
  sessionId: ConnectSessionId,
): Promise<ReturnNote | undefined> {
  const session = await services.sessions.get(link.tenantId, sessionId)
  if (session?.managePage === undefined || session.endUser.id !== link.endUser.id) return undefined
  const { state } = session
  if (state.status === 'connected') {
    const connection = await findManaged(services, link, state.connectionId)
    return connection && { note: 'connected', connection }
  }
  if (state.status === 'denied') return { note: 'denied' }
  if (state.status === 'failed') {
    if (state.error === 'workspace_mismatch') return { note: 'other_workspace' }
    return { note: state.error === 'tenant_limit_exceeded' ? 'full' : 'failed' }
  }
  return visibleStatus(session, services.now()) === 'expired' ? { note: 'expired' } : undefined
}

/** The first page of the list with the connection of the note in it: an index may not show it for some moments. */
export function withReturned(
  items: readonly Connection[],
  returned: Connection | undefined,
): readonly Connection[] {
  if (returned === undefined) return items
  const isListed = items.some(({ id }) => id === returned.id)
  return isListed ? items.map((item) => (item.id === returned.id ? returned : item)) : [returned, ...items]
}
