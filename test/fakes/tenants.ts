// Tenants and apps in maps. Everything is copied on its way in and out, as a store would.
import type { AppId, TenantId } from '#domain/ids.ts'
import type { Apps, Tenants } from '#domain/ports.ts'
import type { App, Tenant } from '#domain/tenant.ts'
import type { EpochSeconds } from '#domain/time.ts'

export class FakeTenants implements Tenants {
  readonly #items = new Map<TenantId, Tenant>()

  async create(tenant: Tenant): Promise<void> {
    if (!this.#items.has(tenant.id)) this.#items.set(tenant.id, structuredClone(tenant))
  }

  async get(id: TenantId): Promise<Tenant | undefined> {
    return structuredClone(this.#items.get(id))
  }

  async update(
    id: TenantId,
    change: Parameters<Tenants['update']>[1],
    updatedAt: EpochSeconds,
  ): Promise<Tenant | undefined> {
    const tenant = this.#items.get(id)
    if (tenant === undefined) return undefined
    const members = Object.entries({ ...tenant, ...change, updatedAt }).filter(([, value]) => value !== null)
    this.#items.set(id, structuredClone(Object.fromEntries(members)) as unknown as Tenant)
    return this.get(id)
  }

  async list(limit: number, after?: TenantId): Promise<readonly TenantId[]> {
    const ids = [...this.#items.keys()].filter((id) => after === undefined || id > after)
    return ids.toSorted().slice(0, limit)
  }
}

export class FakeApps implements Apps {
  readonly items = new Map<string, App>()

  async create(app: App): Promise<void> {
    const key = `${app.tenantId}/${app.id}`
    if (!this.items.has(key)) this.items.set(key, structuredClone(app))
  }

  async get(tenant: TenantId, id: AppId): Promise<App | undefined> {
    return structuredClone(this.items.get(`${tenant}/${id}`))
  }

  async list(tenant: TenantId): Promise<readonly App[]> {
    const own = [...this.items.values()].filter(({ tenantId }) => tenantId === tenant)
    return structuredClone(own.toSorted((one, other) => (one.id < other.id ? -1 : 1)))
  }

  async setHealth(read: App, { trouble, workingSecret }: Parameters<Apps['setHealth']>[1]): Promise<boolean> {
    const key = `${read.tenantId}/${read.id}`
    const stored = this.items.get(key)
    if (stored === undefined || healthOf(stored) !== healthOf(read)) return false
    const { trouble: _, ...untroubled } = stored
    this.items.set(key, {
      ...untroubled,
      ...(trouble && { trouble }),
      ...(workingSecret !== undefined && { workingSecret }),
    })
    return true
  }

  async replace(app: App, read: App): Promise<boolean> {
    const key = `${app.tenantId}/${app.id}`
    const stored = this.items.get(key)
    if (stored === undefined || versionOf(stored) !== versionOf(read)) return false
    this.items.set(key, structuredClone(app))
    return true
  }
}

function versionOf({ name, updatedAt, clientSecrets }: App): string {
  return JSON.stringify([name, updatedAt, clientSecrets.map(({ serial }) => serial)])
}

function healthOf({ trouble, clientSecrets }: App): string {
  return JSON.stringify([trouble, clientSecrets.map(({ serial }) => serial)])
}
