// Probes connections that have no refresh token. ClickFunnels' tokens are valid until they are revoked, whatever
// `expires_in` says, so only a probe (`GET /me`) shows whether one is. Two 401s in a row end the connection. Any other
// failure proves nothing.

import type { App } from '../apps/app.ts'
import { isProviderDown, noteAnswer } from '../apps/app-health.ts'
import { type Connection, nextDueAt, refOf, tokenOf } from '../connections/connection.ts'
import type { ProviderPorts } from '../provider/ports.ts'
import type { ProbeOutcome } from '../provider/resource-server.ts'
import type { Suspended } from '../tenants/suspension.ts'
import type { VaultPorts } from '../vault/ports.ts'
import { acquireLease, fenceOf, keepTokens, requireReauthorization, underLease } from './lease.ts'
import type { RefreshPorts } from './refresh.ts'
import { ruleOf } from './refresh-rules.ts'
import { resealCredential } from './reseal-tokens.ts'

export type ProbeResult =
  | { readonly outcome: 'alive' }
  | { readonly outcome: 'busy' | 'overtaken' | 'reauthorization_required' }
  | { readonly outcome: 'suspended'; readonly what: Suspended }
  | {
      readonly outcome: 'unclear'
      readonly detail: string
      /** Whether the provider is known to be down for the connection's app. */
      readonly outage?: boolean
    }

/** Probes a connection and stores the result. */
export async function probeConnection(services: RefreshPorts, connection: Connection): Promise<ProbeResult> {
  const app = await services.apps.get(connection.tenantId, connection.appId)
  const acquired = await acquireLease(services, connection)
  if (acquired.outcome !== 'acquired') return acquired
  const { owner } = acquired.lease
  const probe = await underLease(services, connection, owner, () => confirmedProbe(services, connection))
  const stored = await store(services, connection, owner, probe, app)
  const outage = app !== undefined && (await note(services, app, probe))
  return stored.outcome === 'unclear' && outage ? { ...stored, outage } : stored
}

async function store(
  services: RefreshPorts,
  connection: Connection,
  owner: string,
  probe: ProbeOutcome,
  app: App | undefined,
): Promise<ProbeResult> {
  switch (probe.outcome) {
    case 'rejected':
      return requireReauthorization(services, connection, owner, 'access_token_rejected')
    case 'unclear': {
      const outage = app !== undefined && isProviderDown(app, services.now())
      const kept = await keepTokens(services, connection, owner, 'probe_unclear', { outage })
      return kept.outcome === 'failed' ? probe : kept
    }
    case 'alive': {
      const now = services.now()
      // The result is written anyway, so tokens under an older key are sealed under the newest one with it.
      const credential = await underLease(services, connection, owner, () =>
        resealCredential(services.vault, connection),
      )
      const kept = await services.connections.update(refOf(connection), fenceOf(connection, owner), {
        ...(credential && { credential }),
        lease: null,
        dueAt: nextDueAt(now, undefined, services.chance),
        consecutiveFailures: 0,
        lastError: null,
        updatedAt: now,
      })
      return { outcome: kept ? 'alive' : 'overtaken' }
    }
  }
}

/** Notes what the probe shows about the app. It says nothing about client credentials, because it needs none. */
async function note(services: RefreshPorts, app: App, { outcome }: ProbeOutcome): Promise<boolean> {
  if (app.trouble?.kind === 'credentials_refused') return false
  return noteAnswer(services, app, outcome === 'unclear' ? ruleOf('probe_unclear').blames : 'none')
}

async function confirmedProbe(
  services: Pick<VaultPorts & ProviderPorts, 'vault' | 'resourceServer'>,
  connection: Connection,
): Promise<ProbeOutcome> {
  const binding = tokenOf(connection.tenantId, connection.id, connection.generation, 'access_token')
  const accessToken = await services.vault.open(binding, connection.credential.accessToken)
  const first = await services.resourceServer.probe(accessToken)
  return first.outcome === 'rejected' ? services.resourceServer.probe(accessToken) : first
}
