// Erases a deleted tenant from the other fakes.
import type { ApiKeys } from '#domain/callers/api-key.ts'
import type { IdentityProviders } from '#domain/callers/identity-provider.ts'
import type { TenantId } from '#domain/ids.ts'
import type { TenantRemains } from '#domain/operator/tenant-remains.ts'
import type { FakeConnections, FakeRevocations } from './connections.ts'
import type { FakeDeliveries } from './deliveries.ts'
import type { FakeEndpoints } from './endpoints.ts'
import type { FakeEvents } from './events.ts'
import type { FakeExportKeys } from './export-keys.ts'
import type { FakeFeeds } from './feeds.ts'
import type { FakeLogos } from './logos.ts'
import type { FakeSessions } from './sessions.ts'
import type { FakeApps } from './tenants.ts'
import type { FakeTimeline } from './timeline.ts'
import type { FakeUsage } from './usage.ts'

interface Stores {
  readonly apps: FakeApps
  readonly logos: FakeLogos
  readonly apiKeys: ApiKeys
  readonly identityProviders: IdentityProviders
  readonly sessions: FakeSessions
  readonly connections: FakeConnections
  readonly revocations: FakeRevocations
  readonly usage: FakeUsage
  readonly events: FakeEvents
  readonly feeds: FakeFeeds
  readonly timeline: FakeTimeline
  readonly endpoints: FakeEndpoints
  readonly deliveries: FakeDeliveries
  readonly exportKeys: FakeExportKeys
}

export class FakeTenantRemains implements TenantRemains {
  readonly #stores: Stores

  constructor(stores: Stores) {
    this.#stores = stores
  }

  async erase(tenant: TenantId, limit: number): Promise<number> {
    const { apps, apiKeys, identityProviders, sessions, connections, revocations } = this.#stores
    let erased = 0
    for (const { id } of await apiKeys.list(tenant)) {
      if (erased < limit && (await apiKeys.remove(tenant, id))) erased += 1
    }
    for (const { id } of await identityProviders.list(tenant)) {
      if (erased < limit && (await identityProviders.remove(tenant, id))) erased += 1
    }
    const maps: readonly Map<string, { readonly tenantId: TenantId }>[] = [
      this.#stores.logos.items,
      apps.items,
      sessions.sessions,
      connections.items,
      revocations.items,
      this.#stores.feeds.items,
      this.#stores.feeds.received,
      this.#stores.timeline.items,
      this.#stores.endpoints.items,
      this.#stores.exportKeys.items,
    ]
    for (const map of maps) {
      for (const [key, { tenantId }] of map) {
        if (tenantId === tenant && erased < limit && map.delete(key)) erased += 1
      }
    }
    this.#stores.deliveries.erase(tenant)
    if (erased < limit && this.#stores.usage.erase(tenant)) erased += 1
    return erased + this.#stores.events.erase(tenant, limit - erased)
  }
}
