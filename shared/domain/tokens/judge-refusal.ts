// Judges a refused refresh token: reads the connection again, probes where the verdict needs it, and stores the verdict.
import type { Ambient } from '../ambient.ts'
import type { App } from '../apps/app.ts'
import type { AuditPorts } from '../audit/ports.ts'
import { type Connection, expiryOf, refOf, tokenOf } from '../connections/connection.ts'
import type { ConnectionPorts } from '../connections/ports.ts'
import type { ProviderPorts } from '../provider/ports.ts'
import { later } from '../time.ts'
import type { VaultPorts } from '../vault/ports.ts'
import { type KeptReason, keepTokens, queuedUntil, wasAbandoned } from './lease.ts'
import type { RefreshCause } from './refresh-rules.ts'
import { type RefusedOutcome, requireReauthorization } from './refused.ts'
import { CONFIRMATION_SECONDS, type Evidence, earlierLook, verdictOn } from './verdict.ts'

type Ports = Pick<
  Ambient & ConnectionPorts & VaultPorts & ProviderPorts & AuditPorts,
  'now' | 'chance' | 'connections' | 'vault' | 'resourceServer' | 'audit' | 'log'
>

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
  const current = { ...connection, state: stored.state }
  return requireReauthorization(services, current, owner, reason, verdict, app)
}

async function probe(services: Ports, connection: Connection): Promise<Evidence['probe']> {
  const binding = tokenOf(connection.tenantId, connection.id, connection.generation, 'access_token')
  const accessToken = await services.vault.open(binding, connection.credential.accessToken)
  return (await services.resourceServer.probe(accessToken)).outcome
}
