// What key rotation reads and writes: a tenant's items that hold seals, and how far a run has come. A write depends on the very
// bytes that were read.
import type { App } from '#domain/apps/app.ts'
import type { ConnectSession } from '#domain/connect/connect-session.ts'
import type { TenantId } from '#domain/ids.ts'
import type {
  KeptCall,
  KeyRotationProgress,
  KeyRotationProgressStore,
  SealedFeed,
  SealedKind,
  SealedKinds,
  SealedRecord,
  SealedRecords,
  WaitingSession,
} from '#domain/keys/sealed-records.ts'
import type { KeyedCall } from '#domain/proxy/idempotency.ts'
import { connectionOf, revocationOf } from './connections/items.ts'
import { ABSENT, type Condition, type Item } from './expressions.ts'
import { feedOf } from './feeds/feeds.ts'
import {
  appKey,
  connectionKey,
  connectSessionKey,
  feedKey,
  KEY_ROTATION_PROGRESS_KEY,
  type Key,
  keyedCallKey,
  PARTITION_KEY,
  revocationKey,
  type TenantItem,
  tenantItemOf,
  tenantKey,
} from './schema.ts'
import type { Table } from './table.ts'
import { withoutKey } from './tenant-items.ts'

/** The kind of record in each kind of item; `undefined` for items that hold no seals. */
const KINDS: Readonly<Record<TenantItem, SealedKind | undefined>> = {
  tenant: undefined,
  logo: undefined,
  app: 'app',
  'api-key': undefined,
  'identity-provider': undefined,
  'export-key': undefined,
  'connect-session': 'session',
  connection: 'connection',
  workspace: undefined,
  revocation: 'revocation',
  feed: 'feed',
  'received-event': undefined,
  outbox: undefined,
  'idempotency-key': 'kept_call',
  // Wrapped by root keys or by KMS, not sealed.
  'tenant-key': undefined,
}

/** Where the seals of a kind of record are. */
interface Place<R> {
  /** The item as the record; `undefined` for an item of this kind that holds no seals now. */
  recordOf(item: Item): R | undefined
  keyOf(record: R): Key
  /** The attributes that hold the seals, and those that the seals are bound to if they can change. */
  sealsOf(record: R): Item
}

const PLACES: { readonly [K in SealedKind]: Place<SealedKinds[K]> } = {
  connection: {
    recordOf: connectionOf,
    keyOf: ({ tenantId, id }) => connectionKey(tenantId, id),
    sealsOf: ({ generation, credential }) => ({ generation, credential }),
  },
  revocation: {
    recordOf: revocationOf,
    keyOf: ({ tenantId, id }) => revocationKey(tenantId, id),
    sealsOf: ({ accessToken, refreshToken }) => ({ accessToken, ...(refreshToken && { refreshToken }) }),
  },
  app: {
    recordOf: (item) => withoutKey<App>(item),
    keyOf: ({ tenantId, id }) => appKey(tenantId, id),
    sealsOf: ({ clientSecrets }) => ({ clientSecrets }),
  },
  feed: {
    recordOf: (item) => {
      const feed = feedOf(item)
      return feed.endpoint && (feed as SealedFeed)
    },
    keyOf: ({ tenantId, owner }) => feedKey(tenantId, owner),
    sealsOf: ({ endpoint }) => ({ endpoint }),
  },
  session: {
    recordOf: (item) => {
      const session = withoutKey<ConnectSession>(item)
      return session.state.status === 'awaiting_completion' ? (session as WaitingSession) : undefined
    },
    keyOf: ({ tenantId, id }) => connectSessionKey(tenantId, id),
    sealsOf: ({ state }) => ({ state }),
  },
  kept_call: {
    recordOf: (item) => {
      const call = withoutKey<KeyedCall>(item)
      return call.state.status === 'kept' ? (call as KeptCall) : undefined
    },
    keyOf: ({ tenantId, connectionId, keyHash }) => keyedCallKey(tenantId, connectionId, keyHash),
    sealsOf: ({ state }) => ({ state }),
  },
}

export class DynamoDbSealedRecords implements SealedRecords, KeyRotationProgressStore {
  readonly #table: Table

  constructor(table: Table) {
    this.#table = table
  }

  async list(tenant: TenantId, limit: number, after?: string) {
    const { pk } = tenantKey(tenant)
    const { items, last } = await this.#table.query({
      partition: [PARTITION_KEY, pk],
      limit,
      ...(after && { after: { pk, sk: after } }),
    })
    const records = items.map(sealedRecordOf).filter((record) => record !== undefined)
    return { records, ...(last && { next: String(last.sk) }) }
  }

  async replaceSeals(read: SealedRecord, changed: SealedRecord): Promise<boolean> {
    const before = Object.entries(sealsOf(read))
    const condition = {
      expression: before.map((_, i) => `#seal_${i} = :seal_${i}`).join(' AND '),
      names: Object.fromEntries(before.map(([name], i) => [`#seal_${i}`, name])),
      values: Object.fromEntries(before.map(([, value], i) => [`:seal_${i}`, value])),
    }
    const set = sealsOf(changed)
    return (await this.#table.update(keyOf(read), { set }, condition)) !== undefined
  }

  async read(): Promise<KeyRotationProgress | undefined> {
    const item = await this.#table.get(KEY_ROTATION_PROGRESS_KEY)
    return item && withoutKey<KeyRotationProgress>(item)
  }

  save(progress: KeyRotationProgress | undefined, read: KeyRotationProgress | undefined): Promise<boolean> {
    const unchanged = read === undefined ? ABSENT : asRead(read)
    if (progress === undefined) return this.#table.delete(KEY_ROTATION_PROGRESS_KEY, unchanged)
    return this.#table.put({ ...KEY_ROTATION_PROGRESS_KEY, ...progress }, unchanged)
  }
}

function asRead({ tenantId, look }: KeyRotationProgress): Condition {
  const sameLook = look === undefined ? 'attribute_not_exists(#look)' : '#look = :look'
  return {
    expression: `#tenantId = :tenantId AND ${sameLook}`,
    names: { '#tenantId': 'tenantId', '#look': 'look' },
    values: { ':tenantId': tenantId, ...(look && { ':look': look }) },
  }
}

function sealedRecordOf(item: Item): SealedRecord | undefined {
  const kind = KINDS[tenantItemOf(item)]
  const record = kind && PLACES[kind].recordOf(item)
  return record && ({ kind, record } as SealedRecord)
}

function keyOf<K extends SealedKind>({ kind, record }: SealedRecord<K>): Key {
  return PLACES[kind].keyOf(record)
}

function sealsOf<K extends SealedKind>({ kind, record }: SealedRecord<K>): Item {
  return PLACES[kind].sealsOf(record)
}
