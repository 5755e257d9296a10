// What every implementation of Connections has to do: storing, leases and fences. Lists: connections-list.ts.
import { describe, expect, test } from 'vitest'
import type { Connection } from '#domain/connections/connection.ts'
import { later } from '#domain/time.ts'
import { aConnection, bytes, NOW, newId, refOf } from './samples.ts'
import type { OpenStores } from './stores.ts'

const lease = (owner: string, seconds = 30) => ({ owner, until: later(NOW, seconds) })

export function connectionsContract(open: OpenStores): void {
  async function stored(change: Partial<Connection> = {}) {
    const { connections } = open()
    const connection = aConnection(newId('tenant'), change)
    expect(await connections.create(connection)).toBe(true)
    return { connections, connection, ref: refOf(connection) }
  }

  describe('a connection', () => {
    test.each<[string, Partial<Connection>]>([
      ['refreshable', {}],
      ['non-expiring', { credential: { kind: 'non_expiring', accessToken: bytes(1) } }],
      ['of an unknown workspace', { workspace: {}, scopes: [] }],
      [
        'with everything',
        { lease: lease('me'), lastError: 'x', lastRefreshedAt: NOW, consecutiveFailures: 3 },
      ],
      ['with tags and a label', { tags: { plan: 'pro', 'a b': 'ü' }, label: 'Main shop' }],
      ['that ended', { state: { status: 'reauthorization_required', reason: 'grant_refused' } }],
    ])('(%s) is given back as it was created, to its own tenant', async (_, change) => {
      const { connections, connection, ref } = await stored(change)
      expect(await connections.get(ref)).toEqual(connection)
      expect(await connections.get({ ...ref, tenantId: newId('tenant') })).toBeUndefined()
    })

    test('changes in the given members; null removes', async () => {
      const { connections, connection, ref } = await stored({ lastError: 'x', lastRefreshedAt: NOW })
      const updatedAt = later(NOW, 9)
      const change = { dueAt: null, lastError: null, scopes: ['read'], consecutiveFailures: 2, updatedAt }
      expect(await connections.update(ref, { generation: 1 }, change)).toBe(true)
      const { dueAt: _, lastError: __, ...rest } = connection
      const expected = { ...rest, scopes: ['read'], consecutiveFailures: 2, updatedAt }
      expect(await connections.get(ref)).toEqual(expected)
      const back = { dueAt: later(NOW, 3), lastError: 'y', lastRefreshedAt: updatedAt, updatedAt }
      expect(await connections.update(ref, { generation: 1 }, back)).toBe(true)
      expect(await connections.get(ref)).toEqual({ ...expected, ...back })
    })

    test('is annotated whatever its generation, again with the same result, and only if it is there', async () => {
      const { connections, connection, ref } = await stored({ label: 'old' })
      const at = later(NOW, 5)
      const annotate = (change: object) => connections.annotate(ref, change, at)
      const expected = { ...connection, tags: { plan: 'pro' }, updatedAt: at }
      for (let time = 1; time <= 2; time++)
        expect(await annotate({ tags: { plan: 'pro' } })).toEqual({ ...expected, label: 'old' })
      const { label: _, ...unlabelled } = expected
      expect(await annotate({ tags: { size: 'L' }, label: null })).toEqual({
        ...unlabelled,
        tags: { size: 'L' },
      })
      const { tags: __, ...bare } = unlabelled
      expect(await annotate({ tags: null })).toEqual(bare)
      expect(await connections.get(ref)).toEqual(bare)
      const missing = { ...ref, connectionId: newId('connection') }
      expect(await connections.annotate(missing, { label: 'x' }, at)).toBeUndefined()
      expect(await connections.get(missing)).toBeUndefined()
    })

    test('that is suspended gives no lease until it is resumed', async () => {
      const { connections, connection, ref } = await stored()
      const take = () => connections.acquireLease(ref, 1, lease('me'), NOW)
      const suspended = { suspendedAt: NOW, updatedAt: NOW }
      expect(await connections.update(ref, { generation: 1 }, suspended)).toBe(true)
      expect(await connections.get(ref)).toEqual({ ...connection, ...suspended, eventCount: 2 })
      expect(await take()).toBe(false)
      await connections.update(ref, { generation: 1 }, { suspendedAt: null, updatedAt: NOW })
      expect(await take()).toBe(true)
    })

    test('does not change if another generation was read, and is not created by a change', async () => {
      const { connections, connection, ref } = await stored()
      expect(await connections.update(ref, { generation: 2 }, { updatedAt: NOW, scopes: [] })).toBe(false)
      expect(await connections.get(ref)).toEqual(connection)
      const missing = { ...ref, connectionId: newId('connection') }
      expect(await connections.update(missing, { generation: 1 }, { updatedAt: NOW })).toBe(false)
      expect(await connections.get(missing)).toBeUndefined()
    })

    test('of one generation is replaced by one of many at the same time', async () => {
      const { connections, ref } = await stored()
      const updates = [1, 2, 3, 4, 5].map((failures) =>
        connections.update(
          ref,
          { generation: 1 },
          { generation: 2, consecutiveFailures: failures, updatedAt: NOW },
        ),
      )
      const done = await Promise.all(updates)
      expect(done.filter(Boolean)).toHaveLength(1)
      expect(await connections.get(ref)).toMatchObject({
        generation: 2,
        consecutiveFailures: done.indexOf(true) + 1,
      })
    })
  })

  describe('the lease', () => {
    test('goes to one of many', async () => {
      const { connections, ref } = await stored()
      const owners = ['a', 'b', 'c', 'd', 'e']
      const takes = await Promise.all(
        owners.map((owner) => connections.acquireLease(ref, 1, lease(owner), NOW)),
      )
      expect(takes.filter(Boolean)).toHaveLength(1)
      expect((await connections.get(ref))?.lease?.owner).toBe(owners[takes.indexOf(true)])
    })

    test('is free again from the second on at which it ends', async () => {
      const { connections, ref } = await stored({ lease: lease('old', 30) })
      expect(await connections.acquireLease(ref, 1, lease('me', 60), later(NOW, 29))).toBe(false)
      expect(await connections.acquireLease(ref, 1, lease('me', 60), later(NOW, 30))).toBe(true)
      expect((await connections.get(ref))?.lease).toEqual(lease('me', 60))
    })

    test('can be taken again by its holder, whose first answer was lost', async () => {
      const { connections, ref } = await stored()
      expect(await connections.acquireLease(ref, 1, lease('me'), NOW)).toBe(true)
      expect(await connections.acquireLease(ref, 1, lease('me'), NOW)).toBe(true)
    })

    test('is not given for another generation, nor for a connection that does not exist', async () => {
      const { connections, connection, ref } = await stored()
      expect(await connections.acquireLease(ref, 2, lease('me'), NOW)).toBe(false)
      expect(await connections.get(ref)).toEqual(connection)
      const missing = { ...ref, connectionId: newId('connection') }
      expect(await connections.acquireLease(missing, 1, lease('me'), NOW)).toBe(false)
      expect(await connections.get(missing)).toBeUndefined()
    })

    test('fences a write: only its holder may', async () => {
      const { connections, connection, ref } = await stored()
      const change = { scopes: [], updatedAt: NOW }
      expect(await connections.update(ref, { generation: 1, leaseOwner: 'me' }, change)).toBe(false)
      await connections.acquireLease(ref, 1, lease('me'), NOW)
      expect(await connections.update(ref, { generation: 1, leaseOwner: 'other' }, change)).toBe(false)
      expect(await connections.update(ref, { generation: 2, leaseOwner: 'me' }, change)).toBe(false)
      expect((await connections.get(ref))?.scopes).toEqual(connection.scopes)
      expect(await connections.update(ref, { generation: 1, leaseOwner: 'me' }, change)).toBe(true)
    })

    test('is given back by a change', async () => {
      const { connections, ref } = await stored({ lease: lease('me') })
      const fence = { generation: 1, leaseOwner: 'me' }
      expect(await connections.update(ref, fence, { lease: null, updatedAt: NOW })).toBe(true)
      expect(await connections.get(ref)).not.toHaveProperty('lease')
      expect(await connections.acquireLease(ref, 1, lease('other'), NOW)).toBe(true)
    })
  })
  describe('a use', () => {
    test('is noted by one of many, whatever the generation, and again when the last note is old', async () => {
      const { connections, ref, connection } = await stored({ lease: lease('me') })
      const note = (seconds: number) =>
        connections.noteUse(ref, later(NOW, seconds), later(NOW, seconds - 60))
      const first = await Promise.all([1, 2, 3].map(() => note(0)))
      expect(first.filter(Boolean)).toHaveLength(1)
      expect(await connections.get(ref)).toEqual({ ...connection, usedAt: NOW })
      expect(await note(59)).toBe(false)
      expect(await note(60)).toBe(true)
      expect((await connections.get(ref))?.usedAt).toBe(later(NOW, 60))
    })

    test('does not create a connection', async () => {
      const { connections } = await stored()
      const ref = { tenantId: newId('tenant'), connectionId: newId('connection') }
      expect(await connections.noteUse(ref, NOW, later(NOW, -60))).toBe(false)
      expect(await connections.get(ref)).toBeUndefined()
    })
  })
  describe('a pace', () => {
    test('is stored with the connection, and set again by one of many after some seconds', async () => {
      const { connections, ref, connection } = await stored()
      const paceAt = (seconds: number) => ({ perSecond: 4, setAt: later(NOW, seconds) })
      const first = await Promise.all([1, 2, 3].map(() => connections.setPace(ref, paceAt(0))))
      expect(first.filter(Boolean)).toHaveLength(1)
      expect(await connections.get(ref)).toEqual({ ...connection, pace: paceAt(0) })
      expect(await connections.setPace(ref, paceAt(1))).toBe(false)
      expect(await connections.setPace(ref, paceAt(2))).toBe(true)
      expect((await connections.get(ref))?.pace).toEqual(paceAt(2))
    })

    test('does not create a connection', async () => {
      const { connections } = await stored()
      const ref = { tenantId: newId('tenant'), connectionId: newId('connection') }
      expect(await connections.setPace(ref, { perSecond: 1, setAt: NOW })).toBe(false)
      expect(await connections.get(ref)).toBeUndefined()
    })
  })
}
