// What every implementation of SealedRecords and KeyRotationProgressStore has to do.
import { describe, expect, test } from 'vitest'
import type { TenantId } from '#domain/ids.ts'
import type { SealedRecord } from '#domain/keys/sealed-records.ts'
import { later } from '#domain/time.ts'
import {
  aConnection,
  aKeyedCall,
  aLink,
  anApiKey,
  anApp,
  aRevocation,
  aSession,
  bytes,
  NOW,
  newId,
  refOf,
} from './samples.ts'
import type { OpenStores } from './stores.ts'

const connectionRecord = (change: Partial<ReturnType<typeof aConnection>>, read: SealedRecord) =>
  ({ kind: 'connection', record: { ...read.record, ...change } }) as SealedRecord

export function sealedRecordsContract(open: OpenStores): void {
  /** A tenant with one record of each kind that holds seals, and some that hold none. */
  async function stored(tenant: TenantId) {
    const stores = open()
    const [app, connection] = [anApp(tenant), aConnection(tenant)]
    const state = {
      status: 'awaiting_completion',
      code: bytes(5),
      codeVerifier: bytes(6),
      completionHash: 'hash',
    } as const
    const [waiting, fresh] = [aSession(tenant, { state }), aSession(tenant)]
    const revocation = aRevocation(connection)
    const call = aKeyedCall(tenant)
    const outcome = { status: 'kept', answer: bytes(7, 7) } as const
    const keptCall = { ...call, state: outcome }
    await stores.apps.create(app)
    await stores.apiKeys.create(anApiKey(tenant))
    await stores.connections.create(connection)
    await stores.revocations.enqueue(revocation)
    for (const one of [call, aKeyedCall(tenant)]) await stores.keyedCalls.begin(one, NOW)
    await stores.keyedCalls.end(call, outcome, call.expiresAt)
    for (const session of [waiting, fresh]) await stores.sessions.create(session, aLink(session))
    return { ...stores, app, connection, waiting, revocation, keptCall }
  }

  async function all(tenant: TenantId, limit = 100): Promise<SealedRecord[]> {
    const found: SealedRecord[] = []
    for (let after: string | undefined; ; ) {
      const { records, next } = await open().sealedRecords.list(tenant, limit, after)
      found.push(...records)
      if (next === undefined) return found
      after = next
    }
  }

  const ofKind = async (tenant: TenantId, kind: SealedRecord['kind']) => {
    const found = (await all(tenant)).find((record) => record.kind === kind)
    if (found === undefined) throw new Error(`No ${kind} was listed`)
    return found
  }

  describe('sealed records', () => {
    test.each([1, 2, 100])('are all found, %i at a time, and no others', async (limit) => {
      const tenant = newId('tenant')
      const { app, connection, waiting, revocation, keptCall } = await stored(tenant)
      await stored(newId('tenant'))
      const found = await all(tenant, limit)
      expect(found).toHaveLength(5)
      expect(found).toEqual(
        expect.arrayContaining([
          { kind: 'app', record: app },
          { kind: 'connection', record: connection },
          { kind: 'session', record: waiting },
          { kind: 'revocation', record: revocation },
          { kind: 'kept_call', record: keptCall },
        ]),
      )
    })

    test('get new seals, and nothing else changes', async () => {
      const tenant = newId('tenant')
      const { sealedRecords, apps, connections, sessions, revocations, ...read } = await stored(tenant)
      const lease = { owner: 'me', until: later(NOW, 30) }
      await connections.acquireLease(refOf(read.connection), 1, lease, NOW)
      const before = await all(tenant)
      const changed = before.map((one) => ({ ...one, record: structuredClone(one.record) })) as SealedRecord[]
      const seals = { accessToken: bytes(91), refreshToken: bytes(92) }
      for (const { kind, record } of changed) {
        if (kind === 'connection') Object.assign(record.credential, seals)
        if (kind === 'revocation') Object.assign(record, seals)
        if (kind === 'app') Object.assign(record.clientSecrets[0] ?? {}, { sealed: bytes(93) })
        if (kind === 'kept_call') Object.assign(record.state, { answer: bytes(95) })
        if (kind === 'session') Object.assign(record.state, { code: bytes(94) })
      }
      for (const [i, one] of before.entries()) {
        expect(await sealedRecords.replaceSeals(one, changed[i] ?? one)).toBe(true)
      }
      expect(await all(tenant)).toEqual(changed)
      expect((await connections.get(refOf(read.connection)))?.lease).toEqual(lease)
      // The seals that were read are replaced, so the same change fails the second time.
      for (const [i, one] of before.entries()) {
        expect(await sealedRecords.replaceSeals(one, changed[i] ?? one)).toBe(false)
      }
    })

    test('are left alone when the generation moved or the record is gone', async () => {
      const tenant = newId('tenant')
      const { sealedRecords, connections, revocations, connection, revocation } = await stored(tenant)
      const read = await ofKind(tenant, 'connection')
      const changed = connectionRecord({ credential: { kind: 'non_expiring', accessToken: bytes(9) } }, read)
      await connections.update(refOf(connection), { generation: 1 }, { generation: 2, updatedAt: NOW })
      expect(await sealedRecords.replaceSeals(read, changed)).toBe(false)
      expect(await connections.get(refOf(connection))).toEqual({ ...connection, generation: 2 })
      const former = await ofKind(tenant, 'revocation')
      await revocations.remove(revocation)
      expect(await sealedRecords.replaceSeals(former, former)).toBe(false)
      expect(await revocations.get(tenant, revocation.id)).toBeUndefined()
    })
  })

  test('the progress of a key rotation is stored until the rotation is complete', async () => {
    const { keyRotationProgress } = open()
    await keyRotationProgress.save(undefined, await keyRotationProgress.read())
    expect(await keyRotationProgress.read()).toBeUndefined()
    const tenantId = newId('tenant')
    expect(await keyRotationProgress.save({ tenantId }, undefined)).toBe(true)
    expect(await keyRotationProgress.read()).toEqual({ tenantId })
    const progress = { tenantId, look: { newest: 2, after: 'connection#x', clean: false } }
    expect(await keyRotationProgress.save(progress, { tenantId })).toBe(true)
    expect(await keyRotationProgress.read()).toEqual(progress)
    // A run that read something else came too late.
    for (const read of [undefined, { tenantId }, { ...progress, look: { ...progress.look, clean: true } }]) {
      expect(await keyRotationProgress.save({ tenantId: newId('tenant') }, read)).toBe(false)
      expect(await keyRotationProgress.save(undefined, read)).toBe(false)
    }
    expect(await keyRotationProgress.read()).toEqual(progress)
    expect(await keyRotationProgress.save(undefined, progress)).toBe(true)
    expect(await keyRotationProgress.read()).toBeUndefined()
  })
}
