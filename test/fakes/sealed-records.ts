// What key rotation reads and writes, over the maps of the other fakes.
import { isDeepStrictEqual } from 'node:util'
import type { TenantId } from '#domain/ids.ts'
import {
  idOf,
  type KeptCall,
  type KeyRotationProgress,
  type KeyRotationProgressStore,
  type SealedFeed,
  type SealedKind,
  type SealedKinds,
  type SealedRecord,
  type SealedRecords,
  type WaitingSession,
} from '#domain/keys/sealed-records.ts'
import type { FakeConnections, FakeRevocations } from './connections.ts'
import type { FakeFeeds } from './feeds.ts'
import type { FakeKeyedCalls } from './keyed-calls.ts'
import type { FakeSessions } from './sessions.ts'
import type { FakeApps } from './tenants.ts'

interface Stores {
  readonly apps: FakeApps
  readonly feeds: FakeFeeds
  readonly sessions: FakeSessions
  readonly connections: FakeConnections
  readonly revocations: FakeRevocations
  readonly keyedCalls: FakeKeyedCalls
}

export class FakeSealedRecords implements SealedRecords, KeyRotationProgressStore {
  progress: KeyRotationProgress | undefined
  readonly #stores: Stores

  constructor(stores: Stores) {
    this.#stores = stores
  }

  async list(tenant: TenantId, limit: number, after?: string) {
    const own = this.#all().filter(({ record }) => record.tenantId === tenant)
    const left = own
      .toSorted((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1))
      .filter((sealed) => after === undefined || keyOf(sealed) > after)
    const records = structuredClone(left.slice(0, limit))
    const last = records.at(-1)
    return { records, ...(left.length > limit && last && { next: keyOf(last) }) }
  }

  async replaceSeals(read: SealedRecord, changed: SealedRecord): Promise<boolean> {
    const stored = this.#all().find((one) => keyOf(one) === keyOf(read))
    if (stored === undefined || !isDeepStrictEqual(sealsOf(stored), sealsOf(read))) return false
    Object.assign(stored.record, structuredClone(sealsOf(changed)))
    return true
  }

  async read(): Promise<KeyRotationProgress | undefined> {
    return this.progress
  }

  async save(progress: KeyRotationProgress | undefined, read: KeyRotationProgress | undefined) {
    if (!isDeepStrictEqual(read, this.progress)) return false
    this.progress = progress
    return true
  }

  #all(): SealedRecord[] {
    const { apps, feeds, sessions, connections, revocations, keyedCalls } = this.#stores
    const records: { readonly [K in SealedKind]: readonly SealedKinds[K][] } = {
      app: [...apps.items.values()],
      connection: [...connections.items.values()],
      revocation: [...revocations.items.values()],
      session: [...sessions.sessions.values()].filter(
        (record): record is WaitingSession => record.state.status === 'awaiting_completion',
      ),
      feed: [...feeds.items.values()].filter((record): record is SealedFeed => record.endpoint !== undefined),
      kept_call: [...keyedCalls.items.values()].filter(
        (record): record is KeptCall => record.state.status === 'kept',
      ),
    }
    return Object.entries(records).flatMap(([kind, ofKind]) =>
      ofKind.map((record) => ({ kind, record }) as SealedRecord),
    )
  }
}

const keyOf = (sealed: SealedRecord): string => `${sealed.kind}#${sealed.record.tenantId}#${idOf(sealed)}`

function sealsOf(sealed: SealedRecord): object {
  switch (sealed.kind) {
    case 'connection':
      return { generation: sealed.record.generation, credential: sealed.record.credential }
    case 'revocation':
      return { accessToken: sealed.record.accessToken, refreshToken: sealed.record.refreshToken }
    case 'app':
      return { clientSecrets: sealed.record.clientSecrets }
    case 'feed':
      return { endpoint: sealed.record.endpoint }
    case 'session':
    case 'kept_call':
      return { state: sealed.record.state }
  }
}
