// Connections, revocations and the due index in maps, with the conditions that the ports document.

import { duePartitionOf } from '#adapters/dynamodb/schema.ts'
import type { Connection, ConnectionRef, Lease, Pace, Revocation } from '#domain/connections/connection.ts'
import { connectionEvent, eventOfChange } from '#domain/connections/connection-events.ts'
import {
  type ConnectionChange,
  type ConnectionFilter,
  type Connections,
  type Fence,
  type GrantingSession,
  holdsFence,
  type Page,
  type Revocations,
} from '#domain/connections/connection-store.ts'
import type { Feed } from '#domain/connections/feed.ts'
import { creationEvent, reconnectionEvent } from '#domain/connections/grant-events.ts'
import { mayShrink } from '#domain/connections/pace.ts'
import type { Disconnecter, EventDraft } from '#domain/events/event.ts'
import type { AppId, ConnectionId, EndUserId, RevocationId, TenantId, WorkspaceId } from '#domain/ids.ts'
import type { DueCursor, DueIndex, DueWork } from '#domain/keep-alive/due.ts'
import type { AnnotationChange } from '#domain/tenants/annotations.ts'
import type { EpochSeconds } from '#domain/time.ts'
import type { FakeEvents } from './events.ts'
import type { FakeSessions } from './sessions.ts'
import type { FakeUsage } from './usage.ts'

export class FakeRevocations implements Revocations {
  readonly items = new Map<RevocationId, Revocation>()

  async enqueue(revocation: Revocation): Promise<void> {
    if (!this.items.has(revocation.id)) this.items.set(revocation.id, structuredClone(revocation))
  }

  async get(tenant: TenantId, id: RevocationId): Promise<Revocation | undefined> {
    const found = this.items.get(id)
    return found?.tenantId === tenant ? structuredClone(found) : undefined
  }

  async ofTenant(tenant: TenantId, limit: number): Promise<readonly Revocation[]> {
    const own = [...this.items.values()].filter(({ tenantId }) => tenantId === tenant)
    return structuredClone(own.slice(0, limit))
  }

  async anyOfApp(tenant: TenantId, app: AppId): Promise<boolean> {
    return [...this.items.values()].some(({ tenantId, appId }) => tenantId === tenant && appId === app)
  }

  async postpone({ id, attempts }: Revocation, dueAt: EpochSeconds): Promise<void> {
    const found = this.items.get(id)
    if (found?.attempts === attempts) this.items.set(id, { ...found, attempts: attempts + 1, dueAt })
  }

  async remove({ id }: Pick<Revocation, 'id'>): Promise<void> {
    this.items.delete(id)
  }
}

export class FakeConnections implements Connections, DueIndex {
  readonly items = new Map<string, Connection>()
  /** The feeds of connections, which are in the same due index. */
  feeds: ReadonlyMap<string, Feed> = new Map()
  readonly #claims = new Map<string, ConnectionId>()
  readonly #revocations: FakeRevocations
  readonly #usage: FakeUsage
  readonly #takesNothing: (tenant: TenantId, app: AppId) => boolean
  readonly #sessions: FakeSessions
  readonly events: FakeEvents

  /** @param takesNothing whether a tenant was deleted, or an app is suspended */
  constructor(
    revocations: FakeRevocations,
    usage: FakeUsage,
    takesNothing: (tenant: TenantId, app: AppId) => boolean,
    events: FakeEvents,
    sessions: FakeSessions,
  ) {
    this.#sessions = sessions
    this.events = events
    this.#revocations = revocations
    this.#usage = usage
    this.#takesNothing = takesNothing
    usage.stored = (tenant) => [...this.items.values()].filter(({ tenantId }) => tenantId === tenant).length
  }

  async get(ref: ConnectionRef): Promise<Connection | undefined> {
    return structuredClone(this.items.get(keyOf(ref)))
  }

  async findByWorkspace(tenant: TenantId, app: AppId, workspace: WorkspaceId, endUser: EndUserId) {
    return this.#claims.get(JSON.stringify([tenant, app, workspace, endUser]))
  }

  async create(connection: Connection, max?: number, session?: GrantingSession): Promise<boolean> {
    const key = keyOf({ tenantId: connection.tenantId, connectionId: connection.id })
    const claim = claimOf(connection)
    if (this.items.has(key) || (claim !== undefined && this.#claims.has(claim))) return false
    if (this.#takesNothing(connection.tenantId, connection.appId)) return false
    if (!this.#sessions.isExchanging(connection.tenantId, session)) return false
    if (!this.#usage.countConnection(connection.tenantId, 1, max)) return false
    this.items.set(key, { ...structuredClone(connection), eventCount: 1 })
    this.events.write(creationEvent(connection))
    if (claim !== undefined) this.#claims.set(claim, connection.id)
    this.#sessions.connected(connection, session)
    return true
  }

  async acquireLease(ref: ConnectionRef, generation: number, lease: Lease, now: EpochSeconds) {
    const stored = this.items.get(keyOf(ref))
    if (stored?.generation !== generation || stored.suspendedAt !== undefined) return false
    const { lease: held } = stored
    if (held !== undefined && held.until > now && held.owner !== lease.owner) return false
    this.items.set(keyOf(ref), { ...stored, lease })
    return true
  }

  async update(ref: ConnectionRef, fence: Fence, change: ConnectionChange): Promise<boolean> {
    const stored = this.items.get(keyOf(ref))
    if (stored === undefined || !holdsFence(stored, fence)) return false
    apply(this, stored, change, eventOfChange(stored, change))
    return true
  }

  async annotate(ref: ConnectionRef, change: AnnotationChange, now: EpochSeconds) {
    const stored = this.items.get(keyOf(ref))
    if (stored === undefined) return undefined
    apply(this, stored, { ...change, updatedAt: now }, undefined)
    return this.get(ref)
  }

  async setPace(ref: ConnectionRef, pace: Pace): Promise<boolean> {
    const stored = this.items.get(keyOf(ref))
    if (stored === undefined || !mayShrink(stored.pace, pace.setAt)) return false
    this.items.set(keyOf(ref), { ...stored, pace })
    return true
  }

  async noteUse(ref: ConnectionRef, now: EpochSeconds, before: EpochSeconds): Promise<boolean> {
    const stored = this.items.get(keyOf(ref))
    if (stored === undefined || (stored.usedAt ?? 0) > before) return false
    this.items.set(keyOf(ref), { ...stored, usedAt: now })
    return true
  }

  async replaceGrant(
    read: Connection,
    change: ConnectionChange,
    former: Revocation | undefined,
    session?: GrantingSession,
  ) {
    const ref = { tenantId: read.tenantId, connectionId: read.id }
    const claim = claimOf({ ...read, ...withoutNulls(change) })
    const holder = claim === undefined ? undefined : this.#claims.get(claim)
    if (holder !== undefined && holder !== read.id) return false
    if (former !== undefined && this.#revocations.items.has(former.id)) return false
    const stored = this.items.get(keyOf(ref))
    if (stored?.generation !== read.generation) return false
    if (!this.#sessions.isExchanging(read.tenantId, session)) return false
    apply(this, stored, change, reconnectionEvent(stored, change))
    if (claim !== undefined) this.#claims.set(claim, read.id)
    if (former !== undefined) await this.#revocations.enqueue(former)
    this.#sessions.connected(read, session)
    return true
  }

  async remove(connection: Connection, revocation: Revocation, by: Disconnecter): Promise<boolean> {
    const key = keyOf({ tenantId: connection.tenantId, connectionId: connection.id })
    const stored = this.items.get(key)
    if (stored?.generation !== connection.generation) return false
    this.items.delete(key)
    this.#usage.countConnection(connection.tenantId, -1)
    const claim = claimOf(connection)
    if (claim !== undefined && this.#claims.get(claim) === connection.id) this.#claims.delete(claim)
    await this.#revocations.enqueue(revocation)
    this.events.write(connectionEvent(stored, 'connection.disconnected', { by }))
    return true
  }

  async list(tenant: TenantId, filter: ConnectionFilter, limit: number, after?: ConnectionId) {
    const found = [...this.items.values()]
      .filter((item) => item.tenantId === tenant && matches(item, filter))
      .filter(({ id }) => after === undefined || id < after)
      .toSorted((one, other) => (one.id < other.id ? 1 : -1))
    const items = structuredClone(found.slice(0, limit))
    const last = items.at(-1)
    const page: Page<Connection> = found.length > limit && last ? { items, next: last.id } : { items }
    return page
  }

  async anyOfApp(tenant: TenantId, app: AppId): Promise<boolean> {
    return [...this.items.values()].some(({ tenantId, appId }) => tenantId === tenant && appId === app)
  }

  /** Remembered, because a run reads every partition. */
  readonly #partitions = new Map<string, number>()
  #partitionOf(id: ConnectionId | RevocationId): number {
    const known = this.#partitions.get(id) ?? duePartitionOf(id)
    this.#partitions.set(id, known)
    return known
  }

  async due(
    partition: number,
    now: EpochSeconds,
    limit: number,
    after?: DueCursor,
  ): ReturnType<DueIndex['due']> {
    const entries: { at: string; dueAt: EpochSeconds; work: DueWork }[] = []
    const enter = (id: ConnectionId | RevocationId, dueAt: EpochSeconds, work: DueWork) => {
      const at = `${String(dueAt).padStart(12, '0')}/${id}`
      if (this.#partitionOf(id) === partition && dueAt <= now && at > String(after ?? '')) {
        entries.push({ at, dueAt, work })
      }
    }
    for (const { id, tenantId, appId, dueAt } of this.items.values()) {
      if (dueAt !== undefined)
        enter(id, dueAt, { kind: 'connection', tenantId, appId, connectionId: id, dueAt })
    }
    for (const { owner, tenantId, appId, dueAt } of this.feeds.values()) {
      const connectionId = owner as ConnectionId
      if (dueAt !== undefined)
        enter(connectionId, dueAt, { kind: 'feed', tenantId, appId, connectionId, dueAt })
    }
    for (const { id, tenantId, appId, dueAt } of this.#revocations.items.values()) {
      enter(id, dueAt, { kind: 'revocation', tenantId, appId, revocationId: id, dueAt })
    }
    const page = entries.toSorted((one, other) => (one.at < other.at ? -1 : 1)).slice(0, limit)
    const last = page.length < entries.length ? page.at(-1)?.at : undefined
    const items = page.map(({ work }) => work)
    return last === undefined ? { items } : { items, next: last as unknown as DueCursor }
  }
}

function keyOf({ tenantId, connectionId }: ConnectionRef): string {
  return `${tenantId}/${connectionId}`
}

/** Changes a connection and writes the event in one step. */
function apply(
  { items, events }: Pick<FakeConnections, 'items' | 'events'>,
  stored: Connection,
  change: ConnectionChange,
  event: EventDraft | undefined,
): void {
  const counted = event && { eventCount: event.data.sequence }
  const changed = withoutNulls({ ...stored, ...structuredClone(change), ...counted })
  items.set(keyOf({ tenantId: stored.tenantId, connectionId: stored.id }), changed as Connection)
  events.write(event)
}

function withoutNulls(members: object): object {
  return Object.fromEntries(
    Object.entries(members).filter(([, value]) => value !== null && value !== undefined),
  )
}

type Claiming = Pick<Connection, 'tenantId' | 'appId' | 'workspace' | 'endUser'>

function claimOf({ tenantId, appId, workspace, endUser }: Claiming): string | undefined {
  return workspace.id && JSON.stringify([tenantId, appId, workspace.id, endUser.id])
}

function matches(connection: Connection, { appId, status, endUserId }: ConnectionFilter): boolean {
  return (
    (appId === undefined || connection.appId === appId) &&
    (status === undefined || connection.state.status === status) &&
    (endUserId === undefined || connection.endUser.id === endUserId)
  )
}
