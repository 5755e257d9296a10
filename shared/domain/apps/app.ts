// An app: the OAuth client (client id, client secrets) that a tenant registered at ClickFunnels, and its store.
import type { AppReason } from '../events/event-types.ts'
import type { AppId, TenantId } from '../ids.ts'
import type { EpochSeconds } from '../time.ts'
import type { Sealed } from '../vault/vault.ts'

/** A client secret as stored. Its seal is bound to the serial, so that one secret cannot replace another. */
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
  /** Newest first. While a secret is being rotated, the older one still works. */
  readonly clientSecrets: readonly SealedClientSecret[]
  /** Serial of the secret that worked last, if it is known. */
  readonly workingSecret?: number
  /** Serial of a new secret that was not presented yet. It is presented first. */
  readonly untriedSecret?: number
  /** The types of ClickFunnels' events that the tenant wants. Absent: it wants none, and no endpoints are created. */
  readonly eventTypes?: readonly string[]
  /** The random part of the app's own ingest id. */
  readonly ingestKey?: string
  /** Absent while all is well; see app-health.ts. */
  readonly trouble?: AppTrouble
  /** Absent while no connection is refused; see refusals.ts. */
  readonly refusals?: AppRefusals
  /** Absent while the tenant was told of no trouble. */
  readonly alert?: AppAlert
  /** How many events it has had. */
  readonly eventCount?: number
  readonly createdAt: EpochSeconds
  readonly updatedAt: EpochSeconds
}

/** Why an app's connections cannot be refreshed although nothing is wrong with them. */
export interface AppTrouble {
  readonly kind: 'credentials_refused' | 'provider_down'
  readonly since: EpochSeconds
  readonly lastAt: EpochSeconds
  /** How many failures in a row showed it. */
  readonly times: number
  /** When a caller's refresh was last let through while the provider is down. */
  readonly canaryAt?: EpochSeconds
}

/** The trouble that the tenant was told of last. */
export interface AppAlert {
  readonly reason: AppReason
}

/** How many connections ClickFunnels refused, with no success between them. */
export interface AppRefusals {
  readonly since: EpochSeconds
  readonly connections: number
}

export interface Apps {
  /** Deletes the app and its own feed, if it has not changed since it was read and has been suspended without a break since then. */
  remove(read: App, suspendedSince: EpochSeconds): Promise<boolean>
  /** False if the tenant's deletion has begun, or if its keys were deleted. */
  create(app: App): Promise<boolean>
  get(tenant: TenantId, id: AppId): Promise<App | undefined>
  list(tenant: TenantId): Promise<readonly App[]>
  /** Replaces the app. False if it has changed since it was read, which includes what was learnt about its secrets. */
  replace(app: App, read: App): Promise<boolean>
  /**
   * Stores what was learnt about an app and, in the same transaction, the event that follows from it. False if that or a
   * secret has changed since the app was read. Once a secret is known to work, no secret counts as untried.
   */
  setHealth(read: App, health: Partial<Pick<App, 'workingSecret'>> & AppHealth): Promise<boolean>
}

export interface AppHealth {
  readonly trouble: App['trouble'] | undefined
  readonly refusals?: App['refusals'] | undefined
  readonly alert?: App['alert'] | undefined
}

/** The redirect URI of an app. Every app has its own, so that none can receive the codes of another (RFC 9700 section 4.4). */
export function redirectUri(publicUrl: string, app: AppId): string {
  return `${publicUrl}/v1/callback/${app}`
}
