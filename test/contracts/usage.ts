// What every implementation of Usage has to do, and the stores that count into it.
import { describe, expect, test } from 'vitest'
import type { EndUserId } from '#domain/ids.ts'
import { aConnection, aRevocation, NOW, newId, refOf } from './samples.ts'
import type { OpenStores } from './stores.ts'

const MINUTE = Math.floor(NOW / 60)
const WINDOW = Math.floor(NOW / 10)

export function usageContract(open: OpenStores): void {
  describe('the number of connections', () => {
    test('changes with created and removed connections, and not with replaced ones', async () => {
      const { connections, usage } = open()
      const connection = aConnection(newId('tenant'))
      const { tenantId } = connection
      expect(await usage.connections(tenantId)).toBe(0)
      await connections.create(connection)
      await connections.create(aConnection(tenantId))
      await connections.create(aConnection(newId('tenant')))
      expect(await usage.connections(tenantId)).toBe(2)
      await connections.replaceGrant(connection, { generation: 2, updatedAt: NOW }, undefined)
      expect(await usage.connections(tenantId)).toBe(2)
      await connections.remove({ ...connection, generation: 2 }, aRevocation(connection), 'api_key')
      expect(await usage.connections(tenantId)).toBe(1)
    })

    test('does not count refused connections', async () => {
      const { connections, usage } = open()
      const connection = aConnection(newId('tenant'))
      const { tenantId } = connection
      await connections.create(connection)
      expect(await connections.create({ ...connection, id: newId('connection') })).toBe(false)
      expect(
        await connections.remove({ ...connection, generation: 7 }, aRevocation(connection), 'api_key'),
      ).toBe(false)
      expect(await usage.connections(tenantId)).toBe(1)
    })

    test('never exceeds the limit, however many come at the same time', async () => {
      const { connections, usage } = open()
      const tenantId = newId('tenant')
      const all = Array.from({ length: 12 }, () => aConnection(tenantId))
      const made = await Promise.all(all.map((connection) => connections.create(connection, 5)))
      expect(made.filter(Boolean)).toHaveLength(5)
      expect(await usage.connections(tenantId)).toBe(5)
      expect((await connections.list(tenantId, {}, 100)).items).toHaveLength(5)
      const [first] = all.filter((_, place) => made[place])
      if (first) await connections.remove(first, aRevocation(first), 'api_key')
      expect(await connections.create(aConnection(tenantId), 5)).toBe(true)
    })

    test('is corrected by a recount', async () => {
      const { connections, usage } = open()
      const connection = aConnection(newId('tenant'))
      await connections.create(connection)
      await connections.create(aConnection(connection.tenantId))
      expect(await usage.recountConnections(connection.tenantId)).toBe(2)
      expect(await usage.connections(connection.tenantId)).toBe(2)
      expect(await usage.recountConnections(newId('tenant'))).toBe(0)
      expect(await connections.get(refOf(connection))).toBeDefined()
    })
  })

  describe('how near a tenant is to its limit of connections', () => {
    const nearly = 'connections_nearly_used'
    async function used() {
      const stores = open()
      const tenantId = newId('tenant')
      await stores.connections.create(aConnection(tenantId))
      const told = async () =>
        (await stores.outbox.waiting(tenantId, 10))
          .filter(({ type }) => type === 'tenant.limit_approaching')
          .map(({ data }) => `${data.sequence} ${data.reason}`)
      return { ...stores, tenantId, told }
    }

    test('is noted with one event for each rise, however many note it at the same time', async () => {
      const { usage, tenantId, told } = await used()
      const read = await usage.connectionUse(tenantId)
      expect(read).toEqual({ count: 1, eventCount: 0 })
      const noted = await Promise.all(
        Array.from({ length: 4 }, () => usage.noteUseLevel(tenantId, read, nearly)),
      )
      expect(noted.filter(Boolean)).toHaveLength(1)
      expect(await told()).toEqual([`1 ${nearly}`])
      const now = await usage.connectionUse(tenantId)
      expect(now).toEqual({ count: 1, level: nearly, eventCount: 1 })
      expect(await usage.noteUseLevel(tenantId, now, 'connections_used_up')).toBe(true)
      expect(await told()).toEqual([`1 ${nearly}`, '2 connections_used_up'])
    })

    test('falls without an event, and is told again after that', async () => {
      const { usage, tenantId, told } = await used()
      for (const level of [nearly, undefined, nearly] as const) {
        expect(await usage.noteUseLevel(tenantId, await usage.connectionUse(tenantId), level)).toBe(true)
      }
      expect(await told()).toEqual([`1 ${nearly}`, `2 ${nearly}`])
    })

    test('is not noted for a tenant without a count, which may be deleted', async () => {
      const { usage } = open()
      const tenantId = newId('tenant')
      expect(await usage.noteUseLevel(tenantId, await usage.connectionUse(tenantId), nearly)).toBe(false)
      expect(await usage.connectionUse(tenantId)).toEqual({ count: 0, eventCount: 0 })
    })
  })

  describe('the sessions of a minute', () => {
    test('are counted up to the limit, for each minute and each tenant', async () => {
      const { usage } = open()
      const tenant = newId('tenant')
      const asked = await Promise.all(
        Array.from({ length: 9 }, () => usage.countSession({ tenantId: tenant }, MINUTE, 4)),
      )
      expect(asked.filter(Boolean)).toHaveLength(4)
      expect(await usage.countSession({ tenantId: tenant }, MINUTE, 5)).toBe(true)
      const endUserId = 'alice#/ü' as EndUserId
      expect(await usage.countSession({ tenantId: tenant, endUserId }, MINUTE, 1)).toBe(true)
      expect(await usage.countSession({ tenantId: tenant, endUserId }, MINUTE, 1)).toBe(false)
      expect(await usage.countSession({ tenantId: tenant }, MINUTE + 1, 4)).toBe(true)
      expect(await usage.countSession({ tenantId: newId('tenant') }, MINUTE, 4)).toBe(true)
    })
  })

  describe('the requests of a window', () => {
    const spent = (requests: number, shared = 0, busySeconds = 0) => ({ requests, shared, busySeconds })

    test('are the sum over all processes', async () => {
      const { usage } = open()
      const tenantId = newId('tenant')
      expect(await usage.addRequests({ tenantId }, WINDOW, spent(3, 2, 0.25))).toEqual(spent(3, 2, 0.25))
      await Promise.all([1, 2, 3].map(() => usage.addRequests({ tenantId }, WINDOW, spent(5, 0, 1.5))))
      expect(await usage.addRequests({ tenantId }, WINDOW, spent(0, 1))).toEqual(spent(18, 3, 4.75))
      const alice = { tenantId, endUserId: 'alice' as EndUserId }
      expect(await usage.addRequests(alice, WINDOW, spent(2, 1))).toEqual(spent(2, 1))
      expect(await usage.addRequests({ tenantId }, WINDOW + 1, spent(0))).toEqual(spent(0))
      expect(await usage.addRequests({ tenantId: newId('tenant') }, WINDOW, spent(0))).toEqual(spent(0))
    })

    test('can be read, and time that was not used is given back', async () => {
      const { usage } = open()
      const tenantId = newId('tenant')
      expect(await usage.requests({ tenantId }, WINDOW)).toEqual(spent(0))
      await usage.addRequests({ tenantId }, WINDOW, spent(1, 0, 9))
      await usage.addRequests({ tenantId }, WINDOW, spent(0, 0, -4))
      expect(await usage.requests({ tenantId }, WINDOW)).toEqual(spent(1, 0, 5))
      expect(await usage.requests({ tenantId }, WINDOW + 1)).toEqual(spent(0))
    })
  })
}
