// A fleet of connections over some hours of virtual time: the real keep-alive on a store and a provider in memory, with an
// hour of outage, dead grants, processes whose clocks are apart and runs that end at their deadline.
// Usage: npm run bench:fleet [-- --connections 1000000 --hours 4 --json]
import { parseArgs } from 'node:util'
import { DUE_SHARDS } from '#adapters/dynamodb/schema.ts'
import type { App } from '#domain/apps/app.ts'
import { type Connection, nextDueAt } from '#domain/connections/connection.ts'
import type { AppId, ConnectionId, EndUserId, TenantId } from '#domain/ids.ts'
import { keepAlive } from '#domain/keep-alive/keep-alive.ts'
import type { TokenOutcome } from '#domain/provider/authorization-server.ts'
import { Secret } from '#domain/secret.ts'
import type { Tenant } from '#domain/tenants/tenant.ts'
import { epochSeconds, later } from '#domain/time.ts'
import { TokenMemory } from '#domain/tokens/token-memory.ts'
import type { Sealed } from '#domain/vault/vault.ts'
import type { Services } from '#runtime/all-services.ts'
import { FleetStore } from './store.ts'
import { VirtualTime } from './virtual-time.ts'

const { values } = parseArgs({
  options: {
    connections: { type: 'string', default: '1000000' },
    hours: { type: 'string', default: '4' },
    apps: { type: 'string', default: '400' },
    json: { type: 'boolean', default: false },
  },
})
const count = Number(values.connections)
const hours = Number(values.hours)
const appCount = Number(values.apps)
const say = (text: string) => process.stderr.write(`${text}\n`)

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const START = Date.UTC(2026, 0, 1)
const OUTAGE = { from: START + 1.5 * HOUR, until: START + 2.5 * HOUR }
/** A run begins nothing in the last 28 of its 90 seconds (functions/keep-alive.ts, infra/functions.ts). */
const RUN_MILLISECONDS = 62_000
const SKEW_SECONDS = 20
const UPSTREAM_MILLISECONDS = 180
const DEAD_SHARE = 0.01
const LIFETIMES = [3600, ...Array(7).fill(7200), 86_400, 86_400] as const

const time = new VirtualTime(START)
const store = new FleetStore(time, DUE_SHARDS)
const tally = {
  upstream: 0,
  duringOutage: 0,
  onTime: 0,
  late: 0,
  lateOfOutage: 0,
  ended: 0,
  expiredWaiting: 0,
}
let backlogEndedAt: number | undefined

let state = 88_172_645
const chance = () => {
  // xorshift32: the same fleet every time.
  state ^= state << 13
  state ^= state >>> 17
  state ^= state << 5
  return (state >>> 0) / 2 ** 32
}

const apps = new Map<string, App>()
for (let number = 0; number < appCount; number++) {
  const id = `app_${number}` as AppId
  apps.set(id, {
    id,
    tenantId: `ten_${number % Math.ceil(appCount / 2)}` as TenantId,
    name: 'App',
    clientId: 'client',
    clientSecrets: [{ serial: 1, sealed: new Uint8Array(1) as Sealed, createdAt: epochSeconds(0) }],
    createdAt: epochSeconds(0),
    updatedAt: epochSeconds(0),
  })
}
const allApps = [...apps.values()]

say(`Making ${count} connections of ${appCount} apps …`)
const seal = new Uint8Array(1) as Sealed
const began = epochSeconds(START / 1000)
for (let number = 0; number < count; number++) {
  // Uneven: a few apps have most of the connections.
  const app = allApps[Math.floor(chance() ** 3 * appCount)] as App
  const lifetime = LIFETIMES[Math.floor(chance() * LIFETIMES.length)] ?? 7200
  const nonExpiring = chance() < 0.1
  const issuedAt = later(began, -chance() * lifetime * 0.8)
  const expiresAt = later(issuedAt, lifetime)
  const probeAt = later(began, chance() * 86_400)
  store.add({
    id: `conn_${number}` as ConnectionId,
    tenantId: app.tenantId,
    appId: app.id,
    endUser: { id: 'user' as EndUserId },
    state: { status: 'active' },
    workspace: {},
    scopes: [],
    generation: 1,
    credential: nonExpiring
      ? { kind: 'non_expiring', accessToken: seal }
      : { kind: 'refreshable', accessToken: seal, refreshToken: seal, issuedAt, expiresAt },
    dueAt: nonExpiring ? probeAt : nextDueAt(issuedAt, expiresAt, chance),
    consecutiveFailures: 0,
    createdAt: began,
    updatedAt: began,
  })
}

/** What the vault would open: which connection a token is of. */
let opening: Connection | undefined
const isDead = ({ id }: Connection) => Number(id.slice(5)) % Math.round(1 / DEAD_SHARE) === 0
const isDown = () => time.now >= OUTAGE.from && time.now < OUTAGE.until
const upstream = async () => {
  tally.upstream += 1
  if (isDown()) tally.duringOutage += 1
  await time.sleep(UPSTREAM_MILLISECONDS * (0.5 + chance()))
}

async function refresh(connection: Connection): Promise<TokenOutcome> {
  await upstream()
  if (isDown()) return { outcome: 'provider_down', detail: 'status 503' }
  if (isDead(connection)) return { outcome: 'grant_refused', error: 'invalid_grant' }
  if (connection.credential.kind !== 'refreshable') throw new Error('not refreshable')
  const { issuedAt, expiresAt = issuedAt } = connection.credential
  const token = new Secret('token')
  return {
    outcome: 'granted',
    tokens: {
      accessToken: token,
      refreshToken: token,
      expiresInSeconds: expiresAt - issuedAt,
      scopes: [],
      workspace: {},
    },
  }
}

/** The services of one run: a process whose clock is off by some seconds. */
function processOf(): Services {
  const skew = (chance() * 2 - 1) * SKEW_SECONDS
  const silent = () => {}
  const tenant = { status: 'active' } as Tenant
  // Tokens are named by the connection they are opened for: a seal of one byte holds nothing.
  const opened = new WeakMap<Secret, Connection>()
  return {
    now: () => epochSeconds(time.now / 1000 + skew),
    chance,
    sleep: time.sleep,
    randomBytes: () => Buffer.from(String(chance())).subarray(0, 12),
    connections: store,
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
      sealer: async () => () => seal,
      open: async ({ record, field }: { record: string; field: string }) => {
        const secret = new Secret(field)
        opening = store.items.get(record)
        if (opening !== undefined) opened.set(secret, opening)
        return secret
      },
      reseal: async () => undefined,
    },
    authorizationServer: {
      refresh: async (_: unknown, token: Secret) => refresh(opened.get(token) as Connection),
    },
    resourceServer: {
      probe: async (token: Secret) => {
        await upstream()
        const connection = opened.get(token) as Connection
        if (isDown()) return { outcome: 'unclear', detail: 'status 503' }
        return isDead(connection) ? { outcome: 'rejected' } : { outcome: 'alive', workspace: {} }
      },
    },
    log: { info: silent, warn: silent, error: silent },
    tokenMemory: new TokenMemory(),
  } as unknown as Services
}

const update = store.update.bind(store)
store.update = async (ref, fence, change) => {
  const before = store.items.get(ref.connectionId)
  const done = await update(ref, fence, change)
  if (!done || before === undefined) return done
  if (change.state?.status === 'reauthorization_required') tally.ended += 1
  if (change.generation !== undefined && before.credential.kind === 'refreshable') {
    const expiredAt = (before.credential.expiresAt ?? 0) * 1000
    if (expiredAt <= time.now) {
      tally.late += 1
      if (expiredAt >= OUTAGE.from && expiredAt < OUTAGE.until + 10 * MINUTE) tally.lateOfOutage += 1
    } else tally.onTime += 1
  }
  return done
}

/** Whether more is due than a minute brings: what an outage leaves behind. */
function backlog(): number {
  let waiting = 0
  for (const { dueAt } of store.items.values())
    if (dueAt !== undefined && dueAt * 1000 < time.now - 2 * MINUTE) waiting += 1
  return waiting
}

const wallBegan = performance.now()
const runs = new Set<Promise<unknown>>()
const samples: { minute: number; backlog: number }[] = []
for (let minute = 0; minute < hours * 60; minute++) {
  for (let shard = 0; shard < DUE_SHARDS; shard++) {
    const deadline = time.now + RUN_MILLISECONDS
    const run = keepAlive(processOf(), shard, () => time.now < deadline).finally(() => runs.delete(run))
    runs.add(run)
  }
  await time.runUntil(START + (minute + 1) * MINUTE)
  if (minute % 5 === 4) {
    const waiting = backlog()
    samples.push({ minute: minute + 1, backlog: waiting })
    if (time.now > OUTAGE.until && backlogEndedAt === undefined && waiting < count / 1000)
      backlogEndedAt = time.now
    const elapsed = ((performance.now() - wallBegan) / 1000).toFixed(0)
    say(
      `minute ${minute + 1} of ${hours * 60} (${elapsed} s): ${tally.onTime + tally.late} refreshed, ${tally.late} late, ${waiting} overdue${isDown() ? ', provider down' : ''}`,
    )
  }
}
for (const connection of store.items.values()) {
  const { credential, state: status } = connection
  if (status.status !== 'active' || credential.kind !== 'refreshable') continue
  if ((credential.expiresAt ?? 0) * 1000 < time.now) tally.expiredWaiting += 1
}
const refreshed = tally.onTime + tally.late
const report = {
  connections: count,
  hours,
  refreshed,
  on_time_ratio: tally.onTime / refreshed,
  on_time_ratio_apart_from_the_outage: tally.onTime / (refreshed - tally.lateOfOutage),
  late: tally.late,
  expired_at_the_end: tally.expiredWaiting,
  reauthorization_required: tally.ended,
  upstream_calls: tally.upstream,
  upstream_calls_during_outage: tally.duringOutage,
  read_units_per_refresh: store.readUnits / refreshed,
  write_units_per_refresh: store.writeUnits / refreshed,
  recovery_minutes: backlogEndedAt === undefined ? undefined : (backlogEndedAt - OUTAGE.until) / MINUTE,
  wall_seconds: Math.round((performance.now() - wallBegan) / 1000),
}
if (values.json) process.stdout.write(`${JSON.stringify({ ...report, samples }, undefined, 2)}\n`)
else {
  for (const [name, value] of Object.entries(report)) {
    const shown = typeof value === 'number' && !Number.isInteger(value) ? value.toFixed(4) : String(value)
    process.stdout.write(`${name.replaceAll('_', ' ').padEnd(34)}${shown.padStart(14)}\n`)
  }
}
