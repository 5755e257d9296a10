// An app: the OAuth client (client id, client secrets) that a tenant registered at ClickFunnels, and its store.
import type { AppId, TenantId } from '../ids.ts'
import type { EpochSeconds } from '../time.ts'
import type { Sealed } from '../vault/vault.ts'

/** A client secret as stored. The serial binds the seal, so that one secret cannot be put in another's place. */
export interface SealedClientSecret {
  readonly serial: number
  readonly sealed: Sealed
  readonly createdAt: EpochSeconds
}

/** A tenant's ClickFunnels platform application: an OAuth client (RFC 6749 section 2). */
export interface App {
  readonly id: AppId
  readonly tenantId: TenantId
  readonly name: string
  readonly clientId: string
  /** Newest first; during a rotation the older one still works. */
  readonly clientSecrets: readonly SealedClientSecret[]
  /** Serial of the secret that worked last, where it is not the newest. */
  readonly workingSecret?: number
  /** Serial of a new secret that was not presented yet; it is the first to be. */
  readonly untriedSecret?: number
  /** Absent while all is well; see app-health.ts. */
  readonly trouble?: AppTrouble
  readonly createdAt: EpochSeconds
  readonly updatedAt: EpochSeconds
}

/** What keeps an app's connections from being refreshed, though nothing is wrong with them. */
export interface AppTrouble {
  readonly kind: 'credentials_refused' | 'provider_down'
  readonly since: EpochSeconds
  readonly lastAt: EpochSeconds
  /** Failures in a row that said so. */
  readonly times: number
}

export interface Apps {
  /** Removes the app if it still is as it was when read, as `replace` does, and suspended without a break since then. */
  remove(read: App, suspendedSince: EpochSeconds): Promise<boolean>
  /** False when the tenant's deletion has begun, or its keys were deleted. */
  create(app: App): Promise<boolean>
  get(tenant: TenantId, id: AppId): Promise<App | undefined>
  list(tenant: TenantId): Promise<readonly App[]>
  /** Replaces the app if it still is as it was when read (what was learnt about its secrets included); false if not. */
  replace(app: App, read: App): Promise<boolean>
  /**
   * Notes what was learnt about an app, if nothing of that and no secret changed since it was read; false if so. With a
   * secret that works, no other is untried any more.
   */
  setHealth(read: App, health: Partial<Pick<App, 'workingSecret'>> & AppHealth): Promise<boolean>
}

export interface AppHealth {
  readonly trouble: App['trouble'] | undefined
}

/** The redirect URI of an app: one of its own per app, so that no app can receive another's codes (RFC 9700 section 4.4). */
export function redirectUri(publicUrl: string, app: AppId): string {
  return `${publicUrl}/v1/callback/${app}`
}
