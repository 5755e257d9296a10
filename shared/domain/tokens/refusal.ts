// What becomes of a connection whose tokens were refused: the verdict is found, stored, and taken back after a success.
//
//   active --refused--> 409, second look after 60 s --refused--> ended (audited), looks after 5 min ... 7 d
//     ^                              |                                   |
//     +------------ success ---------+---------- success (audited) ------+
//
// The tokens are kept all the time. New tokens of any origin end all of this (new-tokens.ts).
import { type Ambient, namesOf } from '../ambient.ts'
import type { App } from '../apps/app.ts'
import { isProviderDown } from '../apps/app-health.ts'
import { isBraked } from '../apps/refusals.ts'
import type { AuditPorts } from '../audit/ports.ts'
import { connectionNote } from '../audit/trail.ts'
import {
  type Connection,
  expiryOf,
  type ReauthorizationReason,
  type ReauthorizationState,
  refOf,
  tokenOf,
} from '../connections/connection.ts'
import { breakReason } from '../connections/connection-events.ts'
import type { ConnectionChange } from '../connections/connection-store.ts'
import type { ConnectionPorts } from '../connections/ports.ts'
import type { ProviderPorts } from '../provider/ports.ts'
import { type EpochSeconds, later } from '../time.ts'
import type { VaultPorts } from '../vault/ports.ts'
import { fenceOf, type KeptReason, keepTokens, queuedUntil, wasAbandoned } from './lease.ts'
import type { RefreshCause } from './refresh-rules.ts'
import {
  awaitsConfirmation,
  CONFIRMATION_SECONDS,
  type Evidence,
  earlierLook,
  nextLookAt,
  reportOf,
  verdictOn,
} from './verdict.ts'

/** The message of the log line that an alarm counts. */
export const CONNECTION_ENDED = 'The end user of a connection has to connect again'

type StorePorts = Pick<
  Ambient & ConnectionPorts & AuditPorts,
  'now' | 'chance' | 'connections' | 'audit' | 'log'
>
type Ports = StorePorts & Pick<VaultPorts & ProviderPorts, 'vault' | 'resourceServer'>

export type JudgedRefusal =
  | RefusedOutcome
  | {
      readonly outcome: 'failed'
      readonly error: KeptReason
      /** The recovery queue may still bring the tokens that follow the refused ones. */
      readonly queued?: true
    }

/** Whether the refresh token was refused so recently that a call's 401 completes the evidence. */
export function wasRefusedJustNow(
  { now }: Pick<Ambient, 'now'>,
  { lastError, updatedAt, state }: Connection,
): boolean {
  const refused = state.status === 'active' && lastError === 'grant_refused'
  return refused && now() < later(updatedAt, CONFIRMATION_SECONDS)
}

/** `invalid_grant` has many causes: verdict.ts weighs it with the other evidence. */
export async function judgeRefusal(
  services: Ports,
  connection: Connection,
  owner: string,
  {
    app,
    unanswered,
    cause,
  }: { readonly app: App; readonly unanswered: boolean; readonly cause: RefreshCause },
): Promise<JudgedRefusal> {
  const stored = await services.connections.get(refOf(connection))
  if (stored?.generation !== connection.generation) return { outcome: 'overtaken' }
  // Another process may have lost an answer or been refused between our read of the connection and our lease.
  const lost = unanswered || stored.unanswered === true
  const now = services.now()
  const queued = queuedUntil(connection)
  if (queued !== undefined && now < queued) {
    const kept = await keepTokens(services, connection, owner, 'grant_refused', { unanswered: lost, queued })
    return kept.outcome === 'failed' ? { ...kept, queued: true } : kept
  }
  const expiresAt = expiryOf(connection.credential)
  const evidence = {
    refreshToken: 'refused',
    caller: cause === 'refused_call' ? 'refused' : 'silent',
    accessToken: expiresAt !== undefined && expiresAt <= now ? 'expired' : 'unexpired',
    probe: 'none',
    earlier: earlierLook(stored, now),
    report: reportOf(stored),
  } as const satisfies Evidence
  const unprobed = verdictOn(evidence)
  const verdict =
    unprobed === 'unproven' ? verdictOn({ ...evidence, probe: await probe(services, connection) }) : unprobed
  if (verdict === 'alive' || verdict === 'unproven') {
    return keepTokens(services, connection, owner, 'grant_refused', { unanswered: lost })
  }
  // If the access token was refused before this request, the answer that is missing did not end the grant.
  const before = connection.unanswered ?? stored.unanswered ?? wasAbandoned(connection)
  const reason = lost && (before || cause !== 'refused_call') ? 'answer_lost' : 'grant_refused'
  const { state, disconnectReportedAt } = stored
  const current = { ...connection, state, ...(disconnectReportedAt && { disconnectReportedAt }) }
  return requireReauthorization(services, current, owner, reason, verdict, app)
}

async function probe(services: Ports, connection: Connection): Promise<Evidence['probe']> {
  const binding = tokenOf(connection.tenantId, connection.id, connection.generation, 'access_token')
  const accessToken = await services.vault.open(binding, connection.credential.accessToken)
  return (await services.resourceServer.probe(accessToken)).outcome
}

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
  services: StorePorts,
  connection: Connection,
  owner: string,
  reason: ReauthorizationReason,
  verdict: 'refused' | 'ended',
  app: App | undefined,
): Promise<RefusedOutcome> {
  const now = services.now()
  const { state } = connection
  const mayEnd = verdict === 'ended' && (state.status === 'active' || awaitsConfirmation(connection))
  const held = mayEnd && app !== undefined && mayNotEnd(app, now)
  const ends = mayEnd && !held
  const before = state.status === 'active' ? { reason, refusedAt: now } : state
  const after = { ...before, status: 'reauthorization_required', ...(ends && { endedAt: now }) } as const
  const change = {
    state: after,
    lease: null,
    dueAt: dueAfter(services, after) ?? null,
    lastError: after.reason,
    ...alertOf(connection, after, app, now),
    updatedAt: now,
  }
  const fence = fenceOf(connection, owner)
  const stored = await services.connections.update(refOf(connection), fence, change, connection)
  if (!stored) return { outcome: 'overtaken' }
  if (held) return { outcome: 'reauthorization_required', held }
  if (!ends) return { outcome: 'reauthorization_required' }
  const named = { ...namesOf('connection', connection), reason: after.reason }
  services.log.warn(CONNECTION_ENDED, named)
  const note = { reason: after.reason }
  await services.audit.note(connectionNote(connection, 'connection.require_reauthorization', note))
  return { outcome: 'reauthorization_required' }
}

/** What the tenant is told. Of a mass refusal it hears once, by an event of the app. */
function alertOf(
  { alert, disconnectReportedAt }: Connection,
  { reason, endedAt }: ReauthorizationState,
  app: App | undefined,
  now: EpochSeconds,
): Pick<ConnectionChange, 'alert'> {
  const told = disconnectReportedAt === undefined ? breakReason(reason) : 'disconnected_by_provider'
  if (endedAt !== undefined) return { alert: { kind: 'broken', reason: told } }
  const silent = alert !== undefined || (app !== undefined && mayNotEnd(app, now))
  return silent ? {} : { alert: { kind: 'at_risk', reason: told } }
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
  services.log.info('A connection that was refused works again', namesOf('connection', connection))
  if (awaitsConfirmation(connection)) return
  const note = { reason: state.reason }
  await services.audit.note(connectionNote(connection, 'connection.recover', note))
}
