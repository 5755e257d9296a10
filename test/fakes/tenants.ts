// Tenants and apps in maps. Everything is copied on its way in and out, as a store would.

import type { App, Apps } from '#domain/apps/app.ts'
import { eventOfHealth } from '#domain/apps/app-events.ts'
import type { AppId, TenantId } from '#domain/ids.ts'
import type { ImageFacts } from '#domain/tenants/image.ts'
import type { SuspendedApps, Tenant, Tenants } from '#domain/tenants/tenant.ts'
import type { EpochSeconds } from '#domain/time.ts'
import type { FakeEvents } from './events.ts'

export class FakeTenants implements Tenants {
  readonly #items = new Map<TenantId, Tenant>()

  async create(tenant: Tenant): Promise<void> {
    if (!this.#items.has(tenant.id)) this.#items.set(tenant.id, structuredClone(tenant))
  }

  async get(id: TenantId): Promise<Tenant | undefined> {
    return structuredClone(this.#items.get(id))
  }

  /** Whether its deletion has begun. */
  isDeleted(id: TenantId): boolean {
    const status = this.#items.get(id)?.status
    return status === 'deleting' || status === 'deleted'
  }

  /** Since when an app is suspended, if it is. */
  suspendedSince(id: TenantId, app: AppId): EpochSeconds | undefined {
    return this.#items.get(id)?.suspendedApps?.[app]
  }

  async update(
    id: TenantId,
    change: Parameters<Tenants['update']>[1],
    updatedAt: EpochSeconds,
  ): Promise<Tenant | undefined> {
    const tenant = this.#items.get(id)
    if (tenant?.status !== 'active' && tenant?.status !== 'suspended') return undefined
    const { status = tenant.status } = change
    const suspendedAt =
      status === 'active' ? null : (tenant.suspendedAt ?? (change.status ? updatedAt : null))
    const members = Object.entries({ ...tenant, ...change, suspendedAt, updatedAt }).filter(
      ([, value]) => value !== null,
    )
    this.#items.set(id, structuredClone(Object.fromEntries(members)) as unknown as Tenant)
    return this.get(id)
  }

  /** The tenant's part of storing a logo. False if the tenant does not live. */
  setLogo(id: TenantId, logo: ImageFacts | undefined, updatedAt: EpochSeconds): boolean {
    const stored = this.#items.get(id)
    if (stored?.status !== 'active' && stored?.status !== 'suspended') return false
    const { logo: _, ...tenant } = stored
    this.#items.set(id, structuredClone({ ...tenant, ...(logo && { logo }), updatedAt }))
    return true
  }

  async setLookUntil(id: TenantId, lookUntil: EpochSeconds): Promise<void> {
    const tenant = this.#items.get(id)
    if (tenant?.status === 'active' || tenant?.status === 'suspended')
      this.#items.set(id, { ...tenant, lookUntil })
  }

  async beginDeletion(id: TenantId, updatedAt: EpochSeconds): Promise<boolean> {
    const tenant = this.#items.get(id)
    if (tenant?.status !== 'suspended') return false
    this.#items.set(id, { ...tenant, status: 'deleting', updatedAt })
    return true
  }

  async replaceWithTombstone({ id, name, createdAt }: Tenant, now: EpochSeconds): Promise<void> {
    if (this.#items.get(id)?.status !== 'deleting') return
    const times = { createdAt, updatedAt: now, deletedAt: now }
    this.#items.set(id, { id, name, status: 'deleted', returnUrls: [], origins: [], ...times })
  }

  async setSuspendedApps(read: Tenant, suspendedApps: SuspendedApps, updatedAt: EpochSeconds) {
    const stored = this.#items.get(read.id)
    const as = (tenant: Tenant | undefined) => JSON.stringify(tenant?.suspendedApps)
    if (stored === undefined || as(stored) !== as(read)) return false
    this.#items.set(read.id, structuredClone({ ...stored, suspendedApps, updatedAt }))
    return true
  }

  async newest(limit: number, after?: TenantId): Promise<readonly Tenant[]> {
    const listed = [...this.#items.values()].filter(({ status }) => status !== 'deleted')
    const older = listed.filter(({ id }) => after === undefined || id < after)
    return structuredClone(older.toSorted((one, other) => (one.id < other.id ? 1 : -1)).slice(0, limit))
  }

  async list(limit: number, after?: TenantId): Promise<readonly TenantId[]> {
    const listed = [...this.#items.values()].filter(({ status }) => status !== 'deleted')
    const ids = listed.map(({ id }) => id).filter((id) => after === undefined || id > after)
    return ids.toSorted().slice(0, limit)
  }
}

export class FakeApps implements Apps {
  readonly items = new Map<string, App>()
  /** The feeds: an app takes its own one with it. */
  feeds = new Map<string, unknown>()
  readonly #takesNothing: (tenant: TenantId) => boolean
  readonly #tenants: FakeTenants
  readonly #events: FakeEvents

  /** @param takesNothing whether a tenant was deleted, or its keys were */
  constructor(tenants: FakeTenants, takesNothing: (tenant: TenantId) => boolean, events: FakeEvents) {
    this.#events = events
    this.#tenants = tenants
    this.#takesNothing = takesNothing
  }

  async create(app: App): Promise<boolean> {
    const key = `${app.tenantId}/${app.id}`
    if (this.#takesNothing(app.tenantId) || this.items.has(key)) return false
    this.items.set(key, structuredClone(app))
    return true
  }

  async get(tenant: TenantId, id: AppId): Promise<App | undefined> {
    return structuredClone(this.items.get(`${tenant}/${id}`))
  }

  async list(tenant: TenantId): Promise<readonly App[]> {
    const own = [...this.items.values()].filter(({ tenantId }) => tenantId === tenant)
    return structuredClone(own.toSorted((one, other) => (one.id < other.id ? -1 : 1)))
  }

  async setHealth(read: App, health: Parameters<Apps['setHealth']>[1]): Promise<boolean> {
    const { trouble, refusals, workingSecret, alert } = health
    const key = `${read.tenantId}/${read.id}`
    const stored = this.items.get(key)
    if (stored === undefined || healthOf(stored) !== healthOf(read)) return false
    const event = eventOfHealth(stored, health)
    const { trouble: _, refusals: __, alert: ___, untriedSecret, ...untroubled } = stored
    this.items.set(key, {
      ...untroubled,
      ...(workingSecret === undefined && untriedSecret !== undefined && { untriedSecret }),
      ...(trouble && { trouble }),
      ...(refusals && { refusals }),
      ...(alert && { alert }),
      ...(event && { eventCount: event.data.sequence }),
      ...(workingSecret !== undefined && { workingSecret }),
    })
    this.#events.write(event)
    return true
  }

  async remove(read: App, suspendedSince: EpochSeconds): Promise<boolean> {
    const key = `${read.tenantId}/${read.id}`
    const stored = this.items.get(key)
    if (this.#tenants.suspendedSince(read.tenantId, read.id) !== suspendedSince) return false
    const isRemoved = stored !== undefined && versionOf(stored) === versionOf(read) && this.items.delete(key)
    if (isRemoved) this.feeds.delete(key)
    return isRemoved
  }

  async replace(app: App, read: App): Promise<boolean> {
    const key = `${app.tenantId}/${app.id}`
    const stored = this.items.get(key)
    const isKnown = stored && [versionOf(read), versionOf(app)].includes(versionOf(stored))
    if (!isKnown) return false
    this.items.set(key, structuredClone(app))
    return true
  }
}

function versionOf({
  name,
  updatedAt,
  clientSecrets,
  trouble,
  refusals,
  workingSecret,
  untriedSecret,
  eventCount,
}: App): string {
  return JSON.stringify([
    name,
    updatedAt,
    // With the sealed bytes: two changes at the same moment name the same serial.
    clientSecrets.map(({ serial, sealed }) => [serial, ...sealed]),
    trouble,
    refusals,
    workingSecret,
    untriedSecret,
    eventCount,
  ])
}

function healthOf({ trouble, refusals, clientSecrets, eventCount }: App): string {
  return JSON.stringify([trouble, refusals, eventCount, clientSecrets.map(({ serial }) => serial)])
}
