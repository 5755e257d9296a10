// Tenants and their ClickFunnels platform applications; and where a tenant may send a browser back to.
import type { AppId, EndUserId, TenantId } from '../ids.ts'
import type { EpochSeconds } from '../time.ts'
import { webUrl } from './web-url.ts'

/** How our pages look to a tenant's end users. No logo: the pages load nothing from anywhere (docs/pages.md). */
export interface Branding {
  /** "#rrggbb", lower case. What is drawn in it is made readable first. */
  readonly color: string
}

export interface Tenant {
  readonly id: TenantId
  readonly name: string
  /** Only an active one works. From "deleting" there is no way back; see tenant-deletion.ts. */
  readonly status: 'active' | 'suspended' | 'deleting' | 'deleted'
  /** Where an end user may be sent back to; see {@link isRegisteredReturnUrl}. */
  readonly returnUrls: readonly string[]
  /** Web origins whose pages may read our answers (CORS). */
  readonly origins: readonly string[]
  /** Here and not with the apps: whoever knows who is calling knows it without another read. */
  readonly suspendedApps?: SuspendedApps
  /** The tenant's own KMS key, which wraps its keys in place of ours. */
  readonly kmsKeyArn?: string
  readonly branding?: Branding
  /** What it may use at the most, where that is not the service's default. */
  readonly limits?: Limits
  readonly createdAt: EpochSeconds
  readonly updatedAt: EpochSeconds
  readonly deletedAt?: EpochSeconds
}

/** Neither deleted nor on its way there. */
export function isLiving({ status }: Pick<Tenant, 'status'>): boolean {
  return status === 'active' || status === 'suspended'
}

/** The apps that are suspended, and since when. One that is deleted stays among them: no connection is stored under it. */
export type SuspendedApps = Readonly<Record<AppId, EpochSeconds>>

/** Members of a tenant to set; `null` removes. */
export type TenantChange = Partial<Pick<Tenant, 'name' | 'returnUrls' | 'origins'>> & {
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
  /** Changes the named members; `undefined` when there is no such tenant, or it is being deleted. */
  update(id: TenantId, change: TenantChange, now: EpochSeconds): Promise<Tenant | undefined>
  /** Notes which apps are suspended, if that is as it was read; false if not. */
  setSuspendedApps(read: Tenant, suspendedApps: SuspendedApps, now: EpochSeconds): Promise<boolean>
  /** Moves a suspended tenant to "deleting"; false if it is not suspended. */
  beginDeletion(id: TenantId, now: EpochSeconds): Promise<boolean>
  /** Replaces a tenant that is being deleted with its id, name and times, and takes it off the lists. */
  replaceWithTombstone(tenant: Tenant, now: EpochSeconds): Promise<void>
  /** Newest first, `limit` at most, after the one named. */
  newest(limit: number, after?: TenantId): Promise<readonly Tenant[]>
  /** Ids of all tenants in order, `limit` at most, after the one named. */
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

/** A member that is absent is the service's default; absent there, too, it is no limit. */
export interface Limits {
  readonly connections?: number
  readonly sessionsPerMinute?: number
  readonly requestsPerSecond?: number
}
