// Liveness of connections that nothing can refresh: ClickFunnels' tokens live until revoked, whatever `expires_in`
// says, so only a probe (`GET /me`) tells. A 401, confirmed once, ends the connection; nothing else proves anything.
import { backoffUntil, type Connection, nextDueAt } from './connection.ts'
import { acquireLease, fenceOf, refOf, requireReauthorization, underLease } from './lease.ts'
import type { ProbeOutcome, Services } from './ports.ts'
import type { RefreshPorts } from './refresh.ts'
import { resealCredential } from './reseal.ts'
import { tokenOf } from './revocation.ts'

export type LivenessOutcome =
  | { readonly outcome: 'alive' }
  | { readonly outcome: 'busy' | 'suspended' | 'overtaken' | 'reauthorization_required' }
  | { readonly outcome: 'unclear'; readonly detail: string }

/** Probes a connection and stores what that showed. */
export async function probeConnection(
  services: RefreshPorts,
  connection: Connection,
): Promise<LivenessOutcome> {
  const lease = await acquireLease(services, connection)
  if (lease.outcome !== 'acquired') return lease
  const { owner } = lease
  const { probe, credential } = await underLease(services, connection, owner, async () => ({
    probe: await confirmedProbe(services, connection),
    // The result is written anyway: tokens under an older key are sealed anew with it.
    credential: await resealCredential(services.vault, connection),
  }))
  if (probe.outcome === 'rejected') {
    const ended = await requireReauthorization(services, connection, owner, 'access_token_rejected')
    return { outcome: ended.outcome === 'overtaken' ? 'overtaken' : 'reauthorization_required' }
  }
  const now = services.now()
  const alive = probe.outcome === 'alive'
  const consecutiveFailures = alive ? 0 : connection.consecutiveFailures + 1
  const stored = await services.connections.update(refOf(connection), fenceOf(connection, owner), {
    ...(credential && { credential }),
    lease: null,
    dueAt: alive
      ? nextDueAt(now, undefined, services.chance)
      : backoffUntil(now, consecutiveFailures, services.chance),
    consecutiveFailures,
    lastError: alive ? null : 'probe_unclear',
    updatedAt: now,
  })
  if (!stored) return { outcome: 'overtaken' }
  return alive ? { outcome: 'alive' } : { outcome: 'unclear', detail: probe.detail }
}

async function confirmedProbe(
  services: Pick<Services, 'vault' | 'resourceServer'>,
  connection: Connection,
): Promise<ProbeOutcome> {
  const binding = tokenOf(connection.tenantId, connection.id, connection.generation, 'access_token')
  const accessToken = await services.vault.open(binding, connection.credential.accessToken)
  const first = await services.resourceServer.probe(accessToken)
  return first.outcome === 'rejected' ? services.resourceServer.probe(accessToken) : first
}
