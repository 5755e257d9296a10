// The services of one run: a process whose clock is off by some seconds, with a processor of its own, on a provider in memory.
import type { App } from '#domain/apps/app.ts'
import type { Connection } from '#domain/connections/connection.ts'
import type { WorkEntry } from '#domain/connections/timeline.ts'
import type { AppId, TenantId } from '#domain/ids.ts'
import type { TokenOutcome } from '#domain/provider/authorization-server.ts'
import { Secret } from '#domain/secret.ts'
import type { Tenant } from '#domain/tenants/tenant.ts'
import { epochSeconds } from '#domain/time.ts'
import { TokenMemory } from '#domain/tokens/token-memory.ts'
import type { Services } from '#runtime/all-services.ts'
import { SEAL } from './fleet.ts'
import { Processor } from './processor.ts'
import type { FleetStore } from './store.ts'
import type { VirtualTime } from './virtual-time.ts'

const SKEW_SECONDS = 20
/** Of a whole processor, by `npm run bench:refresh`. */
const REFRESH_CPU_MS = 3.6
/** A token request has a socket of its own: a resumed TLS handshake costs a round trip and this on the processor. */
const HANDSHAKE_MS = 40
const HANDSHAKE_CPU_MS = 1.2

export interface World {
  readonly time: VirtualTime
  readonly store: FleetStore
  readonly apps: Map<string, App>
  readonly chance: () => number
  readonly upstreamMs: number
  readonly memoryMb: number
  readonly lazyRefresh: boolean
  readonly isDown: () => boolean
  readonly isDead: (connection: Connection) => boolean
  readonly tally: {
    upstream: number
    duringOutage: number
    noteFault(message: string, members?: object): void
  }
}

export function processOf(world: World): Services {
  const { time, store, apps, chance, isDown, isDead, tally } = world
  const processor = new Processor(time, world.memoryMb)
  const skew = (chance() * 2 - 1) * SKEW_SECONDS
  const silent = () => {}
  const tenant = { status: 'active' } as Tenant
  // Tokens are named by the connection they are opened for: a seal of one byte holds nothing.
  const opened = new WeakMap<Secret, Connection>()
  const upstream = async () => {
    tally.upstream += 1
    if (isDown()) tally.duringOutage += 1
    await processor.work(REFRESH_CPU_MS + HANDSHAKE_CPU_MS)
    await time.sleep(HANDSHAKE_MS + world.upstreamMs * (0.5 + chance()))
  }
  async function refresh({ credential, ...connection }: Connection): Promise<TokenOutcome> {
    await upstream()
    if (isDown()) return { outcome: 'provider_down', detail: 'status 503' }
    if (isDead({ credential, ...connection })) return { outcome: 'grant_refused', error: 'invalid_grant' }
    if (credential.kind !== 'refreshable') throw new Error('not refreshable')
    const { issuedAt, expiresAt = issuedAt } = credential
    const token = new Secret('token')
    const tokens = { accessToken: token, refreshToken: token, scopes: [], workspace: {} }
    return { outcome: 'granted', tokens: { ...tokens, expiresInSeconds: expiresAt - issuedAt } }
  }
  const services = {
    now: () => epochSeconds(time.now / 1000 + skew),
    chance,
    sleep: time.sleep,
    randomBytes: () => Buffer.from(String(chance())).subarray(0, 12),
    newId: (kind: string) => `${kind}_${chance()}`,
    // No call of the simulation hangs, so no wait for one is cut short.
    background: {
      within: <T>(work: Promise<T>) => work,
      start: (work: () => Promise<void>) => void work(),
    },
    connections: store,
    lazyRefresh: world.lazyRefresh,
    timeline: { add: ({ tenantId }: WorkEntry) => store.addTimelineEntry(tenantId) },
    dueIndex: store,
    tenants: {
      get: async () => {
        store.readUnits += 1
        await time.sleep(4)
        return tenant
      },
    },
    apps: {
      get: async (_: TenantId, id: AppId) => {
        store.readUnits += 1
        await time.sleep(4)
        return apps.get(id)
      },
      setHealth: async (read: App, health: { trouble: App['trouble'] }) => {
        store.writeUnits += 1
        await time.sleep(6)
        const stored = apps.get(read.id)
        if (stored === undefined || stored.trouble !== read.trouble) return false
        const { trouble: _, ...well } = stored
        apps.set(read.id, { ...well, ...(health.trouble && { trouble: health.trouble }) })
        return true
      },
    },
    vault: {
      sealer: async () => () => SEAL,
      seal: async () => SEAL,
      open: async ({ record, field }: { record: string; field: string }) => {
        const secret = new Secret(field)
        const connection = store.items.get(record)
        if (connection !== undefined) opened.set(secret, connection)
        return secret
      },
      reseal: async () => undefined,
    },
    audit: { note: async () => {} },
    // Clocks are up to 40 s apart, which is more than a lease: now and then two processes refresh one connection.
    revocations: { enqueue: async () => {}, remove: async () => {} },
    authorizationServer: {
      revoke: async () => 'done',
      refresh: async (_: unknown, token: Secret) => refresh(opened.get(token) as Connection),
    },
    resourceServer: {
      probe: async (token: Secret) => {
        await upstream()
        if (isDown()) return { outcome: 'unclear', detail: 'status 503' }
        return isDead(opened.get(token) as Connection)
          ? { outcome: 'rejected' }
          : { outcome: 'alive', workspace: {} }
      },
    },
    log: { info: silent, warn: silent, error: tally.noteFault },
    tokenMemory: new TokenMemory(),
  }
  return services as unknown as Services
}
