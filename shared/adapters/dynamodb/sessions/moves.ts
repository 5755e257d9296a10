// The move of a connect session to another state: a write of its own, or a part of the transaction that stores a grant.
import {
  type ConnectSession,
  SESSION_MEMORY_SECONDS,
  type SessionState,
} from '#domain/connect/connect-session.ts'
import type { Connection } from '#domain/connections/connection.ts'
import type { GrantingSession } from '#domain/connections/connection-store.ts'
import { type EpochSeconds, later } from '#domain/time.ts'
import type { Condition, Write } from '../expressions.ts'
import { connectSessionKey, TTL_ATTRIBUTE } from '../schema.ts'

/**
 * Moves the session to another state if it is still in the state `from`.
 * @param stateHash of the opening that moves it, if the session has a reconnect link: a later opening prevents it
 */
export function sessionMoved(
  { tenantId, id }: Pick<ConnectSession, 'tenantId' | 'id'>,
  from: SessionState['status'],
  state: SessionState,
  expiresAt: EpochSeconds,
  stateHash?: string,
): Write {
  return {
    update: connectSessionKey(tenantId, id),
    change: { set: { state, expiresAt, [TTL_ATTRIBUTE]: later(expiresAt, SESSION_MEMORY_SECONDS) } },
    condition: inState(from, stateHash),
  }
}

/** Moves the session that brought a grant to "connected", in the transaction of the grant. */
export function sessionConnected(
  { tenantId, id: connectionId }: Connection,
  session: GrantingSession | undefined,
): readonly Write[] {
  if (session === undefined) return []
  const state = { status: 'connected', connectionId } as const
  return [sessionMoved({ tenantId, id: session.id }, 'exchanging', state, session.expiresAt)]
}

/** @param stateHash of the opening that the session has, if it has one */
export function inState(status: SessionState['status'], stateHash?: string): Condition {
  const opened = stateHash && ' AND (attribute_not_exists(opening) OR opening.stateHash = :opened)'
  return {
    expression: `#state.#status = :from${opened ?? ''}`,
    names: { '#state': 'state', '#status': 'status' },
    values: { ':from': status, ...(stateHash && { ':opened': stateHash }) },
  }
}
