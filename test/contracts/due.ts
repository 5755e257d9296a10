// What every implementation of Revocations and of the due index has to do.
import { describe, expect, test } from 'vitest'
import { duePartitionOf } from '#adapters/dynamodb/schema.ts'
import type { Connection } from '#domain/connections/connection.ts'
import type { TenantId } from '#domain/ids.ts'
import { DUE_PARTITIONS, type DueCursor, type DueWork } from '#domain/keep-alive/due.ts'
import { epochSeconds, later } from '#domain/time.ts'
import { aConnection, aRevocation, NOW, newId, refOf } from './samples.ts'
import type { OpenStores, Stores } from './stores.ts'

/** The index is over all tenants, so the items of other tests are left out. */
async function due({ dueIndex }: Stores, tenant: TenantId, now: number): Promise<DueWork[]> {
  const works: DueWork[] = []
  for (let partition = 0; partition < DUE_PARTITIONS; partition++) {
    works.push(...(await dueIndex.due(partition, epochSeconds(now), 1000)).items)
  }
  return works.filter(({ tenantId }) => tenantId === tenant)
}

export function dueContract(open: OpenStores): void {
  async function stored(change: Partial<Connection> = {}, tenantId = newId('tenant')) {
    const stores = open()
    const connection = aConnection(tenantId, change)
    await stores.connections.create(connection)
    const { appId, id: connectionId } = connection
    const { dueAt = NOW } = connection
    const work = { kind: 'connection', tenantId, appId, connectionId, dueAt } as const
    return { stores, connection, tenantId, work }
  }

  describe('a revocation', () => {
    test('is stored for its own tenant until it is settled', async () => {
      const { stores, connection } = await stored()
      const revocation = aRevocation(connection)
      await stores.revocations.enqueue(revocation)
      expect(await stores.revocations.get(revocation.tenantId, revocation.id)).toEqual(revocation)
      expect(await stores.revocations.get(newId('tenant'), revocation.id)).toBeUndefined()
      await stores.revocations.remove(revocation)
      expect(await stores.revocations.get(revocation.tenantId, revocation.id)).toBeUndefined()
      await stores.revocations.remove(revocation)
    })

    test('of an access token alone is stored, too', async () => {
      const { stores, connection } = await stored()
      const { refreshToken: _, ...revocation } = aRevocation(connection)
      await stores.revocations.enqueue(revocation)
      expect(await stores.revocations.get(revocation.tenantId, revocation.id)).toEqual(revocation)
    })

    test('that is postponed counts the attempt, once of many at the same time', async () => {
      const { stores, connection } = await stored()
      const revocation = aRevocation(connection)
      await stores.revocations.enqueue(revocation)
      const dueAt = later(NOW, 500)
      await Promise.all([1, 2, 3].map(() => stores.revocations.postpone(revocation, dueAt)))
      expect(await stores.revocations.get(revocation.tenantId, revocation.id)).toEqual({
        ...revocation,
        attempts: 1,
        dueAt,
      })
    })

    test('that was settled is not stored again when it is postponed', async () => {
      const { stores, connection } = await stored()
      const revocation = aRevocation(connection)
      await stores.revocations.postpone(revocation, later(NOW, 500))
      expect(await stores.revocations.get(revocation.tenantId, revocation.id)).toBeUndefined()
    })
  })

  describe('the due index', () => {
    test('names a connection from the second on at which it is due', async () => {
      const { stores, tenantId, work } = await stored({ dueAt: later(NOW, 100) })
      expect(await due(stores, tenantId, NOW + 99)).toEqual([])
      expect(await due(stores, tenantId, NOW + 100)).toEqual([work])
      expect(await due(stores, tenantId, NOW + 100_000)).toEqual([work])
    })

    test('names revocations and connections', async () => {
      const { stores, connection, tenantId, work } = await stored()
      const revocation = aRevocation(connection)
      await stores.revocations.enqueue(revocation)
      const works = await due(stores, tenantId, NOW + 10_000)
      expect(works).toHaveLength(2)
      expect(works).toContainEqual(work)
      expect(works).toContainEqual({
        kind: 'revocation',
        tenantId,
        appId: revocation.appId,
        revocationId: revocation.id,
        dueAt: revocation.dueAt,
      })
      await stores.revocations.postpone(revocation, later(NOW, 20_000))
      expect(await due(stores, tenantId, NOW + 10_000)).toEqual([work])
      await stores.revocations.remove(revocation)
      expect(await due(stores, tenantId, NOW + 30_000)).toEqual([work])
    })

    test('holds only what needs work', async () => {
      const { dueAt: _, ...idle } = aConnection(newId('tenant'))
      const stores = open()
      await stores.connections.create(idle)
      expect(await due(stores, idle.tenantId, NOW + 1e9)).toEqual([])
      const change = { dueAt: later(NOW, 1), updatedAt: NOW }
      await stores.connections.update(refOf(idle), { generation: 1 }, change)
      expect(await due(stores, idle.tenantId, NOW + 1)).toHaveLength(1)
      await stores.connections.update(refOf(idle), { generation: 1 }, { dueAt: null, updatedAt: NOW })
      expect(await due(stores, idle.tenantId, NOW + 1e9)).toEqual([])
    })

    test('loses a connection that is removed, and gains the revocation for its tokens', async () => {
      const { stores, connection, tenantId } = await stored()
      const revocation = aRevocation(connection)
      await stores.connections.remove(connection, revocation, 'api_key')
      expect(await due(stores, tenantId, NOW + 1e9)).toEqual([
        {
          kind: 'revocation',
          tenantId,
          appId: revocation.appId,
          revocationId: revocation.id,
          dueAt: revocation.dueAt,
        },
      ])
    })

    test('gives the oldest first, no more than asked, each in the partition of its id', async () => {
      const { stores, tenantId } = await stored({ dueAt: epochSeconds(12) })
      const more = await Promise.all(
        Array.from({ length: 20 }, (_, i) => stored({ dueAt: epochSeconds(30 - i) }, tenantId)),
      )
      const dueAts = new Map(more.map(({ connection }) => [connection.id, connection.dueAt]))
      for (let partition = 0; partition < DUE_PARTITIONS; partition++) {
        const { items: works } = await stores.dueIndex.due(partition, epochSeconds(30), 3)
        expect(works.length).toBeLessThanOrEqual(3)
        const ids = works.flatMap((work) => (work.kind === 'connection' ? [work.connectionId] : []))
        for (const id of ids) expect(duePartitionOf(id)).toBe(partition)
        const times = ids.map((id) => dueAts.get(id) ?? 12)
        expect(times).toEqual(times.toSorted((one, other) => one - other))
      }
    })

    test('is read page by page, each piece once, from a moment before all the others in these tests', async () => {
      const { stores, tenantId } = await stored({ dueAt: epochSeconds(1) })
      await Promise.all(
        Array.from({ length: 20 }, (_, i) => stored({ dueAt: epochSeconds(1 + (i % 3)) }, tenantId)),
      )
      const ids: string[] = []
      for (let partition = 0; partition < DUE_PARTITIONS; partition++) {
        let after: DueCursor | undefined
        do {
          const page = await stores.dueIndex.due(partition, epochSeconds(5), 2, after)
          expect(page.items.length).toBeLessThanOrEqual(2)
          ids.push(...page.items.map((work) => (work.kind === 'connection' ? work.connectionId : '')))
          after = page.next
        } while (after !== undefined)
      }
      expect(ids).toHaveLength(21)
      expect(new Set(ids).size).toBe(21)
    })
  })
}
