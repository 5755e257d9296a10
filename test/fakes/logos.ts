// Logos in a map, beside the fake tenants.
import type { TenantId } from '#domain/ids.ts'
import type { Logo, Logos } from '#domain/tenants/logo.ts'
import type { EpochSeconds } from '#domain/time.ts'
import type { FakeTenants } from './tenants.ts'

export class FakeLogos implements Logos {
  readonly items = new Map<TenantId, Logo & { readonly tenantId: TenantId }>()
  readonly #tenants: FakeTenants

  constructor(tenants: FakeTenants) {
    this.#tenants = tenants
  }

  async get(tenant: TenantId): Promise<Logo | undefined> {
    const { tenantId: _, ...logo } = structuredClone(this.items.get(tenant)) ?? {}
    return 'bytes' in logo ? (logo as Logo) : undefined
  }

  async put(tenantId: TenantId, logo: Logo, now: EpochSeconds): Promise<boolean> {
    const { bytes: _, ...facts } = logo
    const isLiving = this.#tenants.setLogo(tenantId, facts, now)
    if (isLiving) this.items.set(tenantId, structuredClone({ ...logo, tenantId }))
    return isLiving
  }

  async remove(tenantId: TenantId, now: EpochSeconds): Promise<boolean> {
    const isLiving = this.#tenants.setLogo(tenantId, undefined, now)
    if (isLiving) this.items.delete(tenantId)
    return isLiving
  }
}
