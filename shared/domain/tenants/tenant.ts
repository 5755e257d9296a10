// A tenant, its store, and the URLs to which it may send a browser back.
import type { AppId, EndUserId, TenantId } from '../ids.ts'
import type { EpochSeconds } from '../time.ts'
import type { ImageFacts } from './image.ts'
import { webUrl } from './web-url.ts'

/** The colours in which our pages look to a tenant's end users. */
export interface Branding {
  /** "#rrggbb", lower case. The pages adjust it until text on it is readable. */
  readonly color: string
  /** Instead of it on a dark background. */
  readonly darkColor?: string
}

export interface Tenant {
  readonly id: TenantId
  readonly name: string
  /** Only an active tenant works. A deletion cannot be undone, see operator/tenant-deletion.ts. */
  readonly status: 'active' | 'suspended' | 'deleting' | 'deleted'
  /** Since when it is suspended without a break. Absent if it is not, or if an older version suspended it. */
  readonly suspendedAt?: EpochSeconds
  /** Where an end user may be sent back to, see {@link isRegisteredReturnUrl}. */
  readonly returnUrls: readonly string[]
  /** Web origins whose pages may read our answers (CORS). */
  readonly origins: readonly string[]
  /** Stored here and not with the apps, because authentication reads the tenant anyway. */
  readonly suspendedApps?: SuspendedApps
  /** The tenant's own KMS key, which wraps its keys instead of our root keys. */
  readonly kmsKeyArn?: string
  readonly branding?: Branding
  /** What kind of logo the tenant has, if it has one. The image itself: logo.ts. */
  readonly logo?: ImageFacts
  /** Whether end users may start "confirmed" sessions with their JWTs. Absent: they may not. */
  readonly endUsersMayConfirm?: boolean
  /** Limits that differ from the service's defaults. */
  readonly limits?: Limits
  /**
   * Until then, each process looks at what others found before it sends a call: the tenant is near its limit of concurrent requests,
   * or a host of ClickFunnels does not answer it in time.
   */
  readonly lookUntil?: EpochSeconds
  readonly createdAt: EpochSeconds
  readonly updatedAt: EpochSeconds
  readonly deletedAt?: EpochSeconds
}

/** Whether a tenant is neither deleted nor being deleted. */
export function isLiving({ status }: Pick<Tenant, 'status'>): boolean {
  return status === 'active' || status === 'suspended'
}

/** The suspended apps, and since when. A deleted app stays among them, so that no connection can be stored for it. */
export type SuspendedApps = Readonly<Record<AppId, EpochSeconds>>

/** Members of a tenant to set; `null` removes. */
export type TenantChange = Partial<Pick<Tenant, 'name' | 'returnUrls' | 'origins' | 'endUsersMayConfirm'>> & {
  readonly status?: 'active' | 'suspended'
  readonly kmsKeyArn?: string | null
  readonly branding?: Branding | null
  readonly limits?: Limits | null
}

export interface EndUser {
  readonly id: EndUserId
  readonly displayName?: string
}

export interface Tenants {
  create(tenant: Tenant): Promise<void>
  get(id: TenantId): Promise<Tenant | undefined>
  /**
   * Changes the named members. `suspendedAt` follows from the status: it is set by the first suspension, and removed when the tenant
   * is resumed. `undefined` if there is no such tenant, or if it is being deleted.
   */
  update(id: TenantId, change: TenantChange, now: EpochSeconds): Promise<Tenant | undefined>
  /** Asks all processes to look before each call of the tenant until a moment. They learn of it when they read the tenant. */
  setLookUntil(id: TenantId, until: EpochSeconds): Promise<void>
  /** Stores which apps are suspended. False if that has changed since the tenant was read. */
  setSuspendedApps(read: Tenant, suspendedApps: SuspendedApps, now: EpochSeconds): Promise<boolean>
  /** Moves a suspended tenant to "deleting". False if it is not suspended. */
  beginDeletion(id: TenantId, now: EpochSeconds): Promise<boolean>
  /** Replaces a tenant that is being deleted with its id, name and times, and takes it off the lists. */
  replaceWithTombstone(tenant: Tenant, now: EpochSeconds): Promise<void>
  /** Newest first, at most `limit`, starting after `after`. */
  newest(limit: number, after?: TenantId): Promise<readonly Tenant[]>
  /** Ids of all tenants in order, at most `limit`, starting after `after`. */
  list(limit: number, after?: TenantId): Promise<readonly TenantId[]>
}

/**
 * Whether a return URL lies under one that the tenant registered: same scheme, host and port, and a path that is the
 * registered one or continues it after a slash ("/app" covers "/app/done", not "/apple").
 */
export function isRegisteredReturnUrl(tenant: Pick<Tenant, 'returnUrls'>, text: string): boolean {
  const url = webUrl(text)
  if (url === undefined) return false
  return tenant.returnUrls.some((registered) => {
    const base = new URL(registered)
    if (base.origin !== url.origin) return false
    const folder = base.pathname.endsWith('/') ? base.pathname : `${base.pathname}/`
    return url.pathname === base.pathname || url.pathname.startsWith(folder)
  })
}

/** Whether a return URL is one that the tenant registered, but for the query: the path must be the registered one. */
export function isExactReturnUrl(tenant: Pick<Tenant, 'returnUrls'>, text: string): boolean {
  const url = webUrl(text)
  if (url === undefined) return false
  return tenant.returnUrls.some((registered) => {
    const base = new URL(registered)
    return base.origin === url.origin && base.pathname === url.pathname
  })
}

/** For an absent member, the service's default applies. If that is absent as well, there is no limit. */
export interface Limits {
  readonly connections?: number
  readonly sessionsPerMinute?: number
  readonly requestsPerSecond?: number
  /** Proxied requests that are under way at the same time, averaged over ten seconds. */
  readonly concurrentRequests?: number
  /** How long a proxied request may take. */
  readonly secondsPerRequest?: number
}
