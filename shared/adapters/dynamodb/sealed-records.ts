// What the rotation of keys reads and writes: a tenant's items that hold seals, wherever those lie in each kind of item,
// and how far a run has come. A write names the very bytes that were read.
import type { App } from '#domain/apps/app.ts'
import type { ConnectSession } from '#domain/connect/connect-session.ts'
import type { TenantId } from '#domain/ids.ts'
import type {
  KeptCall,
  RotationProgress,
  RotationProgressStore,
  SealedRecord,
  SealedRecords,
  WaitingSession,
} from '#domain/keys/sealed-records.ts'
import { connectionOf, revocationOf } from './connection-items.ts'
import type { Item } from './expressions.ts'
import { keyedCallOf } from './keyed-calls.ts'
import {
  appKey,
  connectionKey,
  connectSessionKey,
  type Key,
  keyedCallKey,
  PARTITION_KEY,
  prefixOf,
  ROTATION_PROGRESS_KEY,
  revocationKey,
  TTL_ATTRIBUTE,
  tenantKey,
} from './schema.ts'
import type { Table } from './table.ts'

export class DynamoDbSealedRecords implements SealedRecords, RotationProgressStore {
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
    const records = items.map(recordOf).filter((record) => record !== undefined)
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

  async read(): Promise<RotationProgress | undefined> {
    const item = await this.#table.get(ROTATION_PROGRESS_KEY)
    if (item === undefined) return undefined
    const { pk, sk, ...progress } = item
    return progress as unknown as RotationProgress
  }

  async save(progress: RotationProgress | undefined): Promise<void> {
    if (progress === undefined) await this.#table.delete(ROTATION_PROGRESS_KEY)
    else await this.#table.put({ ...ROTATION_PROGRESS_KEY, ...progress })
  }
}

/** The item as the record it is; nothing for one that holds no seals. */
function recordOf(item: Item): SealedRecord | undefined {
  const sk = String(item.sk)
  if (sk.startsWith(prefixOf.connections)) return { kind: 'connection', record: connectionOf(item) }
  if (sk.startsWith(prefixOf.revocations)) return { kind: 'revocation', record: revocationOf(item) }
  if (sk.startsWith(prefixOf.keyedCalls)) {
    const call = keyedCallOf(item)
    return call.state.status === 'kept' ? { kind: 'kept_call', record: call as KeptCall } : undefined
  }
  const { pk, sk: _, [TTL_ATTRIBUTE]: __, ...rest } = item
  if (sk.startsWith(prefixOf.apps)) return { kind: 'app', record: rest as unknown as App }
  if (!sk.startsWith(prefixOf.connectSessions)) return undefined
  const session = rest as unknown as ConnectSession
  return session.state.status === 'awaiting_completion'
    ? { kind: 'session', record: session as WaitingSession }
    : undefined
}

/** The attributes of a record's item that hold its seals, and what they are bound to that can change. */
function sealsOf(sealed: SealedRecord): Item {
  switch (sealed.kind) {
    case 'connection':
      return { generation: sealed.record.generation, credential: sealed.record.credential }
    case 'revocation': {
      const { accessToken, refreshToken } = sealed.record
      return { accessToken, ...(refreshToken && { refreshToken }) }
    }
    case 'app':
      return { clientSecrets: sealed.record.clientSecrets }
    case 'session':
    case 'kept_call':
      return { state: sealed.record.state }
  }
}

function keyOf({ kind, record }: SealedRecord): Key {
  const { tenantId } = record
  switch (kind) {
    case 'connection':
      return connectionKey(tenantId, record.id)
    case 'revocation':
      return revocationKey(tenantId, record.id)
    case 'app':
      return appKey(tenantId, record.id)
    case 'session':
      return connectSessionKey(tenantId, record.id)
    case 'kept_call':
      return keyedCallKey(tenantId, record.connectionId, record.keyHash)
  }
}
