// Stores the verdict on a connection whose tokens were refused, and its revival.
//
//   active --refused--> 409, second look after 60 s --refused--> ended (audited), looks after 5 min ... 7 d
//     ^                              |                                   |
//     +------------ success ---------+---------- success (audited) ------+
//
// The tokens are kept all the time. New tokens of any origin end all of this (new-tokens.ts).
import type { Ambient } from '../ambient.ts'
import type { App } from '../apps/app.ts'
import { isProviderDown } from '../apps/app-health.ts'
import { isBraked } from '../apps/refusals.ts'
import type { AuditPorts } from '../audit/ports.ts'
import { connectionNote } from '../audit/trail.ts'
import { type Connection, type ReauthorizationReason, refOf } from '../connections/connection.ts'
import type { ConnectionPorts } from '../connections/ports.ts'
import { type EpochSeconds, later } from '../time.ts'
import { fenceOf } from './lease.ts'
import { awaitsConfirmation, CONFIRMATION_SECONDS, nextLookAt } from './verdict.ts'

type Ports = Pick<Ambient & ConnectionPorts & AuditPorts, 'now' | 'chance' | 'connections' | 'audit' | 'log'>

export type RefusedOutcome =
  | {
      readonly outcome: 'reauthorization_required'
      /** The end was confirmed, but so many connections of the app are refused that none is ended. */
      readonly held?: true
    }
  | { readonly outcome: 'overtaken' }

/**
 * Stores a refusal. The first one makes callers get 409 and a second look due. The verdict "ended" makes it final.
 * @param connection with the state that is stored now
 */
export async function requireReauthorization(
  services: Ports,
  connection: Connection,
  owner: string,
  reason: ReauthorizationReason,
  verdict: 'refused' | 'ended',
  app: App | undefined,
): Promise<RefusedOutcome> {
  const now = services.now()
  const { state } = connection
  const held =
    awaitsConfirmation(connection) && verdict === 'ended' && app !== undefined && mayNotEnd(app, now)
  const ends = awaitsConfirmation(connection) && verdict === 'ended' && !held
  const before = state.status === 'active' ? { reason, refusedAt: now } : state
  const after = { ...before, status: 'reauthorization_required', ...(ends && { endedAt: now }) } as const
  const stored = await services.connections.update(refOf(connection), fenceOf(connection, owner), {
    state: after,
    lease: null,
    dueAt: dueAfter(services, after) ?? null,
    lastError: after.reason,
    updatedAt: now,
  })
  if (!stored) return { outcome: 'overtaken' }
  if (held) return { outcome: 'reauthorization_required', held }
  if (!ends) return { outcome: 'reauthorization_required' }
  const named = { connection: connection.id, reason: after.reason }
  services.log.warn('The end user of a connection has to connect again', named)
  const note = { reason: after.reason }
  await services.audit.note(connectionNote(connection, 'connection.require_reauthorization', note))
  return { outcome: 'reauthorization_required' }
}

function mayNotEnd(app: App, now: EpochSeconds): boolean {
  return isBraked(app, now) || isProviderDown(app, now)
}

function dueAfter(
  { now, chance }: Pick<Ambient, 'now' | 'chance'>,
  { refusedAt, endedAt }: { readonly refusedAt?: EpochSeconds; readonly endedAt?: EpochSeconds },
): EpochSeconds | undefined {
  if (endedAt !== undefined) return nextLookAt(endedAt, now())
  // Connections that ended before there were second looks are looked at only when a caller asks for it.
  return refusedAt && later(now(), CONFIRMATION_SECONDS + 10 * chance())
}

/** Logs that a refused connection works again. The audit trail says so if it had said that the connection ended. */
export async function noteRecovery(
  services: Pick<Ambient & AuditPorts, 'audit' | 'log'>,
  connection: Connection,
): Promise<void> {
  const { state } = connection
  if (state.status === 'active') return
  services.log.info('A connection that was refused works again', { connection: connection.id })
  if (awaitsConfirmation(connection)) return
  const note = { reason: state.reason }
  await services.audit.note(connectionNote(connection, 'connection.recover', note))
}
