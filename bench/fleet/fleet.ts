// Makes the connections and apps of a scene.
import type { App } from '#domain/apps/app.ts'
import { type Connection, nextDueAt } from '#domain/connections/connection.ts'
import { LEAST_WEEKLY_SECONDS, UNUSED_SECONDS, WEEKLY_SECONDS } from '#domain/connections/lazy-refresh.ts'
import type { AppId, ConnectionId, EndUserId, TenantId } from '#domain/ids.ts'
import { DAY_SECONDS, epochSeconds, later } from '#domain/time.ts'
import type { Sealed } from '#domain/vault/vault.ts'
import type { Scene } from './scenes.ts'
import { type FleetStore, partitionOf } from './store.ts'

export const SEAL = new Uint8Array(1) as Sealed

/** xorshift32: the same fleet every time. Gives numbers from 0 to below 1. */
export function chanceOf(seed: number): () => number {
  let state = seed
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }
}

/** Each tenant has two apps. */
export function makeApps(count: number): App[] {
  return Array.from({ length: count }, (_, number) => ({
    id: `app_${number}` as AppId,
    tenantId: `ten_${number % Math.ceil(count / 2)}` as TenantId,
    name: 'App',
    clientId: 'client',
    clientSecrets: [{ serial: 1, sealed: SEAL, createdAt: epochSeconds(0) }],
    createdAt: epochSeconds(0),
    updatedAt: epochSeconds(0),
  }))
}

/** @param isSimulated whether a partition of the due index takes part */
export function fill(
  store: FleetStore,
  scene: Scene,
  apps: readonly App[],
  startMs: number,
  chance: () => number,
  isSimulated: (partition: number) => boolean,
): number {
  const began = epochSeconds(startMs / 1000)
  let made = 0
  for (let number = 0; number < scene.connections; number++) {
    if (!isSimulated(partitionOf(number))) continue
    made += 1
    const isOverdue = number < (scene.overdue ?? 0)
    const others = scene.overdue === undefined ? 0 : 1
    const place = isOverdue ? 0 : others + Math.floor(chance() ** scene.skew * (apps.length - others))
    const app = apps[place] as App
    const lifetime = scene.lifetimes[Math.floor(chance() * scene.lifetimes.length)] ?? 7200
    const isNonExpiring = chance() < scene.nonExpiring
    const isUnused = scene.used !== undefined && chance() >= scene.used
    const age = isOverdue
      ? 2 * lifetime
      : isUnused
        ? chance() * LEAST_WEEKLY_SECONDS
        : chance() * lifetime * 0.8
    const issuedAt = later(began, -age)
    const expiresAt = later(issuedAt, lifetime)
    const refreshAt = isUnused
      ? later(issuedAt, LEAST_WEEKLY_SECONDS + chance() * (WEEKLY_SECONDS - LEAST_WEEKLY_SECONDS))
      : nextDueAt(issuedAt, expiresAt, chance)
    const dueAt = isNonExpiring ? later(began, chance() * DAY_SECONDS) : refreshAt
    store.add({
      id: `conn_${number}` as ConnectionId,
      tenantId: app.tenantId,
      appId: app.id,
      endUser: { id: 'user' as EndUserId },
      state: { status: 'active' },
      workspace: {},
      scopes: [],
      generation: 1,
      credential: isNonExpiring
        ? { kind: 'non_expiring', accessToken: SEAL }
        : { kind: 'refreshable', accessToken: SEAL, refreshToken: SEAL, issuedAt, expiresAt },
      dueAt,
      consecutiveFailures: 0,
      createdAt: later(began, -UNUSED_SECONDS),
      ...(!isUnused && { usedAt: began }),
      updatedAt: began,
    } satisfies Connection)
  }
  return made
}
