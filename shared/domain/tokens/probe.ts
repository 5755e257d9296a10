// Probes connections that have no refresh token. ClickFunnels' tokens are valid until they are revoked, whatever
// `expires_in` says, so only a probe (`GET /me`) shows whether one is. Two 401s are a refusal, of which a
// caller's 401 may be one. Any other failure proves nothing. See verdict.ts.

import type { App } from '../apps/app.ts'
import { isProviderDown, noteAnswer } from '../apps/app-health.ts'
import { type Connection, nextDueAt, refOf, tokenOf } from '../connections/connection.ts'
import type { ProviderPorts } from '../provider/ports.ts'
import type { ProbeOutcome } from '../provider/resource-server.ts'
import type { Suspended } from '../tenants/suspension.ts'
import type { VaultPorts } from '../vault/ports.ts'
import { acquireLease, fenceOf, keepTokens, underLease } from './lease.ts'
import { resealCredential } from './new-tokens.ts'
import { noteWork, probeWork } from './note-work.ts'
import type { RefreshPorts } from './refresh.ts'
import { type RefreshCause, ruleOf } from './refresh-rules.ts'
import { noteRecovery, type RefusedOutcome, requireReauthorization } from './refusal.ts'
import { type Evidence, earlierLook, reportOf, verdictOn } from './verdict.ts'

export type ProbeResult =
  | { readonly outcome: 'alive' }
  | { readonly outcome: 'busy' | 'overtaken' }
  | RefusedOutcome
  | { readonly outcome: 'suspended'; readonly what: Suspended }
  | {
      readonly outcome: 'unclear'
      readonly detail: string
      /** Whether the provider is known to be down for the connection's app. */
      readonly outage?: boolean
    }

/** Probes a connection and stores the result. */
export async function probeConnection(
  services: RefreshPorts,
  connection: Connection,
  cause: RefreshCause = 'schedule',
): Promise<ProbeResult> {
  const app = await services.apps.get(connection.tenantId, connection.appId)
  const acquired = await acquireLease(services, connection)
  if (acquired.outcome !== 'acquired') return acquired
  const { owner } = acquired.lease
  const caller = cause === 'refused_call' ? 'refused' : 'silent'
  const stored = await underLease(services, connection, owner, async () => {
    // Another process may have been refused between our read of the connection and our lease.
    const found = (await services.connections.get(refOf(connection))) ?? connection
    const { state, disconnectReportedAt } = found
    const current = { ...connection, state, ...(disconnectReportedAt && { disconnectReportedAt }) }
    const earlier = earlierLook({ state }, services.now())
    const probe = await confirmedProbe(services, connection, caller === 'refused' || earlier !== 'none')
    return store(services, current, owner, { probe, caller, earlier }, app)
  })
  noteWork(services, connection, cause, acquired.lease.since, probeWork(stored))
  const outage = app !== undefined && (await note(services, app, connection, stored))
  return stored.outcome === 'unclear' && outage ? { ...stored, outage } : stored
}

interface Look {
  readonly probe: { readonly found: Evidence['probe']; readonly detail: string }
  readonly caller: Evidence['caller']
  readonly earlier: Evidence['earlier']
}

async function store(
  services: RefreshPorts,
  connection: Connection,
  owner: string,
  { probe, caller, earlier }: Look,
  app: App | undefined,
): Promise<ProbeResult> {
  const verdict = verdictOn({
    refreshToken: 'none',
    accessToken: 'unexpired',
    caller,
    earlier,
    probe: probe.found,
    report: reportOf(connection),
  })
  switch (verdict) {
    case 'refused':
    case 'ended':
      return requireReauthorization(services, connection, owner, 'access_token_rejected', verdict, app)
    case 'unproven': {
      const outage = app !== undefined && isProviderDown(app, services.now())
      const kept = await keepTokens(services, connection, owner, 'probe_unclear', { outage })
      return kept.outcome === 'failed' ? { outcome: 'unclear', detail: probe.detail } : kept
    }
    case 'alive':
      return storeAlive(services, connection, owner)
  }
}

async function storeAlive(
  services: RefreshPorts,
  connection: Connection,
  owner: string,
): Promise<ProbeResult> {
  const now = services.now()
  // The result is written anyway, so tokens under an older key are sealed under the newest one with it.
  const credential = await resealCredential(services.vault, connection)
  const change = {
    ...(credential && { credential }),
    ...(connection.state.status !== 'active' && { state: { status: 'active' } as const }),
    lease: null,
    dueAt: nextDueAt(now, undefined, services.chance),
    consecutiveFailures: 0,
    lastError: null,
    disconnectReportedAt: null,
    alert: null,
    updatedAt: now,
  }
  const fence = fenceOf(connection, owner)
  const kept = await services.connections.update(refOf(connection), fence, change, connection)
  if (!kept) return { outcome: 'overtaken' }
  await noteRecovery(services, connection)
  return { outcome: 'alive' }
}

/** Notes what the probe shows about the app. It says nothing about client credentials, because it needs none. */
async function note(
  services: RefreshPorts,
  app: App,
  { state, disconnectReportedAt }: Connection,
  { outcome }: ProbeResult,
): Promise<boolean> {
  if (app.trouble?.kind === 'credentials_refused') return false
  switch (outcome) {
    case 'alive':
      return noteAnswer(services, app, 'none')
    case 'unclear':
      return noteAnswer(services, app, ruleOf('probe_unclear').blames)
    case 'reauthorization_required':
      // What ClickFunnels announced is no sign that it refuses by mistake.
      return noteAnswer(
        services,
        app,
        state.status === 'active' && !disconnectReportedAt ? 'connection' : 'grant',
      )
    default:
      return false
  }
}

/** Probes once, and again after a 401 that is the first one known. */
async function confirmedProbe(
  services: Pick<VaultPorts & ProviderPorts, 'vault' | 'resourceServer'>,
  connection: Connection,
  refusedBefore: boolean,
): Promise<Look['probe']> {
  const binding = tokenOf(connection.tenantId, connection.id, connection.generation, 'access_token')
  const accessToken = await services.vault.open(binding, connection.credential.accessToken)
  const first = await services.resourceServer.probe(accessToken)
  if (first.outcome !== 'rejected' || refusedBefore) return found(first)
  const second = await services.resourceServer.probe(accessToken)
  if (second.outcome === 'alive') return found(second)
  return { ...found(second), found: second.outcome === 'rejected' ? 'rejected_twice' : 'rejected' }
}

function found(probe: ProbeOutcome): Look['probe'] {
  return { found: probe.outcome, detail: probe.outcome === 'unclear' ? probe.detail : '' }
}
