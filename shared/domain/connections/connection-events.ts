// The events of a connection. What follows from a change is decided here, from the connection as it is stored and the change,
// so that each transition has exactly one event, also when an operator or the schedule makes it. The stores call this and
// write the event with the change.
import type { Disconnecter, EventDraft } from '../events/event.ts'
import type { BreakReason, OwnEventType } from '../events/event-types.ts'
import { annotationsOf } from '../tenants/annotations.ts'
import type { Connection, ReauthorizationReason } from './connection.ts'
import type { ConnectionChange } from './connection-store.ts'

type Told = Pick<
  Connection,
  | 'id'
  | 'tenantId'
  | 'appId'
  | 'endUser'
  | 'tags'
  | 'label'
  | 'eventCount'
  | 'alert'
  | 'state'
  | 'suspendedAt'
>
type ConnectionEventType = OwnEventType & `connection.${string}`

/** An event of a connection, with the next number. */
export function connectionEvent(
  told: Omit<Told, 'state'>,
  type: ConnectionEventType,
  more: { readonly reason?: string; readonly by?: Disconnecter; readonly imported?: true } = {},
): EventDraft {
  const { id, tenantId, appId, endUser, eventCount = 0 } = told
  const sequence = eventCount + 1
  const about = { connectionId: id, appId, endUserId: endUser.id, ...annotationsOf(told) }
  return { tenantId, type, data: { ...about, sequence, ...more } }
}

/** The event of a change; `undefined` if the tenant need not know of it. */
export function eventOfChange(before: Told, change: ConnectionChange): EventDraft | undefined {
  const { alert } = change
  const former = before.alert ?? endedBeforeAlerts(before)
  if (alert && alert.kind !== former?.kind && former?.kind !== 'broken') {
    return connectionEvent(before, `connection.${alert.kind}`, { reason: alert.reason })
  }
  if (former && (alert === null || change.state?.status === 'active')) {
    return connectionEvent(before, 'connection.recovered', { reason: former.reason })
  }
  if (change.suspendedAt && before.suspendedAt === undefined)
    return connectionEvent(before, 'connection.suspended')
  if (change.suspendedAt === null && before.suspendedAt !== undefined)
    return connectionEvent(before, 'connection.resumed')
  return undefined
}

/** Connections that ended before there were events have no alert. */
function endedBeforeAlerts({ state }: Pick<Connection, 'state'>): Connection['alert'] {
  if (state.status === 'active' || (state.refusedAt !== undefined && state.endedAt === undefined))
    return undefined
  return { kind: 'broken', reason: breakReason(state.reason) }
}

/** The reason that the tenant is told. */
export function breakReason(reason: ReauthorizationReason): BreakReason {
  switch (reason) {
    case 'grant_refused':
      return 'refresh_rejected'
    case 'access_token_rejected':
      return 'revoked_at_provider'
    case 'answer_lost':
      return 'answer_lost'
  }
}
