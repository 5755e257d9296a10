// Connect sessions, links and pending authorizations in maps.

import {
  type Arrival,
  type ConnectLink,
  type ConnectSession,
  type ConnectSessions,
  type Opening,
  type PendingAuthorization,
  type PendingAuthorizations,
  rejectionReason,
  type SessionState,
} from '#domain/connect/connect-session.ts'
import { eventOfMove } from '#domain/connect/session-events.ts'
import type { Connection } from '#domain/connections/connection.ts'
import type { GrantingSession } from '#domain/connections/connection-store.ts'
import type { ConnectSessionId, TenantId } from '#domain/ids.ts'
import type { EpochSeconds } from '#domain/time.ts'
import type { FakeEvents } from './events.ts'
import { readable } from './readable.ts'

export class FakeSessions implements ConnectSessions, PendingAuthorizations {
  readonly sessions = new Map<string, ConnectSession>()
  readonly #links = new Map<string, ConnectLink>()
  readonly #pending = new Map<string, PendingAuthorization>()
  readonly #taken = new Set<string>()
  readonly #events: FakeEvents

  constructor(events: FakeEvents) {
    this.#events = events
  }

  async create(session: ConnectSession, link: ConnectLink): Promise<void> {
    const key = keyOf(session.tenantId, session.id)
    if (this.sessions.has(key) || this.#links.has(link.secretHash)) return
    this.sessions.set(key, structuredClone(session))
    this.#links.set(link.secretHash, structuredClone(link))
  }

  async get(tenant: TenantId, id: ConnectSessionId): Promise<ConnectSession | undefined> {
    return structuredClone(this.sessions.get(keyOf(tenant, id)))
  }

  async findLink(secretHash: string): Promise<ConnectLink | undefined> {
    return structuredClone(this.#links.get(secretHash))
  }

  async begin(link: ConnectLink, pending: PendingAuthorization, confirmationHash?: string): Promise<boolean> {
    const key = keyOf(link.tenantId, link.sessionId)
    const session = this.sessions.get(key)
    const stored = this.#links.get(link.secretHash)
    const from = link.follower === undefined ? 'created' : 'authorizing'
    if (session?.state.status !== from || this.#pending.has(pending.stateHash)) return false
    if (stored === undefined || stored.follower?.stateHash !== link.follower?.stateHash) return false
    const { stateHash, browserHash } = pending
    const follower = { stateHash, browserHash, ...(confirmationHash !== undefined && { confirmationHash }) }
    this.#links.set(link.secretHash, { ...stored, follower })
    this.sessions.set(key, { ...session, state: { status: 'authorizing' }, expiresAt: pending.expiresAt })
    this.#pending.set(pending.stateHash, structuredClone(pending))
    return true
  }

  async reopen(read: ConnectSession, opening: Opening, pending: PendingAuthorization): Promise<boolean> {
    const key = keyOf(read.tenantId, read.id)
    const session = this.sessions.get(key)
    if (session?.state.status !== read.state.status) return false
    if (session.opening?.stateHash !== read.opening?.stateHash || this.#pending.has(pending.stateHash))
      return false
    const state = { status: 'authorizing' } as const
    this.sessions.set(key, { ...session, state, opening, expiresAt: pending.expiresAt })
    this.#pending.set(pending.stateHash, structuredClone(pending))
    return true
  }

  async move(
    { tenantId, id }: Parameters<ConnectSessions['move']>[0],
    from: SessionState['status'],
    to: SessionState,
    expiresAt: EpochSeconds,
  ): Promise<boolean> {
    const session = this.sessions.get(keyOf(tenantId, id))
    if (session?.state.status !== from) return false
    this.sessions.set(keyOf(tenantId, id), { ...session, state: structuredClone(to), expiresAt })
    this.#events.write(eventOfMove(session, to))
    return true
  }

  /** Whether the session that brought a grant, if there is one, still waits for it. */
  isExchanging(tenant: TenantId, session: GrantingSession | undefined): boolean {
    if (session === undefined) return true
    return this.sessions.get(keyOf(tenant, session.id))?.state.status === 'exchanging'
  }

  /** Does what the transaction of a grant does with its session. */
  connected({ tenantId, id: connectionId }: Connection, session: GrantingSession | undefined): void {
    const stored = session && this.sessions.get(keyOf(tenantId, session.id))
    if (stored === undefined || session === undefined) return
    const state = { status: 'connected', connectionId } as const
    this.sessions.set(keyOf(tenantId, session.id), { ...stored, state, expiresAt: session.expiresAt })
  }

  async find(stateHash: string): Promise<PendingAuthorization | undefined> {
    return this.#taken.has(stateHash) ? undefined : structuredClone(this.#pending.get(stateHash))
  }

  async findAny(stateHash: string): Promise<PendingAuthorization | undefined> {
    return structuredClone(this.#pending.get(stateHash))
  }

  async take(
    { stateHash, tenantId, sessionId: id }: PendingAuthorization,
    arrival: Arrival,
    to: SessionState,
    expiresAt: EpochSeconds,
  ): Promise<boolean> {
    const pending = this.#pending.get(stateHash)
    if (
      pending === undefined ||
      this.#taken.has(stateHash) ||
      rejectionReason(pending, arrival) !== undefined
    )
      return false
    const session = this.sessions.get(keyOf(tenantId, id))
    const superseded = session?.opening !== undefined && session.opening.stateHash !== stateHash
    const moved =
      session !== undefined && !superseded && (await this.move(session, 'authorizing', to, expiresAt))
    if (moved) this.#taken.add(stateHash)
    return moved
  }

  /** Everything that is stored, for a search. */
  text(): string {
    return readable([...this.sessions, ...this.#links, ...this.#pending])
  }
}

function keyOf(tenant: TenantId, id: ConnectSessionId): string {
  return `${tenant}/${id}`
}
