// Connect sessions, connect links and pending authorizations in DynamoDB. Readers refuse an expired item by its own time; the
// TTL only cleans up.

import {
  type Arrival,
  type ConnectLink,
  type ConnectSession,
  type ConnectSessions,
  type Opening,
  type PendingAuthorization,
  type PendingAuthorizations,
  SESSION_MEMORY_SECONDS,
  type SessionState,
  type SessionSubject,
} from '#domain/connect/connect-session.ts'
import { endsUnconnected, eventOfMove } from '#domain/connect/session-events.ts'
import type { Stamp } from '#domain/events/event.ts'
import type { ConnectSessionId, TenantId } from '#domain/ids.ts'
import { type EpochSeconds, later } from '#domain/time.ts'
import { outboxWrites } from '../events/outbox-item.ts'
import { ABSENT, type Write } from '../expressions.ts'
import { connectLinkKey, connectSessionKey, stateKey, TTL_ATTRIBUTE } from '../schema.ts'
import type { Table } from '../table.ts'
import { withoutKey } from '../tenant-items.ts'
import { sessionMoved } from './moves.ts'

export class DynamoDbSessions implements ConnectSessions, PendingAuthorizations {
  readonly #table: Table
  readonly #stamp: Stamp

  constructor(table: Table, stamp: Stamp) {
    this.#table = table
    this.#stamp = stamp
  }

  async create(session: ConnectSession, link: ConnectLink): Promise<void> {
    await this.#table.transact([
      {
        put: {
          ...connectSessionKey(session.tenantId, session.id),
          ...session,
          [TTL_ATTRIBUTE]: later(session.expiresAt, SESSION_MEMORY_SECONDS),
        },
        condition: ABSENT,
      },
      {
        put: { ...connectLinkKey(link.secretHash), ...link, [TTL_ATTRIBUTE]: link.expiresAt },
        condition: ABSENT,
      },
    ])
  }

  async get(tenant: TenantId, id: ConnectSessionId): Promise<ConnectSession | undefined> {
    const item = await this.#table.get(connectSessionKey(tenant, id))
    return item && withoutKey<ConnectSession>(item)
  }

  async findLink(secretHash: string): Promise<ConnectLink | undefined> {
    const item = await this.#table.get(connectLinkKey(secretHash))
    return item && withoutKey<ConnectLink>(item)
  }

  async begin(link: ConnectLink, pending: PendingAuthorization, confirmationHash?: string): Promise<boolean> {
    const { beginWrites } = await import('./openings.ts')
    return this.#table.transact(beginWrites(link, pending, confirmationHash))
  }

  async reopen(session: ConnectSession, opening: Opening, pending: PendingAuthorization): Promise<boolean> {
    const { openingWrites } = await import('./openings.ts')
    return this.#table.transact(openingWrites(session, opening, pending))
  }

  move(
    session: SessionSubject,
    from: SessionState['status'],
    to: SessionState,
    expiresAt: EpochSeconds,
  ): Promise<boolean> {
    // A transaction even without an event. Repeated after a lost answer, it succeeds again; and it waits for another transaction on the session.
    return this.#table.transact([sessionMoved(session, from, to, expiresAt), ...this.#event(session, to)])
  }

  async find(stateHash: string): Promise<PendingAuthorization | undefined> {
    const item = await this.#table.get(stateKey(stateHash))
    return item?.taken === true ? undefined : item && withoutKey<PendingAuthorization>(item)
  }

  async findAny(stateHash: string) {
    const item = await this.#table.get(stateKey(stateHash))
    return item && withoutKey<PendingAuthorization>(item)
  }

  async take(
    { stateHash, tenantId, sessionId }: PendingAuthorization,
    { appId, browserHash, now }: Arrival,
    to: SessionState,
    expiresAt: EpochSeconds,
  ): Promise<boolean> {
    // Only an event needs to know whose session it is.
    const session = endsUnconnected(to) ? await this.get(tenantId, sessionId) : undefined
    return this.#table.transact([
      {
        update: stateKey(stateHash),
        // The item stays until it expires, so that the browser that repeats its response is told what happened.
        change: { set: { taken: true }, remove: ['codeVerifier'] },
        condition: {
          expression:
            'attribute_not_exists(taken) AND appId = :appId AND browserHash = :browserHash AND expiresAt > :now',
          values: { ':appId': appId, ':browserHash': browserHash, ':now': now },
        },
      },
      sessionMoved({ tenantId, id: sessionId }, 'authorizing', to, expiresAt, stateHash),
      ...(session ? this.#event(session, to) : []),
    ])
  }

  #event(session: SessionSubject, to: SessionState): readonly Write[] {
    const draft = eventOfMove(session, to)
    return outboxWrites(draft && this.#stamp(draft))
  }
}
